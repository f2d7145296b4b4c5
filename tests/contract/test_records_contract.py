"""What every keeper of records promises: the database and the fake alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop_app.application.ports import (
    IssuedReport,
    PatientFilter,
    PatientOrder,
    PatientQuery,
    PatientRow,
    Records,
    RecordStore,
)
from desktop_app.domain.account import Account, Role
from desktop_app.domain.assessment import AnswerState, Assessment, Opinion, Stance
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.clinic import Clinic, ColourScheme, Language, Preferences
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.panel import Entry, MissingReason, Panel
from desktop_app.domain.patient import Patient, Sex
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.fakes.records import FakeRecordStore
from tests.fakes.samples import NOON, sample_assessment, sample_patient

KEY = b"k" * 32
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["database", "fake"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> RecordStore:
    return SqlCipherRecordStore(tmp_path) if request.param == "database" else FakeRecordStore()


@pytest.fixture
def records(store: RecordStore) -> Iterator[Records]:
    records = store.create(KEY)
    yield records
    records.close()


def keep(records: Records, *kept: Patient | Assessment) -> None:
    with records.unit_of_work() as work:
        for record in kept:
            if isinstance(record, Patient):
                work.patients.add(record)
            else:
                work.assessments.add(record)
        work.commit()


def rows_of(records: Records, query: PatientQuery) -> list[PatientRow]:
    """Read all pages of a query."""
    rows: list[PatientRow] = []
    cursor = None
    with records.unit_of_work() as work:
        while True:
            page = work.patients.list_page(query, cursor)
            rows += page.rows
            cursor = page.next_cursor
            if cursor is None:
                return rows


def names(records: Records, text: str = "", **query: Any) -> list[str]:
    return [row.patient.name for row in rows_of(records, PatientQuery(text, **query))]


def refusal(error: pytest.ExceptionInfo[AppError]) -> ErrorCode:
    return error.value.code


# -- the store ----------------------------------------------------------------------------------


def test_a_clinic_is_created_once_and_opened_with_its_key(store: RecordStore) -> None:
    assert not store.exists()
    store.create(KEY).close()
    assert store.exists()
    with pytest.raises(AppError) as error:
        store.create(KEY)
    assert refusal(error) is ErrorCode.CLINIC_EXISTS
    with pytest.raises(AppError) as error:
        store.open(b"x" * 32)
    assert refusal(error) is ErrorCode.DATABASE_FOREIGN
    store.open(KEY).close()


def test_a_missing_database_is_not_made_anew(store: RecordStore) -> None:
    with pytest.raises(AppError) as error:
        store.open(KEY)
    assert refusal(error) is ErrorCode.DATABASE_MISSING
    assert not store.exists()


def test_open_records_are_not_opened_a_second_time(store: RecordStore) -> None:
    made = store.create(KEY)
    for records in (made, None):
        opened = records or store.open(KEY)
        with pytest.raises(AppError) as error:
            store.open(KEY)
        assert refusal(error) is ErrorCode.CLINIC_IN_USE
        opened.close()
    store.open(KEY).close()


def test_what_was_committed_is_there_when_opened_again(store: RecordStore) -> None:
    patient = sample_patient()
    records = store.create(KEY)
    keep(records, patient)
    records.close()
    records = store.open(KEY)
    with records.unit_of_work() as work:
        assert work.patients.get(patient.patient_id) == patient
    records.close()


def test_what_was_not_committed_is_gone(records: Records) -> None:
    patient = sample_patient()
    with records.unit_of_work() as work:
        work.patients.add(patient)
    with records.unit_of_work() as work, pytest.raises(AppError) as error:
        work.patients.get(patient.patient_id)
    assert refusal(error) is ErrorCode.NOT_FOUND


def test_closed_records_answer_that_nobody_is_signed_in(records: Records) -> None:
    records.close()
    records.close()
    with pytest.raises(AppError) as error, records.unit_of_work():
        pass
    assert refusal(error) is ErrorCode.NOT_SIGNED_IN


# -- patients -----------------------------------------------------------------------------------


def test_a_patient_comes_back_as_stored(records: Records) -> None:
    full = sample_patient(doctor_id=new_record_id())
    bare = sample_patient(
        "Kim", "B-1", phone="", exposure_start=None, exposure_end=None, exposure_work=""
    )
    keep(records, full, bare)
    with records.unit_of_work() as work:
        assert work.patients.get(full.patient_id) == full
        assert work.patients.get(bare.patient_id) == bare
        assert work.patients.find_by_chart_number("b-1") == bare
        assert work.patients.find_by_chart_number("B-2") is None


def test_two_patients_cannot_share_a_chart_number(records: Records) -> None:
    first, second = sample_patient(chart_number="a1"), sample_patient(chart_number="2")
    keep(records, first, second)
    with records.unit_of_work() as work, pytest.raises(AppError) as error:
        work.patients.add(sample_patient(chart_number="A1"))
    assert refusal(error) is ErrorCode.CHART_NUMBER_TAKEN
    changed = replace(second, details=replace(second.details, chart_number="A1"), version=2)
    with records.unit_of_work() as work, pytest.raises(AppError) as error:
        work.patients.update(changed, expected_version=1)
    assert refusal(error) is ErrorCode.CHART_NUMBER_TAKEN


def test_a_change_based_on_an_old_version_is_refused(records: Records) -> None:
    patient = sample_patient()
    keep(records, patient)
    changed = replace(patient, details=replace(patient.details, name="홍길순"), version=2)
    with records.unit_of_work() as work:
        work.patients.update(changed, expected_version=1)
        work.commit()
    with records.unit_of_work() as work, pytest.raises(AppError) as error:
        work.patients.update(changed, expected_version=1)
    assert refusal(error) is ErrorCode.CHANGED_ELSEWHERE
    assert names(records, "길순") == ["홍길순"]
    assert names(records, "길동") == []
    with records.unit_of_work() as work, pytest.raises(AppError) as error:
        work.patients.update(sample_patient(chart_number="9"), expected_version=1)
    assert refusal(error) is ErrorCode.NOT_FOUND


def test_a_proposed_chart_number_follows_the_highest_figure(records: Records) -> None:
    with records.unit_of_work() as work:
        assert work.patients.next_chart_number() == "00001"
        for number in ("00009", "A-777", "00123", "99"):
            work.patients.add(sample_patient(chart_number=number))
        assert work.patients.next_chart_number() == "00124"
        work.patients.add(sample_patient(chart_number="999"))
        assert work.patients.next_chart_number() == "00124"
        work.patients.add(sample_patient(chart_number="99999"))
        assert work.patients.next_chart_number() == "100000"


# -- the list -----------------------------------------------------------------------------------


@pytest.fixture
def clinic(records: Records) -> Records:
    """Four patients: two assessed (the first again, later), one never, one archived."""
    people = [
        sample_patient(
            name,
            chart,
            birth_date=date(1950 + i, 2, 3),
            phone=f"010-0000-000{i}",
            registered_at=NOON + i * MINUTE,
        )
        for i, (name, chart) in enumerate(
            [("홍길동", "A-10"), ("곽호리", "A-9"), ("김민수", "7"), ("이서연", "8")]
        )
    ]
    hong, gwak, _, lee = people
    keep(
        records,
        *people,
        sample_assessment(hong.patient_id, "A-2026-0317-001", assessed_at=NOON + 10 * MINUTE),
        sample_assessment(
            gwak.patient_id,
            "A-2026-0317-002",
            assessed_at=NOON + 11 * MINUTE,
            state=AnswerState.BELOW,
            probability=0.12,
        ),
        sample_assessment(
            hong.patient_id,
            "A-2026-0317-003",
            assessed_at=NOON + 12 * MINUTE,
            state=AnswerState.CANNOT_SAY,
            probability=0.3,
        ),
    )
    with records.unit_of_work() as work:
        work.patients.update(replace(lee, is_archived=True, version=2), expected_version=1)
        work.commit()
    return records


@pytest.mark.parametrize("limit", [1, 2, 60])
@pytest.mark.parametrize("text", ["", "0", "19", "010 0"])
def test_the_list_is_ordered_by_each_column_and_whole_over_pages(
    clinic: Records, limit: int, text: str
) -> None:
    ordered = {
        (PatientOrder.LAST_ASSESSED, True): ["홍길동", "곽호리", "김민수"],
        (PatientOrder.LAST_ASSESSED, False): ["곽호리", "홍길동", "김민수"],
        (PatientOrder.NAME, False): ["곽호리", "김민수", "홍길동"],
        (PatientOrder.NAME, True): ["홍길동", "김민수", "곽호리"],
        (PatientOrder.CHART_NUMBER, False): ["김민수", "곽호리", "홍길동"],
        (PatientOrder.CHART_NUMBER, True): ["홍길동", "곽호리", "김민수"],
        (PatientOrder.BIRTH_DATE, False): ["홍길동", "곽호리", "김민수"],
        (PatientOrder.BIRTH_DATE, True): ["김민수", "곽호리", "홍길동"],
    }
    for (order, is_descending), expected in ordered.items():
        found = names(clinic, text, order=order, is_descending=is_descending, limit=limit)
        assert found == expected, (order, is_descending)


@pytest.mark.parametrize("text", ["", "0"])
def test_filters_hold_who_they_say_and_count_them(clinic: Records, text: str) -> None:
    shown = {
        PatientFilter.ALL: ["홍길동", "곽호리", "김민수"],
        PatientFilter.ABOVE: [],
        PatientFilter.CANNOT_SAY: ["홍길동"],
        PatientFilter.ARCHIVED: ["이서연"],
    }
    for show, expected in shown.items():
        assert names(clinic, text, show=show) == expected
        for order in PatientOrder:
            assert sorted(names(clinic, text, show=show, order=order)) == sorted(expected)
        with clinic.unit_of_work() as work:
            assert work.patients.count(show) == len(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("홍", ["홍길동"]),
        ("호", ["홍길동", "곽호리"]),
        ("홀", ["곽호리"]),
        ("길도", ["홍길동"]),
        ("홍길동", ["홍길동"]),
        ("ㅎㄱㄷ", ["홍길동"]),
        ("ㄱ", ["홍길동", "곽호리", "김민수"]),
        ("a10", ["홍길동"]),
        ("1951-02", ["곽호리"]),
        ("010-0000-0002", ["김민수"]),
        ("홍길동 1950 a-1", ["홍길동"]),
        ("김민ㅅ", ["김민수"]),
        ("홍길순", []),
        ("이서연", []),
        ("%", ["홍길동", "곽호리", "김민수"]),
        ('"*', ["홍길동", "곽호리", "김민수"]),
    ],
)
def test_a_search_finds_any_part(clinic: Records, text: str, expected: list[str]) -> None:
    assert names(clinic, text) == expected
    assert sorted(names(clinic, text, order=PatientOrder.NAME)) == sorted(expected)


def test_rows_carry_the_newest_answer_and_the_trend(clinic: Records) -> None:
    hong, gwak, kim = rows_of(clinic, PatientQuery())
    assert hong.last is not None
    assert hong.last.number == "A-2026-0317-003"
    assert hong.trend == ((0.4318, AnswerState.ABOVE), (0.3, AnswerState.CANNOT_SAY))
    assert gwak.trend == ((0.12, AnswerState.BELOW),)
    assert kim.last is None
    assert kim.trend == ()


def test_a_trend_has_the_last_eight(records: Records) -> None:
    patient = sample_patient()
    keep(
        records,
        patient,
        *(
            sample_assessment(
                patient.patient_id,
                f"A-2026-0317-{i:03}",
                assessed_at=NOON + i * MINUTE,
                probability=i / 100,
            )
            for i in range(1, 13)
        ),
    )
    (row,) = rows_of(records, PatientQuery())
    assert [probability for probability, _ in row.trend] == [i / 100 for i in range(5, 13)]


def test_an_assessment_imported_late_takes_its_own_place(clinic: Records) -> None:
    row = rows_of(clinic, PatientQuery("민수"))[0]
    early = NOON + 10 * MINUTE + timedelta(seconds=30)
    keep(clinic, sample_assessment(row.patient.patient_id, "A-2026-0317-004", assessed_at=early))
    assert names(clinic) == ["홍길동", "곽호리", "김민수"]
    hong = rows_of(clinic, PatientQuery("홍"))[0]
    keep(
        clinic,
        sample_assessment(hong.patient.patient_id, "A-2026-0317-005", assessed_at=early - MINUTE),
    )
    assert names(clinic) == ["홍길동", "곽호리", "김민수"]
    assert names(clinic, show=PatientFilter.CANNOT_SAY) == ["홍길동"]


def test_patients_assessed_at_the_same_moment_are_all_there(records: Records) -> None:
    people = [sample_patient(chart_number=str(i)) for i in range(5)]
    keep(records, *people)
    keep(
        records,
        *(
            sample_assessment(patient.patient_id, f"A-2026-0317-{i + 1:03}")
            for i, patient in enumerate(people)
        ),
    )
    rows = rows_of(records, PatientQuery(limit=2))
    assert [row.patient.chart_number for row in rows] == ["4", "3", "2", "1", "0"]


def test_patients_can_be_registered_in_the_moment_in_which_another_was_assessed(
    records: Records,
) -> None:
    for at, name in enumerate(("홍길동", "성춘향", "임꺽정")):
        patient = sample_patient(name, f"0000{at}")
        keep(records, patient, sample_assessment(patient.patient_id, f"A-2026-0317-{at:03}"))

    assert sorted(names(records)) == ["성춘향", "임꺽정", "홍길동"]


def test_an_archived_patient_comes_back_to_the_same_place(clinic: Records) -> None:
    hong = rows_of(clinic, PatientQuery("홍"))[0].patient
    with clinic.unit_of_work() as work:
        work.patients.update(replace(hong, is_archived=True, version=2), expected_version=1)
        work.commit()
    assert names(clinic) == ["곽호리", "김민수"]
    assert names(clinic, show=PatientFilter.ARCHIVED) == ["홍길동", "이서연"]
    assert names(clinic, "홍", show=PatientFilter.ARCHIVED) == ["홍길동"]
    with clinic.unit_of_work() as work:
        work.patients.update(replace(hong, version=3), expected_version=2)
        work.commit()
    assert names(clinic) == ["홍길동", "곽호리", "김민수"]
    assert names(clinic, "홍") == ["홍길동"]


# -- possible duplicates ------------------------------------------------------------------------


def similar(records: Records, **typed: Any) -> list[str]:
    blank = sample_patient("", "", birth_date=None, sex=None, phone="").details
    with records.unit_of_work() as work:
        rows = work.patients.list_similar(replace(blank, **typed))
    return [row.patient.chart_number for row in rows]


def test_two_matching_details_make_a_possible_duplicate_the_best_first(records: Records) -> None:
    born = date(1958, 8, 21)
    keep(
        records,
        sample_patient("홍길동", "1", phone="010-1111-2222"),
        sample_patient("홍길순", "2", birth_date=date(1958, 8, 12), phone=""),
        sample_patient("박문수", "3", birth_date=date(1970, 1, 1), phone="010-1111-2223"),
        sample_patient("홍길동", "4", birth_date=date(1990, 1, 1), phone=""),
    )
    assert similar(records, name="홍길동", birth_date=born) == ["1", "2"]
    assert similar(records, name="홍길동", sex=Sex.MALE) == []
    assert similar(records, birth_date=born, phone="010 1111 222") == ["1"]
    assert similar(records, name="박문수", phone="01011112222") == ["3"]
    assert similar(records, name="박문순", chart_number="3") == ["3"]
    assert similar(records, birth_date=date(1985, 8, 21), name="홍길동") == ["1"]
    assert similar(records) == []


# -- assessments --------------------------------------------------------------------------------


def test_an_assessment_comes_back_as_sealed(records: Records) -> None:
    patient = sample_patient()
    assessment = sample_assessment(patient.patient_id)
    keep(records, patient, assessment)
    with records.unit_of_work() as work:
        found = work.assessments.get(assessment.assessment_id)
        assert found == assessment
        assert list(found.measurements) == list(assessment.measurements)
        assert work.assessments.sealed_text(assessment.assessment_id) == (
            assessment.content(),
            assessment.digest,
        )
        with pytest.raises(AppError) as error:
            work.assessments.get(new_record_id())
    assert refusal(error) is ErrorCode.NOT_FOUND


def test_an_assessment_is_found_by_number_and_by_digest(records: Records) -> None:
    patient = sample_patient()
    first = sample_assessment(patient.patient_id, "A-2026-0317-001")
    second = sample_assessment(patient.patient_id, "A-2026-0317-1002")
    keep(records, patient, first, second)
    digest = first.digest
    spaced = " ".join(digest[i : i + 4] for i in range(0, 16, 4))
    with records.unit_of_work() as work:
        for reference in ("A-2026-0317-001", "a-2026-0317-001", digest, digest[:16], spaced):
            assert work.assessments.find_by_reference(reference) == first, reference
        assert work.assessments.find_by_reference("A-2026-0317-1002") == second
        for reference in ("", "A-2026-0317-002", digest[:15], "0" * 64, "x" * 16, "%"):
            assert work.assessments.find_by_reference(reference) is None, reference


def test_numbers_count_within_a_day(records: Records) -> None:
    patient = sample_patient()
    keep(records, patient)
    day = date(2026, 3, 17)
    with records.unit_of_work() as work:
        assert work.assessments.next_number(day) == "A-2026-0317-001"
        work.assessments.add(sample_assessment(patient.patient_id, "A-2026-0317-009"))
        assert work.assessments.next_number(day) == "A-2026-0317-010"
        work.assessments.add(sample_assessment(patient.patient_id, "A-2026-0317-999"))
        assert work.assessments.next_number(day) == "A-2026-0317-1000"
        work.assessments.add(sample_assessment(patient.patient_id, "A-2026-0317-1000"))
        assert work.assessments.next_number(day) == "A-2026-0317-1001"
        assert work.assessments.next_number(day + timedelta(days=1)) == "A-2026-0318-001"


def test_a_correction_marks_the_version_it_names(records: Records) -> None:
    patient = sample_patient()
    wrong = sample_assessment(patient.patient_id, "A-2026-0317-001", state=AnswerState.ABOVE)
    right = sample_assessment(
        patient.patient_id,
        "A-2026-0317-002",
        assessed_at=NOON + MINUTE,
        state=AnswerState.BELOW,
        probability=0.1,
        corrects=wrong.assessment_id,
    )
    keep(records, patient, wrong, right)
    with records.unit_of_work() as work:
        summaries = work.assessments.list_of_patient(patient.patient_id)
    assert [(one.number, one.is_corrected) for one in summaries] == [
        ("A-2026-0317-002", False),
        ("A-2026-0317-001", True),
    ]
    assert summaries[0].corrects == wrong.assessment_id
    assert summaries[0].missing_count == 1
    (row,) = rows_of(records, PatientQuery())
    assert row.trend == ((0.1, AnswerState.BELOW),)
    assert names(records, show=PatientFilter.ABOVE) == []


def test_an_assessment_needs_its_patient(records: Records) -> None:
    with records.unit_of_work() as work, pytest.raises(AppError) as error:
        work.assessments.add(sample_assessment(new_record_id()))
    assert refusal(error) is ErrorCode.NOT_FOUND


def test_all_opinions_are_kept_newest_first(records: Records) -> None:
    patient = sample_patient()
    assessment = sample_assessment(patient.patient_id)
    keep(records, patient, assessment)

    def opinion(about: RecordId, minutes: int) -> Opinion:
        at = NOON + minutes * MINUTE
        return Opinion(
            new_record_id(), about, Stance.DISAGREE, "검체 용혈", new_record_id(), "이서연", at
        )

    first, second = opinion(assessment.assessment_id, 1), opinion(assessment.assessment_id, 2)
    with records.unit_of_work() as work:
        work.assessments.add_opinion(first)
        work.assessments.add_opinion(second)
        assert work.assessments.list_opinions(patient.patient_id) == (second, first)
        assert work.assessments.list_opinions(new_record_id()) == ()
        with pytest.raises(AppError) as error:
            work.assessments.add_opinion(opinion(new_record_id(), 3))
    assert refusal(error) is ErrorCode.NOT_FOUND


# -- the rest -----------------------------------------------------------------------------------


def test_a_draft_is_kept_as_typed_until_removed(records: Records) -> None:
    patient, doctor = sample_patient(), new_record_id()
    keep(records, patient)
    draft = Draft(
        draft_id=new_record_id(),
        patient_id=patient.patient_id,
        panel=Panel(
            entries={
                "crp": Entry("<0,3 ", "mg/L", None, is_confirmed=True),
                "glucose": Entry(missing=MissingReason.PENDING),
            },
            has_no_fluid=True,
            collected_on=date(2026, 3, 16),
            laboratory="검사실",
            ldh_upper_limit=Decimal("225.50"),
        ),
        author_id=new_record_id(),
        author_name="한지민",
        saved_at=NOON,
    )
    handed = replace(
        draft,
        draft_id=new_record_id(),
        doctor_id=doctor,
        message="확인 부탁드립니다",
        handed_at=NOON,
        handed_by_name="한지민",
        saved_at=NOON + MINUTE,
    )
    with records.unit_of_work() as work:
        work.drafts.save(draft)
        work.drafts.save(handed)
        work.drafts.save(draft)
        assert work.drafts.get(draft.draft_id) == work.drafts.find(draft.draft_id) == draft
        typed_by_me = work.drafts.list_of_patient(patient.patient_id, draft.author_id)
        assert typed_by_me == (handed, draft)
        assert work.drafts.list_of_patient(patient.patient_id, doctor) == (handed,)
        assert work.drafts.list_of_patient(patient.patient_id, new_record_id()) == ()
        assert work.drafts.list_waiting_for(doctor) == (handed,)
        assert work.drafts.list_waiting_for(draft.author_id) == (draft,)
        work.drafts.remove(handed.draft_id)
        work.drafts.remove(handed.draft_id)
        assert work.drafts.list_of_patient(patient.patient_id, draft.author_id) == (draft,)
        assert work.drafts.find(handed.draft_id) is None
        with pytest.raises(AppError) as error:
            work.drafts.get(handed.draft_id)
    assert refusal(error) is ErrorCode.NOT_FOUND


def test_accounts_keep_roles_and_preferences(records: Records) -> None:
    roles = frozenset({Role.ADMIN, Role.DOCTOR})
    lee = Account(new_record_id(), "lee", "이서연", roles, "호흡기내과")
    han = Account(new_record_id(), "han", "한지민", frozenset({Role.STAFF}))
    with records.unit_of_work() as work:
        work.accounts.save(han)
        work.accounts.save(lee)
        left = replace(han, is_active=False, last_sign_in=NOON)
        work.accounts.save(left)
        assert work.accounts.list_all() == (lee, left)
        assert work.accounts.get(han.account_id) == left
        assert work.accounts.preferences(lee.account_id) is None
        for preferred in (Preferences(), Preferences(Language.ENGLISH, ColourScheme.DARK, 150)):
            work.accounts.save_preferences(lee.account_id, preferred)
            assert work.accounts.preferences(lee.account_id) == preferred
        assert work.accounts.password_generation(lee.account_id) == 0
        for generation in (1, 12):
            work.accounts.keep_password_generation(lee.account_id, generation)
            assert work.accounts.password_generation(lee.account_id) == generation
        assert work.accounts.password_generation(han.account_id) == 0
        with pytest.raises(AppError) as error:
            work.accounts.get(new_record_id())
        assert refusal(error) is ErrorCode.NOT_FOUND
        with pytest.raises(AppError) as error:
            work.accounts.save(replace(lee, account_id=new_record_id()))
    assert refusal(error) is ErrorCode.LOGIN_TAKEN


def test_the_clinic_is_what_was_decided_last(records: Records) -> None:
    with records.unit_of_work() as work:
        with pytest.raises(AppError) as error:
            work.clinic()
        assert refusal(error) is ErrorCode.NOT_FOUND
        for clinic in (Clinic("한마음의원", "1번"), Clinic("A", "B", 0.05, 10, True, True)):
            work.save_clinic(clinic)
            assert work.clinic() == clinic


def test_reports_are_kept_to_the_byte_newest_first(records: Records) -> None:
    patient = sample_patient()
    assessment = sample_assessment(patient.patient_id)
    keep(records, patient, assessment)
    about = assessment.assessment_id
    first = IssuedReport(new_record_id(), about, NOON, "ko", b"%PDF-\x00\xff")
    second = IssuedReport(new_record_id(), about, NOON + MINUTE, "en", b"%PDF-2")
    with records.unit_of_work() as work:
        work.reports.add(first)
        work.reports.add(second)
        assert work.reports.list_of_assessment(about) == (second, first)


def test_the_trail_holds_every_head_it_had_and_no_other(records: Records) -> None:
    heads = []
    with records.unit_of_work() as work:
        with pytest.raises(AppError) as error:
            work.audit.head()
        for minutes in range(3):
            at = NOON + minutes * MINUTE
            work.audit.append(AuditEntry(AuditAction.SIGNED_IN, at, new_record_id()))
            heads.append(work.audit.head())
        work.commit()
    assert refusal(error) is ErrorCode.NOT_FOUND
    assert [head.sequence for head in heads] == [1, 2, 3]
    with records.unit_of_work() as work:
        assert all(work.audit.holds(head) for head in heads)
        assert not work.audit.holds(replace(heads[0], sequence=2))
        assert not work.audit.holds(replace(heads[2], sequence=4))
        assert not work.audit.holds(replace(heads[1], mac="0" * 64))


def test_the_trail_and_the_outbox_grow_with_the_record_or_not_at_all(records: Records) -> None:
    patient = sample_patient()
    for is_kept in (False, True):
        with records.unit_of_work() as work:
            work.patients.add(patient)
            who = patient.patient_id
            work.outbox.put(OutboxItem(RecordKind.PATIENT, who, who, 1, NOON))
            work.audit.append(
                AuditEntry(AuditAction.PATIENT_REGISTERED, NOON, None, codes={"fields": 3})
            )
            if is_kept:
                work.commit()
        with records.unit_of_work() as work:
            assert (work.audit.count(), work.outbox.counts().waiting) == (is_kept, is_kept)
            assert work.audit.find_first_broken() is None
