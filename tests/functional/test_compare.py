"""Two assessments side by side: what differs, what it is worth, and choosing others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.application import comparison as use_cases
from desktop_app.application.session import Session
from desktop_app.domain.assessment import AnswerState, Assessment, ModelIdentity
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.lab_panel import AGE, ALBUMIN, FIELDS, PLATELETS
from desktop_app.domain.panel import Measurement, MissingReason
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.compare.view import ComparePage
from desktop_app.gui.compare.words import input_rows, moved_rows, verdict
from tests.fakes.risk_model import FakeRiskModel
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, assessed, opened_clinic

DAYS = (date(2025, 3, 3), date(2025, 9, 16), date(2026, 1, 20))
STATES = (AnswerState.BELOW, AnswerState.CANNOT_SAY, AnswerState.CANNOT_SAY)


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=("compare",)) as opened:
        opened.desk.session = replace(opened.session, model=FakeRiskModel)
        yield opened


@pytest.fixture
def patient() -> Patient:
    return sample_patient()


@pytest.fixture
def made(clinic: OpenedClinic, patient: Patient) -> list[Assessment]:
    """Three assessments, oldest first."""
    made = [
        made_by_fake(patient, state, number, day)
        for number, (state, day) in enumerate(zip(STATES, DAYS, strict=True), 1)
    ]
    made[2] = with_values(
        made[2],
        Measurement(PLATELETS.key, "193000", "/uL", value=193.0),
        Measurement(ALBUMIN.key, "", "g/dL", missing=MissingReason.PENDING),
    )
    clinic.add(patient, *made)
    return made


def made_by_fake(patient: Patient, state: AnswerState, number: int, day: date) -> Assessment:
    """Return an assessment whose contributions are those of the fake model."""
    one = assessed(patient, state, number, day)
    values = {key: measured.model_value for key, measured in one.measurements.items()}
    scored = replace(one, result=FakeRiskModel().evaluate(values), model=FakeRiskModel.identity)
    probability = one.result.probability
    return with_score(scored, probability, probability - 0.1, probability + 0.1)


def with_values(assessment: Assessment, *values: Measurement) -> Assessment:
    changed = {**assessment.measurements, **{one.field: one for one in values}}
    return replace(assessment, measurements=changed)


def with_score(assessment: Assessment, probability: float, low: float, high: float) -> Assessment:
    result = replace(assessment.result, probability=probability, low=low, high=high)
    return replace(assessment, result=result)


def show(clinic: OpenedClinic, first: Assessment, second: Assessment) -> ComparePage:
    clinic.show()
    clinic.qtbot.waitUntil(clinic.window.isActiveWindow)
    clinic.navigator.go(routes.compare(first.assessment_id, second.assessment_id))
    clinic.settle()
    clinic.opened.clear()
    return page_of(clinic)


def page_of(clinic: OpenedClinic) -> ComparePage:
    assert isinstance(clinic.page, ComparePage)
    return clinic.page


def compared(session: Session, first: Assessment, second: Assessment) -> use_cases.Comparison:
    return use_cases.compare_assessments(session, first.assessment_id, second.assessment_id)


def test_the_patient_both_scores_and_both_ranges_are_on_the_page(
    clinic: OpenedClinic, made: list[Assessment], patient: Patient
) -> None:
    page = show(clinic, made[0], made[2])
    assert patient.name in clinic.window.windowTitle()
    assert page.bar.name.text() == patient.name
    assert page.first.title.text() == "2025-03-03"
    assert "0.15" in page.first.accessibleName()
    assert "0.31" in page.second.accessibleName()
    assert "재학습 범위" in page.first.accessibleName()


def test_inputs_stand_in_the_same_unit_with_what_was_typed(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    rows = {row.name: row for row in input_rows(compared(clinic.desk.session, made[0], made[2]))}
    platelets = rows["혈소판 수 (PLT)"]
    assert (platelets.first, platelets.second, platelets.change) == ("13.5", "193", "+179.5")
    assert platelets.typed == "193000 /µL"
    albumin = rows["알부민"]
    assert albumin.second == "결과 대기"
    assert albumin.change == "—"
    assert rows["나이 (만)"].change == "같음"
    assert [row.is_used for row in rows.values()] == [True] * 9 + [False] * 2


def test_contributions_add_up_on_both_sides_as_they_are_shown(
    clinic: OpenedClinic, patient: Patient
) -> None:
    sides = []
    for number, platelets in enumerate((130.0, 780.0), 1):
        values = {field.key: None for field in FIELDS} | {PLATELETS.key: platelets, AGE.key: 67.0}
        one = made_by_fake(patient, AnswerState.BELOW, number, DAYS[number])
        sides.append(replace(one, result=FakeRiskModel().evaluate(values)))
    clinic.add(patient, *sides)
    found = compared(clinic.desk.session, *sides)
    rows = moved_rows(found)
    assert any(row.change for row in rows)
    for side, amounts in (
        (found.first, [row.first for row in rows]),
        (found.second, [row.second for row in rows]),
    ):
        result = side.assessment.result
        shown = round(round(result.base_value, 2) + sum(amounts), 2)
        assert shown == round(result.probability, 2)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        ((0.15, 0.05, 0.25), "두 점수가 같습니다."),
        ((0.19, 0.09, 0.29), "0.04는 재학습 범위의 너비보다 훨씬 작습니다."),
        ((0.28, 0.20, 0.40), "0.13은 재학습 범위의 너비보다 작습니다."),
        ((0.36, 0.24, 0.46), "두 범위가 겹칩니다."),
        ((0.60, 0.50, 0.70), "두 재학습 범위가 겹치지 않습니다."),
    ],
)
def test_the_sentence_says_what_the_difference_is_worth(
    clinic: OpenedClinic, patient: Patient, score: tuple[float, float, float], words: str
) -> None:
    first = made_by_fake(patient, AnswerState.BELOW, 1, DAYS[0])
    second = with_score(made_by_fake(patient, AnswerState.ABOVE, 2, DAYS[1]), *score)
    clinic.add(patient, first, second)
    assert words in verdict(compared(clinic.desk.session, first, second))[0]


def test_scores_of_two_models_are_never_set_against_each_other(
    clinic: OpenedClinic, patient: Patient
) -> None:
    first = made_by_fake(patient, AnswerState.BELOW, 1, DAYS[0])
    other = ModelIdentity("newer", "2.0", "cd" * 32, "RandomForestClassifier", 0.31)
    second = replace(made_by_fake(patient, AnswerState.ABOVE, 2, DAYS[1]), model=other)
    clinic.add(patient, first, second)
    assert "모델이 달라" in verdict(compared(clinic.desk.session, first, second))[0]
    page = show(clinic, first, second)
    assert page.banner.property("banner") == "warn"


def test_assessments_of_two_patients_are_not_compared(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    stranger = sample_patient("성춘향", "00999")
    theirs = made_by_fake(stranger, AnswerState.BELOW, 9, DAYS[0])
    clinic.add(stranger, theirs)
    with pytest.raises(AppError) as refused:
        compared(clinic.desk.session, made[0], theirs)
    assert refused.value.code is ErrorCode.PATIENT_MISMATCH


def test_comparing_leaves_two_readings_in_the_trail(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    with clinic.session.unit_of_work() as work:
        before = work.audit.count()
    compared(clinic.desk.session, made[0], made[1])
    with clinic.session.unit_of_work() as work:
        assert work.audit.count() == before + 2


def test_the_arrows_choose_another_assessment_and_pass_over_the_first(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    show(clinic, made[1], made[2])
    clinic.press(Qt.Key.Key_Left)
    assert clinic.opened == [routes.compare(made[1].assessment_id, made[0].assessment_id)]
    assert page_of(clinic).second.title.text() == "2025-03-03"
    assert not page_of(clinic).older.isEnabled()
    clinic.press(Qt.Key.Key_Left)
    assert len(clinic.opened) == 1
    clinic.press(Qt.Key.Key_Right)
    assert clinic.opened[-1] == routes.compare(made[1].assessment_id, made[2].assessment_id)


def test_the_sides_change_places(clinic: OpenedClinic, made: list[Assessment]) -> None:
    show(clinic, made[0], made[2])
    clinic.click("swap")
    assert page_of(clinic).first.title.text() == "2026-01-20"
    assert page_of(clinic).second.title.text() == "2025-03-03"


def test_back_leads_past_every_comparison_to_the_page_before(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    show(clinic, made[0], made[2])
    clinic.click("swap")
    clinic.navigator.back()
    clinic.settle()
    assert not isinstance(clinic.page, ComparePage)


def test_the_bars_give_way_to_a_table_of_the_same_figures(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    page = show(clinic, made[0], made[2])
    assert page.paired.isVisible()
    page.handlers["data_table"]()
    assert page.figures.isVisible()
    assert page.figures.rowCount() == 8
    assert "점수를 움직인 값" in page.paired.accessibleName()


def test_two_assessments_of_one_day_are_told_apart_by_the_time(
    clinic: OpenedClinic, patient: Patient
) -> None:
    first = made_by_fake(patient, AnswerState.BELOW, 1, DAYS[0])
    later = first.assessed_at.replace(hour=first.assessed_at.hour + 2)
    second = replace(made_by_fake(patient, AnswerState.ABOVE, 2, DAYS[0]), assessed_at=later)
    clinic.add(patient, first, second)
    page = show(clinic, first, second)
    titles = [head.title.text() for head in (page.first, page.second)]
    assert len(set(titles)) == 2
    assert all(":" in title for title in titles)
