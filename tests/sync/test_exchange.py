"""Records reach the server once and the other workstations whole."""

import json
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from backend.django_api.accounts.models import User
from backend.django_api.patients.models import Patient as ServerPatient
from backend.django_api.predictions.models import Prediction
from backend.django_api.records.models import Revision
from backend.django_api.records.services import start_new_epoch
from desktop_app.application import conflicts, synchronise
from desktop_app.application.conflicts import Side
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery, HeldReason, RecordKind
from desktop_app.domain.patient import Patient
from desktop_app.domain.sync import Transport
from tests.backend.conftest import Account
from tests.backend.samples import PASSWORD, VALUES
from tests.sync.conftest import MakeDesk
from tests.sync.proxy import Call, Fault, Line
from tests.sync.workstation import Desk


@pytest.fixture
def mobile(desk: Desk) -> APIClient:
    """Sign another client in, which knows the classic calls only."""
    client = APIClient()
    answer = client.post("/api/auth/token/", {"username": "sync", "password": PASSWORD})
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    return client


def number_of(patient: Patient) -> int:
    """Return the server's number of a patient."""
    return int(ServerPatient.objects.get(uuid=patient.patient_id).pk)


def on_server(patient: Patient) -> dict[str, Any]:
    """Return what the server holds of a patient."""
    stored = ServerPatient.objects.get(uuid=patient.patient_id)
    return {"name": stored.name, "phone": stored.phone, **stored.details}


# -- once ------------------------------------------------------------------------------------


def test_a_patient_and_an_assessment_reach_the_server_once(desk: Desk) -> None:
    patient = desk.register()
    assessment = desk.assess(patient)
    assert desk.counts().waiting == 2
    run = desk.synced().run
    assert (run.sent, run.confirmed, run.refused, run.conflicts) == (2, 2, 0, 0)
    counts = desk.counts()
    assert (counts.open, counts.confirmed) == (0, 2)
    (stored,) = ServerPatient.objects.all()
    assert (stored.uuid, stored.name, stored.birth_year) == (patient.patient_id, "홍길동", 1958)
    assert stored.details["chart_number"] == "00417"
    (prediction,) = Prediction.objects.all()
    assert prediction.uuid == assessment.assessment_id
    assert prediction.output_proba == assessment.result.probability
    again = desk.synced().run
    assert (again.sent, again.received) == (0, 0)
    assert Prediction.objects.count() == 1


