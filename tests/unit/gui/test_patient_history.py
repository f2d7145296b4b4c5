"""What a version of a patient changed, in words: before and now, field by field."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from desktop_app.application.patients import PatientChange
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient_fields import PatientVersion, fields_of
from desktop_app.gui.patient.history import changed_text
from desktop_app.gui.texts import format_moment
from desktop_app.gui.widgets.patient_words import field_text, field_value_text
from tests.fakes.samples import sample_patient

AT = datetime(2026, 3, 17, 3, tzinfo=UTC)


def change(
    changed: Mapping[str, tuple[object, object]], version: int = 2, *, is_first: bool = False
) -> PatientChange:
    made = PatientVersion(new_record_id(), version, new_record_id(), {}, AT, "김하늘")
    return PatientChange(made, changed, is_first=is_first)


@pytest.mark.parametrize(
    ("name", "before", "now", "text"),
    [
        ("phone", "010-0000-1234", "", "전화: 010-0000-1234 → 비어 있음"),
        ("birth_date", "1958-08-21", "1958-08-12", "생년월일: 1958-08-21 → 1958-08-12"),
        ("sex", None, "M", "성별: 비어 있음 → 남"),
        ("doctor", None, {"id": "x", "name": "이도윤"}, "담당 의사: 비어 있음 → 이도윤"),
        ("exposure_end", 2014, None, "석면 노출 끝: 2014년 → 비어 있음"),
        ("is_archived", False, True, "보관: 보관하지 않음 → 보관됨"),
        (
            "registered_at",
            None,
            "2026-03-17T03:00:00Z",
            f"등록한 때: 비어 있음 → {format_moment(AT)}",
        ),
    ],
)
def test_a_field_is_told_as_people_read_it(
    name: str, before: object, now: object, text: str
) -> None:
    assert changed_text(change({name: (before, now)})) == text


def test_each_changed_field_has_a_line_of_its_own() -> None:
    both = change({"phone": ("1", "2"), "name": ("홍길동", "홍길순")})
    assert changed_text(both) == "전화: 1 → 2\n이름: 홍길동 → 홍길순"


def test_every_exchanged_field_has_words() -> None:
    for name, value in fields_of(sample_patient()).items():
        assert field_text(name)
        assert field_value_text(name, value)


def test_the_first_version_says_where_the_history_begins() -> None:
    assert changed_text(change({}, 1, is_first=True)) == "환자를 등록했습니다."
    assert changed_text(change({}, 5, is_first=True)) == "이보다 앞선 판은 남아 있지 않습니다."
    assert changed_text(change({})) == "바뀐 것이 없습니다."