def test_another_workstation_shows_the_same_records(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    assessment = first.assess(patient)
    first.synced()
    run = second.synced().run
    assert run.received == 2
    assert second.patient(patient).details == patient.details
    with second.session.unit_of_work() as work:
        assert work.assessments.get(assessment.assessment_id) == assessment
        assert work.assessments.sealed_text(assessment.assessment_id) == (
            assessment.content(),
            assessment.digest,
        )
    assert second.counts().open == 0


def test_a_corrected_assessment_travels_with_what_it_corrects(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    wrong = first.assess(patient)
    right = first.assess(patient, corrects=wrong.assessment_id, probability=0.21)
    first.synced()
    second.synced()
    with second.session.unit_of_work() as work:
        shown = work.assessments.list_of_patient(patient.patient_id)
    assert {one.assessment_id: one.is_corrected for one in shown} == {
        wrong.assessment_id: True,
        right.assessment_id: False,
    }


@pytest.mark.parametrize("fault", [Fault.CUT_AFTER, Fault.TRUNCATED, Fault.TWICE, Fault.GARBAGE])
def test_an_answer_that_never_came_makes_no_second_copy(
    desk: Desk, line: Line, fault: Fault
) -> None:
    patient = desk.register()
    desk.assess(patient)
    line.once(fault, path="/api/sync/push/")
    desk.synced()
    assert desk.counts().open == 0
    assert (ServerPatient.objects.count(), Prediction.objects.count()) == (1, 1)


def test_an_edit_after_an_answer_was_lost_is_no_conflict(desk: Desk, line: Line) -> None:
    patient = desk.register()
    line.judge = lambda call: (
        Fault.CUT_AFTER if call.path.startswith("/api/sync/push/") else Fault.NONE
    )
    assert desk.sync().error is not None
    desk.change(patient, phone="010-1111-1111")
    assert desk.sync().error is not None
    desk.change(patient, phone="010-2222-2222")
    line.judge = lambda _call: Fault.NONE
    desk.synced()
    desk.change(patient, phone=patient.details.phone)
    desk.synced()
    assert desk.counts().open == 0
    assert on_server(patient)["phone"] == patient.details.phone
    assert desk.patient(patient).details.phone == patient.details.phone


def test_a_batch_too_large_is_sent_in_smaller_ones(desk: Desk, line: Line) -> None:
    for number in range(30):
        desk.register(chart=str(number))
    most = 4

    def judge(call: Any) -> Fault:
        is_push = call.path.startswith("/api/sync/push/")
        too_many = is_push and len(json.loads(call.body)["items"]) > most
        return Fault.ANSWER_413 if too_many else Fault.NONE

    line.judge = judge
    desk.synced()
    assert desk.counts().open == 0
    assert ServerPatient.objects.count() == 30


def test_a_record_that_the_server_fails_on_blocks_no_other(desk: Desk, line: Line) -> None:
    people = [desk.register(chart=str(number)) for number in range(10)]
    bad = str(people[3].patient_id)

    def judge(call: Any) -> Fault:
        is_bad = call.path.startswith("/api/sync/push/") and bad.encode() in call.body
        return Fault.ANSWER_500 if is_bad else Fault.NONE

    line.judge = judge
    outcome = desk.sync()
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_FAILED
    assert ServerPatient.objects.count() == 9
    assert desk.counts().waiting == 1
    line.judge = lambda _call: Fault.NONE
    desk.synced()
    assert desk.counts().open == 0


def test_a_refused_record_stays_visible_and_blocks_no_other(desk: Desk, mobile: APIClient) -> None:
    patient = desk.register()
    desk.synced()
    mobile.delete(f"/api/patients/{number_of(patient)}/")
    late = desk.assess(patient)
    other = desk.register("성춘향", "2")
    run = desk.synced().run
    assert (run.confirmed, run.refused) == (1, 1)
    row = desk.row(late.assessment_id)
    assert row.state is Delivery.REFUSED
    assert row.refusal is not None
    assert "Unknown" in row.refusal.words
    assert ServerPatient.objects.filter(uuid=other.patient_id).exists()
    desk.synced()
    assert desk.counts().refused == 1
    synchronise.send_again(desk.session, late.assessment_id)
    assert desk.counts().waiting == 1
    assert desk.synced().run.refused == 1
    with pytest.raises(AppError) as error:
        synchronise.send_again(desk.session, other.patient_id)
    assert error.value.code is ErrorCode.NOT_FOUND


def test_records_of_one_patient_keep_their_order(desk: Desk, line: Line) -> None:
    patient = desk.register()
    made = [desk.assess(patient).assessment_id for _ in range(5)]
    desk.synced()
    sent = [
        item["uuid"]
        for call, _ in line.calls
        if call.path == "/api/sync/push/"
        for item in json.loads(call.body)["items"]
    ]
    assert sent == [str(one) for one in (patient.patient_id, *made)]


# -- merging ---------------------------------------------------------------------------------


def test_only_what_was_changed_travels_and_other_fields_stay(desk: Desk, mobile: APIClient) -> None:
    patient = desk.register()
    desk.synced()
    mobile.patch(f"/api/patients/{number_of(patient)}/", {"address": "부산", "notes": "메모"})
    desk.change(patient, exposure_work="건설")
    desk.synced()
    stored = ServerPatient.objects.get(uuid=patient.patient_id)
    assert (stored.address, stored.notes) == ("부산", "메모")
    assert stored.details["exposure_work"] == "건설"
    assert desk.counts().open == 0


def test_a_change_elsewhere_arrives_with_its_author_in_the_history(
    desk: Desk, mobile: APIClient
) -> None:
    patient = desk.register()
    desk.synced()
    mobile.patch(f"/api/patients/{number_of(patient)}/", {"phone": "02-123-4567"})
    assert desk.synced().run.received == 1
    assert desk.patient(patient).details.phone == "02-123-4567"
    with desk.session.unit_of_work() as work:
        before, now = work.sync.list_versions(patient.patient_id)
    assert (before.fields["phone"], before.is_ours) == ("010-1234-5678", True)
    assert (now.fields["phone"], now.is_ours) == ("02-123-4567", False)
    assert desk.counts().open == 0


def test_changes_of_different_fields_are_merged_everywhere(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    first.synced()
    second.synced()
    first.change(patient, phone="010-1111-1111")
    second.change(patient, exposure_work="건설")
    for desk in (first, second, first):
        desk.synced()
    for desk in (first, second):
        details = desk.patient(patient).details
        assert (details.phone, details.exposure_work) == ("010-1111-1111", "건설")
        assert desk.counts().open == 0
    assert on_server(patient)["exposure_work"] == "건설"


def test_the_same_change_in_two_places_is_no_conflict(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    first.synced()
    second.synced()
    for desk in (first, second):
        desk.change(patient, phone="010-1111-1111")
    for desk in (first, second, first):
        desk.synced()
        assert desk.counts().open == 0


def in_conflict(make_desk: MakeDesk) -> tuple[Desk, Desk, Patient]:
    """Let two workstations change one field, and a second one each."""
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    first.synced()
    second.synced()
    first.change(patient, phone="010-1111-1111", exposure_start=1980)
    second.change(patient, phone="010-2222-2222", exposure_work="건설")
    first.synced()
    run = second.synced().run
    assert run.conflicts == 1
    assert second.counts().conflicts == 1
    return first, second, patient


def test_a_conflict_shows_both_sides_and_waits_for_a_person(make_desk: MakeDesk) -> None:
    _, second, patient = in_conflict(make_desk)
    second.synced()
    assert second.patient(patient).details.phone == "010-2222-2222"
    assert on_server(patient)["phone"] == "010-1111-1111"
    conflict = conflicts.open_conflict(second.session, patient.patient_id)
    shown = {one.name: (one.here, one.server, one.preset) for one in conflict.fields}
    assert shown == {
        "phone": ("010-2222-2222", "010-1111-1111", None),
        "exposure_start": (1975, 1980, Side.SERVER),
        "exposure_work": ("건설", "조선소 배관공", Side.HERE),
    }
    assert conflict.here.author_name == "김하늘"
    assert conflict.server.changed_by == "sync"
    assert [one.patient_id for one in conflicts.list_conflicts(second.session)] == [
        patient.patient_id
    ]


@pytest.mark.parametrize("side", [Side.HERE, Side.SERVER])
def test_what_a_person_decides_reaches_everybody(make_desk: MakeDesk, side: Side) -> None:
    first, second, patient = in_conflict(make_desk)
    conflict = conflicts.open_conflict(second.session, patient.patient_id)
    choices = {one.name: one.preset or side for one in conflict.fields}
    conflicts.decide_conflict(second.session, conflict, choices)
    for desk in (second, first):
        desk.synced()
    phone = "010-2222-2222" if side is Side.HERE else "010-1111-1111"
    for desk in (first, second):
        details = desk.patient(patient).details
        assert (details.phone, details.exposure_start, details.exposure_work) == (
            phone,
            1980,
            "건설",
        )
        assert desk.counts().open == 0
    with second.session.unit_of_work() as work:
        phones = [one.fields["phone"] for one in work.sync.list_versions(patient.patient_id)]
    assert {"010-1111-1111", "010-2222-2222"} <= set(phones)


def test_texts_that_can_stand_together_are_kept_together(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    first.synced()
    second.synced()
    first.change(patient, exposure_work="건설")
    second.change(patient, exposure_work="해체")
    first.synced()
    second.synced()
    conflict = conflicts.open_conflict(second.session, patient.patient_id)
    conflicts.decide_conflict(second.session, conflict, {"exposure_work": Side.BOTH})
    second.synced()
    assert on_server(patient)["exposure_work"] == "해체, 건설"


def test_a_decision_about_what_changed_meanwhile_is_not_stored(make_desk: MakeDesk) -> None:
    first, second, patient = in_conflict(make_desk)
    conflict = conflicts.open_conflict(second.session, patient.patient_id)
    first.change(patient, phone="010-3333-3333")
    first.synced()
    second.synced()
    choices = {one.name: Side.HERE for one in conflict.fields}
    for wanted in (choices, {}):
        with pytest.raises(AppError) as error:
            conflicts.decide_conflict(second.session, conflict, wanted)
        assert error.value.code is ErrorCode.CONFLICT_UNDECIDED
    assert second.counts().conflicts == 1


def test_a_year_of_birth_that_another_program_wrote_is_for_a_person_to_decide(
    desk: Desk, mobile: APIClient
) -> None:
    patient = desk.register()
    desk.synced()
    mobile.patch(f"/api/patients/{number_of(patient)}/", {"birth_year": 1985})
    desk.synced()
    assert desk.patient(patient).birth_date == patient.birth_date
    conflict = conflicts.open_conflict(desk.session, patient.patient_id)
    (choice,) = conflict.fields
    assert (choice.name, choice.here, choice.server, choice.preset) == (
        "birth_date",
        "1958-08-21",
        "1985-08-21",
        None,
    )
    conflicts.decide_conflict(desk.session, conflict, {"birth_date": Side.HERE})
    desk.synced()
    assert ServerPatient.objects.get(uuid=patient.patient_id).birth_year == 1958
    assert desk.counts().open == 0
    desk.synced()
    assert desk.counts().open == 0


# -- what others made ------------------------------------------------------------------------


def test_nothing_is_deleted_here_because_the_server_deleted_it(
    desk: Desk, mobile: APIClient
) -> None:
    patient = desk.register()
    assessment = desk.assess(patient)
    desk.synced()
    mobile.delete(f"/api/patients/{number_of(patient)}/")
    desk.synced()
    assert desk.patient(patient) == patient
    assert desk.assessments(patient) == {assessment.assessment_id}
    seen = synchronise.read_patient_sync(desk.session, patient.patient_id)
    assert patient.patient_id in seen.deleted_there
    desk.change(patient, phone="010-1111-1111")
    desk.synced()
    assert desk.row(patient.patient_id).state is Delivery.REFUSED


def test_patients_of_other_programs_wait_until_they_can_be_told_apart(
    desk: Desk, mobile: APIClient
) -> None:
    made = mobile.post("/api/patients/", {"name": "성춘향", "birth_year": 1964, "phone": "010-2"})
    number = made.json()["id"]
    mobile.post(
        "/api/predictions/",
        {"patient_id": number, "input_data": VALUES, "output_label": 1, "output_proba": 0.4375},
    )
    desk.synced()
    with desk.session.unit_of_work() as work:
        held = {one.incoming.kind: one for one in work.sync.list_held()}
    assert held[RecordKind.PATIENT].reason is HeldReason.INCOMPLETE
    assert held[RecordKind.PATIENT].incoming.fields["name"] == "성춘향"
    assert held[RecordKind.ASSESSMENT].reason is HeldReason.PATIENT_UNKNOWN
    assert desk.patients() == {}


def test_what_other_programs_made_of_a_known_patient_is_shown(
    desk: Desk, mobile: APIClient
) -> None:
    patient = desk.register()
    desk.synced()
    number = number_of(patient)
    mobile.post(
        "/api/predictions/",
        {"patient_id": number, "input_data": VALUES, "output_label": 1, "output_proba": 0.4375},
    )
    delta = json.dumps([{"insert": "하루 한 번\n"}])
    made = mobile.post(
        "/api/prescriptions/", {"patient": number, "title": "흉수천자", "content_delta": delta}
    )
    assert made.status_code == 201, made.json()
    desk.synced()
    seen = synchronise.read_patient_sync(desk.session, patient.patient_id)
    shown = {one.kind: one for one in seen.server_records}
    assert shown[RecordKind.ASSESSMENT].probability == 0.4375
    assert (shown[RecordKind.PRESCRIPTION].title, shown[RecordKind.PRESCRIPTION].words) == (
        "흉수천자",
        "하루 한 번",
    )
    mobile.delete(f"/api/prescriptions/{made.json()['id']}/")
    desk.synced()
    seen = synchronise.read_patient_sync(desk.session, patient.patient_id)
    assert [one.is_deleted for one in seen.server_records if one.kind is RecordKind.PRESCRIPTION]


def test_records_may_arrive_before_their_patient(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    assessment = first.assess(patient)
    first.synced()
    # The patient's place in the order of changes is now behind the assessment's.
    first.change(patient, phone="010-1111-1111")
    first.synced()
    second.synced()
    assert second.assessments(patient) == {assessment.assessment_id}
    assert second.counts().held == 0


def test_two_workstations_that_registered_one_person_keep_both(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    mine, theirs = first.register(chart="7"), second.register(chart="7")
    for desk in (first, second, first):
        desk.synced()
    for desk in (first, second):
        assert set(desk.patients()) == {mine.patient_id, theirs.patient_id}
        assert desk.counts().open == 0


def test_two_workstations_may_have_given_one_number(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    first.synced()
    second.synced()
    made = {first.assess(patient).assessment_id, second.assess(patient).assessment_id}
    for desk in (first, second, first):
        desk.synced()
    for desk in (first, second):
        assert desk.assessments(patient) == made


def test_a_doctors_workstation_gets_own_patients_only(
    make_desk: MakeDesk, account: Account
) -> None:
    account("DOCTOR", "doctor", name="김하늘")
    everybody, doctor = make_desk("room1"), make_desk("room2", account="doctor")
    everybody.register("성춘향", "1")
    own = doctor.register("홍길동", "2")
    everybody.synced()
    doctor.synced()
    everybody.synced()
    assert set(doctor.patients()) == {own.patient_id}
    assert len(everybody.patients()) == 2


# -- lives of a server and of a workstation --------------------------------------------------


def test_a_server_that_was_restored_gets_again_what_it_lost(
    make_desk: MakeDesk, account: Account
) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    kept, lost = first.register(chart="1"), first.register("성춘향", "2")
    assessments = {first.assess(kept).assessment_id, first.assess(lost).assessment_id}
    first.synced()
    second.synced()
    Prediction.objects.all().delete()
    ServerPatient.objects.filter(uuid=lost.patient_id).delete()
    Revision.objects.filter(uuid=lost.patient_id).delete()
    start_new_epoch()
    first.change(kept, phone="010-1111-1111")
    for desk in (first, second, first):
        desk.synced()
    assert set(ServerPatient.objects.values_list("uuid", flat=True)) == {
        kept.patient_id,
        lost.patient_id,
    }
    assert set(Prediction.objects.values_list("uuid", flat=True)) == assessments
    for desk in (first, second):
        assert desk.counts().open == 0
        assert desk.patient(kept).details.phone == "010-1111-1111"


def test_a_server_restored_between_greeting_and_push_overwrites_nothing_unseen(
    desk: Desk, mobile: APIClient, line: Line
) -> None:
    patient = desk.register()
    desk.synced()
    path, first = f"/api/patients/{number_of(patient)}/", patient.details.phone
    mobile.patch(path, {"phone": "010-1111-1111"})
    desk.synced()
    desk.change(patient, phone="010-3333-3333", exposure_work="건설")
    asked: list[Call] = []

    def restore(call: Call) -> None:
        if call.path == "/api/sync/push/" and not asked:
            asked.append(call)
            # Back to version 1, and then another version 2 than the one that is known here.
            Revision.objects.filter(uuid=patient.patient_id, version=2).delete()
            ServerPatient.objects.filter(uuid=patient.patient_id).update(version=1, phone=first)
            start_new_epoch()
            mobile.patch(path, {"phone": "010-2222-2222"})
            connections.close_all()

    line.twist = restore
    # Numbers of two lives cannot be told apart in this run: it confirms nothing.
    assert desk.synced().run.confirmed == 0
    assert len(asked) == 1
    assert on_server(patient)["phone"] == "010-2222-2222"
    assert desk.counts().open == 1
    # The next greeting tells of the other life.
    desk.synced()
    assert on_server(patient)["phone"] == "010-2222-2222"
    row = desk.row(patient.patient_id)
    assert row.state is Delivery.CONFLICT
    assert row.current is not None
    assert row.current.fields["phone"] == "010-2222-2222"
    assert desk.patient(patient).details.phone == "010-3333-3333"
    conflict = conflicts.open_conflict(desk.session, patient.patient_id)
    sides = {one.name: one.preset or Side.HERE for one in conflict.fields}
    conflicts.decide_conflict(desk.session, conflict, sides)
    desk.synced()
    stands = on_server(patient)
    assert (stands["phone"], stands["exposure_work"]) == ("010-3333-3333", "건설")
    assert desk.counts().open == 0


def test_assessments_pushed_to_a_server_just_restored_are_there_once(
    desk: Desk, line: Line
) -> None:
    patient = desk.register()
    kept = desk.assess(patient)
    desk.synced()
    late = desk.assess(patient)
    asked: list[Call] = []

    def restore(call: Call) -> None:
        if call.path == "/api/sync/push/" and not asked:
            asked.append(call)
            Prediction.objects.filter(uuid=kept.assessment_id).delete()
            start_new_epoch()
            connections.close_all()

    line.twist = restore
    desk.synced()
    desk.synced()
    assert len(asked) == 1
    assert sorted(Prediction.objects.values_list("uuid", flat=True)) == sorted(
        (kept.assessment_id, late.assessment_id)
    )
    assert desk.counts().open == 0


def test_an_older_backup_of_a_workstation_syncs_without_loss_or_copies(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk("room1")
    patient = desk.register()
    first = desk.assess(patient)
    desk.synced()
    backup = desk.backed_up()
    desk.change(patient, phone="010-1111-1111")
    second = desk.assess(patient)
    late = desk.register("성춘향", "2")
    desk.synced()
    desk.restore(backup)
    assert desk.assessments(patient) == {first.assessment_id}
    third = desk.assess(patient)
    desk.change(patient, exposure_work="건설")
    desk.synced()
    desk.synced()
    assert desk.assessments(patient) == {one.assessment_id for one in (first, second, third)}
    assert set(desk.patients()) == {patient.patient_id, late.patient_id}
    details = desk.patient(patient).details
    assert (details.phone, details.exposure_work) == ("010-1111-1111", "건설")
    assert (ServerPatient.objects.count(), Prediction.objects.count()) == (2, 3)
    assert desk.counts().open == 0


# -- the sign-in at the server ----------------------------------------------------------------


def test_an_ended_session_pauses_and_drops_nothing(desk: Desk) -> None:
    patient = desk.register()
    user = User.objects.get(username="sync")
    user.set_password("another-password-27")
    user.save()
    outcome = desk.sync()
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_SIGN_IN_NEEDED
    assert desk.counts().waiting == 1
    assert desk.patient(patient) == patient
    user.set_password(PASSWORD)
    user.save()
    desk.sign_in("sync")
    desk.synced()
    assert desk.counts().open == 0


def test_the_session_outlives_the_program_in_the_key_store(desk: Desk, line: Line) -> None:
    desk.register()
    desk.start_again()
    desk.synced()
    assert line.count("/api/auth/token/refresh/") == 1
    assert desk.counts().open == 0


def test_without_a_secure_key_store_nothing_is_kept(make_desk: MakeDesk) -> None:
    desk = make_desk("room1", account=None)
    desk.secrets.is_kept_securely = False
    desk.sign_in("sync")
    assert desk.secrets.secrets == {}
    desk.register()
    desk.synced()
    desk.start_again()
    outcome = desk.sync()
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_SIGN_IN_NEEDED


def test_an_account_that_may_not_sync_is_refused(desk: Desk, account: Account) -> None:
    account("PATIENT", "someone")
    account("DOCTOR", "waiting", approved=False)
    for name in ("someone", "waiting"):
        with pytest.raises(AppError) as error:
            desk.sign_in(name)
        assert error.value.code is ErrorCode.SERVER_FORBIDS
    with pytest.raises(AppError) as error:
        desk.sign_in("nobody")
    assert error.value.code is ErrorCode.SERVER_CREDENTIALS_WRONG


# -- what is kept of runs ----------------------------------------------------------------------


def test_each_run_is_remembered_with_what_it_did(desk: Desk, line: Line) -> None:
    desk.register()
    desk.synced()
    line.judge = lambda _call: Fault.ANSWER_403
    desk.sync()
    with desk.session.unit_of_work() as work:
        last, first = work.sync.list_runs(5)
        position = work.sync.position()
    assert (first.transport, first.sent, first.confirmed, first.problem) == (
        Transport.SERVER,
        1,
        1,
        "",
    )
    assert last.problem == ErrorCode.SERVER_FORBIDS.value
    assert position.last_confirmed == first.at
    assert position.last_tried == last.at


def test_hundreds_of_records_come_in_pages(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    for number in range(450):
        first.register(chart=str(number))
    first.synced()
    assert second.synced().run.received == 450
    assert len(second.patients()) == 450
