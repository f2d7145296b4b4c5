"""What every keeper of the outbox and of the server's side promises: database and fake alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.application.patients import keep_version
from desktop_app.application.ports import (
    PatientFilter,
    PatientQuery,
    Records,
    RecordStore,
    UnitOfWork,
)
from desktop_app.domain.account import Account, Role
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    Delivery,
    Held,
    HeldReason,
    Incoming,
    OutboxItem,
    RecordKind,
    Refusal,
    Seal,
    ServerRecord,
    ServerVersion,
    ShownAssessment,
    SyncRecord,
)
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.domain.patient_fields import fields_of
from desktop_app.domain.sync import (
    OutboxCounts,
    ProxyUse,
    ServerKeys,
    ServerSettings,
    SyncPosition,
    SyncRun,
    Transfer,
    Transport,
    Workstation,
)
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.fakes.records import FakeRecordStore
from tests.fakes.samples import NOON, sample_assessment, sample_patient

AUTHOR = Account(new_record_id(), "haneul", "김하늘", frozenset({Role.DOCTOR}))
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["database", "fake"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    store: RecordStore = (
        SqlCipherRecordStore(tmp_path) if request.param == "database" else FakeRecordStore()
    )
    records = store.create(b"k" * 32)
    yield records
    records.close()


@pytest.fixture
def work(records: Records) -> Iterator[UnitOfWork]:
    """A transaction that every test goes through alone."""
    with records.unit_of_work() as work:
        yield work


def register(work: UnitOfWork, name: str = "홍길동", chart_number: str = "00417") -> Patient:
    patient = sample_patient(name, chart_number)
    work.patients.add(patient)
    keep_version(work, patient, AUTHOR)
    return patient


def change(work: UnitOfWork, patient: Patient, **details: object) -> Patient:
    changed = replace(
        patient,
        details=replace(patient.details, **details),  # type: ignore[arg-type] # any details
        version=patient.version + 1,
        changed_at=patient.changed_at + MINUTE,
    )
    work.patients.update(changed, expected_version=patient.version)
    keep_version(work, changed, AUTHOR)
    return changed


def assess(work: UnitOfWork, patient: Patient, number: str = "A-2026-0317-001") -> Assessment:
    assessment = sample_assessment(patient.patient_id, number)
    work.assessments.add(assessment)
    work.outbox.put(
        OutboxItem(RecordKind.ASSESSMENT, assessment.assessment_id, patient.patient_id, 1, NOON)
    )
    return assessment


def admit(work: UnitOfWork, theirs: Assessment) -> None:
    work.assessments.admit(ShownAssessment.of(theirs), theirs.content())


def arrive(work: UnitOfWork, patient: Patient, *, base_version: int = 1, epoch: str = "") -> None:
    """Let the server hold a patient as it is now."""
    work.sync.save(
        SyncRecord(
            patient.patient_id,
            RecordKind.PATIENT,
            server_id=41,
            base_version=base_version,
            version=patient.version,
            base=fields_of(patient),
            confirmed_at=NOON,
            epoch=epoch,
        )
    )


# -- the outbox -----------------------------------------------------------------------------


def test_a_new_patient_travels_whole_and_assessments_as_they_were_sealed(work: UnitOfWork) -> None:
    patient = register(work)
    assessment = assess(work, patient)
    batch = work.outbox.read_batch(0, 10)
    first, second = batch.records
    assert batch.reached is None
    assert (first.kind, first.record_id, first.version) == (
        RecordKind.PATIENT,
        patient.patient_id,
        1,
    )
    assert (first.fields, first.base_version, first.supersedes) == (fields_of(patient), 0, ())
    assert (second.kind, second.patient_id) == (RecordKind.ASSESSMENT, patient.patient_id)
    assert (second.sealed, second.digest) == (assessment.content().encode(), assessment.digest)
    assert not first.may_have_arrived


def test_several_changes_are_one_entry_that_names_what_it_supersedes(work: UnitOfWork) -> None:
    patient = register(work)
    first, *_ = work.outbox.read_batch(0, 10).records
    patient = change(work, patient, phone="010-0000-0000")
    patient = change(work, patient, exposure_work="건설")
    (entry,) = work.outbox.read_batch(0, 10).records
    versions = work.sync.list_versions(patient.patient_id)
    assert [one.version for one in versions] == [1, 2, 3]
    assert [one.author_name for one in versions] == [AUTHOR.name] * 3
    assert entry.version == 3
    assert entry.change_id == versions[2].change_id
    assert entry.supersedes == (first.change_id, versions[1].change_id)
    assert work.outbox.counts().waiting == 1


def test_of_a_known_patient_only_what_was_touched_travels(work: UnitOfWork) -> None:
    patient = register(work)
    arrive(work, patient)
    work.outbox.confirm(patient.patient_id, 1)
    changed = change(work, patient, phone="010-0000-0000")
    back = change(work, changed, phone=patient.details.phone, exposure_work="건설")
    (entry,) = work.outbox.read_batch(0, 10).records
    assert entry.fields == {"phone": patient.details.phone, "exposure_work": "건설"}
    assert (entry.base_version, entry.version, entry.server_id) == (1, back.version, 41)


def test_what_the_server_fell_back_from_travels_without_a_new_version(work: UnitOfWork) -> None:
    patient = register(work)
    changed = change(work, patient, phone="010-1111-1111")
    arrive(work, changed)
    known = work.sync.find(patient.patient_id)
    assert known is not None
    work.sync.save(replace(known, base=fields_of(patient)))
    for again in (True, False):
        who = patient.patient_id
        work.outbox.put(OutboxItem(RecordKind.PATIENT, who, who, 2, NOON))
        (going,) = work.outbox.read_batch(0, 10).records
        assert going.fields == ({"phone": "010-1111-1111"} if again else {})
        assert going.version == 2
        assert work.outbox.confirm(patient.patient_id, 2)
        work.sync.save(known)


def test_a_batch_goes_on_where_the_last_one_ended(work: UnitOfWork) -> None:
    people = [register(work, chart_number=str(number)) for number in range(5)]
    seen, after = [], 0
    while True:
        batch = work.outbox.read_batch(after, 2)
        seen += [one.record_id for one in batch.records]
        if batch.reached is None:
            break
        after = batch.reached
    assert seen == [one.patient_id for one in people]


def test_nothing_travels_before_its_patient(work: UnitOfWork) -> None:
    patient = register(work)
    assessment = assess(work, patient)
    work.outbox.refuse(patient.patient_id, 1, Refusal("no", 400))
    assert work.outbox.read_batch(0, 10).records == ()
    arrive(work, patient)
    (entry,) = work.outbox.read_batch(0, 10).records
    assert (entry.record_id, entry.patient_server_id) == (assessment.assessment_id, 41)


def test_what_was_tried_may_have_arrived(work: UnitOfWork) -> None:
    patient = register(work)
    (entry,) = work.outbox.read_batch(0, 10).records
    work.outbox.mark_tried([entry.entry], NOON)
    (entry,) = work.outbox.read_batch(0, 10).records
    assert entry.may_have_arrived
    row = work.outbox.find(patient.patient_id)
    assert row is not None
    assert (row.attempts, row.tried_at, row.state) == (1, NOON, Delivery.WAITING)


def test_a_confirmation_takes_out_only_what_it_confirms(work: UnitOfWork) -> None:
    patient = register(work)
    change(work, patient, phone="010-0000-0000")
    assert not work.outbox.confirm(patient.patient_id, 1)
    assert work.outbox.counts().waiting == 1
    assert work.outbox.confirm(patient.patient_id, 2)
    assert not work.outbox.confirm(patient.patient_id, 2)
    assert work.outbox.counts() == OutboxCounts()
    assert work.outbox.find(patient.patient_id) is None


def test_a_refused_record_stays_visible_with_the_reason_until_it_is_sent_again(
    work: UnitOfWork,
) -> None:
    patient = register(work)
    assessment = assess(work, patient)
    reason = Refusal("model meso_xgb_v1 is not registered", 409)
    assert work.outbox.refuse(assessment.assessment_id, 1, reason)
    assert not work.outbox.refuse(assessment.assessment_id, 1, reason)
    row = work.outbox.find(assessment.assessment_id)
    assert row is not None
    assert (row.state, row.refusal, row.number) == (Delivery.REFUSED, reason, assessment.number)
    assert row.patient == patient
    assert [one.record_id for one in work.outbox.read_batch(0, 9).records] == [patient.patient_id]
    assert work.outbox.release(assessment.assessment_id)
    assert len(work.outbox.read_batch(0, 9).records) == 2
    work.outbox.refuse(assessment.assessment_id, 1, reason)
    work.outbox.release_of_patient(patient.patient_id)
    assert work.outbox.counts().refused == 0
    assert not work.outbox.release(new_record_id())


def test_an_edit_lets_a_refused_patient_go_again_and_keeps_a_conflict(work: UnitOfWork) -> None:
    patient = register(work)
    work.outbox.refuse(patient.patient_id, 1, Refusal("bad phone"))
    patient = change(work, patient, phone="010-0000-0000")
    assert work.outbox.counts().waiting == 1
    theirs = ServerVersion(7, {"phone": "02-1"}, "이도윤", NOON)
    assert work.outbox.mark_conflict(patient.patient_id, theirs)
    change(work, patient, phone="010-0000-0002")
    row = work.outbox.find(patient.patient_id)
    assert row is not None
    assert (row.state, row.current) == (Delivery.CONFLICT, theirs)
    assert work.outbox.read_batch(0, 10).records == ()
    assert not work.outbox.mark_conflict(new_record_id(), theirs)


def test_rows_come_by_state_and_then_by_age(work: UnitOfWork) -> None:
    people = [register(work, chart_number=str(number)) for number in range(5)]
    work.outbox.refuse(people[2].patient_id, 1, Refusal("no"))
    work.outbox.mark_conflict(people[4].patient_id, ServerVersion(2, {}))
    order = [people[at].patient_id for at in (4, 2, 0, 1, 3)]
    assert [one.record_id for one in work.outbox.list_rows(None)] == order
    assert [one.record_id for one in work.outbox.list_rows(None, skip=1, limit=2)] == order[1:3]
    refused = work.outbox.list_rows(Delivery.REFUSED)
    assert [one.record_id for one in refused] == [people[2].patient_id]
    assert work.outbox.count_patients() == 5
    assert work.outbox.counts() == OutboxCounts(waiting=3, refused=1, conflicts=1)
    assert work.outbox.counts().open == 5


def test_only_the_outbox_of_a_known_patient_grows(work: UnitOfWork) -> None:
    with pytest.raises(AppError) as error:
        work.outbox.put(OutboxItem(RecordKind.PATIENT, new_record_id(), new_record_id(), 1, NOON))
    assert error.value.code is ErrorCode.NOT_FOUND


def test_the_list_of_patients_knows_who_is_not_synced(work: UnitOfWork) -> None:
    people = [register(work, chart_number=str(number)) for number in range(4)]
    assessment = assess(work, people[0])
    work.outbox.mark_conflict(people[0].patient_id, ServerVersion(2, {}))
    work.outbox.refuse(people[1].patient_id, 1, Refusal("no"))
    work.outbox.confirm(people[3].patient_id, 1)
    delivery = {
        row.patient.patient_id: row.delivery for row in work.patients.list_page(PatientQuery()).rows
    }
    assert [delivery[one.patient_id] for one in people] == [
        Delivery.CONFLICT,
        Delivery.REFUSED,
        Delivery.WAITING,
        Delivery.CONFIRMED,
    ]
    assert work.outbox.delivery_of_patient(people[0].patient_id) == {
        people[0].patient_id: Delivery.CONFLICT,
        assessment.assessment_id: Delivery.WAITING,
    }
    unsent = PatientQuery(show=PatientFilter.NOT_SYNCED)
    shown = {row.patient.patient_id for row in work.patients.list_page(unsent).rows}
    assert shown == {one.patient_id for one in people[:3]}
    assert work.patients.count(PatientFilter.NOT_SYNCED) == 3
    archived = replace(people[2], is_archived=True, version=2)
    work.patients.update(archived, expected_version=1)
    assert work.patients.count(PatientFilter.NOT_SYNCED) == 2
    work.outbox.confirm(people[2].patient_id, 2)
    work.outbox.confirm(people[0].patient_id, 1)
    assert work.patients.count(PatientFilter.NOT_SYNCED) == 2
    work.outbox.confirm(assessment.assessment_id, 1)
    assert work.patients.count(PatientFilter.NOT_SYNCED) == 1
    work.patients.update(replace(archived, is_archived=False, version=3), expected_version=2)
    assert work.patients.count(PatientFilter.NOT_SYNCED) == 1


# -- the server's side ----------------------------------------------------------------------


def test_what_the_server_holds_comes_back_as_kept(work: UnitOfWork) -> None:
    patient = register(work)
    assert work.sync.find(patient.patient_id) is None
    arrive(work, patient)
    known = work.sync.find(patient.patient_id)
    assert known is not None
    assert (known.server_id, known.base, known.confirmed_at) == (41, fields_of(patient), NOON)
    later = replace(known, base_version=9, is_deleted=True, server_check="mismatch")
    work.sync.save(later)
    assert work.sync.find(patient.patient_id) == later
    assert work.outbox.counts().confirmed == 1


def test_a_server_in_another_life_gets_again_what_it_lost(work: UnitOfWork) -> None:
    kept, lost = (register(work, chart_number=str(number)) for number in range(2))
    assessment = assess(work, lost)
    for patient, epoch in ((kept, "new"), (lost, "old")):
        arrive(work, patient, epoch=epoch)
        work.outbox.confirm(patient.patient_id, 1)
    work.outbox.confirm(assessment.assessment_id, 1)
    work.sync.save(
        SyncRecord(assessment.assessment_id, RecordKind.ASSESSMENT, 5, 1, 1, epoch="old", base=None)
    )
    assert work.sync.queue_unseen("new", NOON) == 2
    batch = work.outbox.read_batch(0, 10).records
    assert [one.record_id for one in batch] == [lost.patient_id, assessment.assessment_id]
    assert batch[0].fields == fields_of(lost)
    assert [one.base_version for one in batch] == [0, 0]
    assert all(one.may_have_arrived for one in batch)
    assert work.sync.queue_unseen("new", NOON) == 0


def test_what_waits_for_its_patient_is_taken_with_the_patient_first(work: UnitOfWork) -> None:
    who, other = new_record_id(), new_record_id()
    about = Incoming(
        RecordKind.ASSESSMENT,
        new_record_id(),
        server_id=5,
        version=1,
        patient_id=who,
        sealed="{}",
        changed_by="이도윤",
        changed_at=NOON,
        server_check="match",
    )
    patient = Incoming(RecordKind.PATIENT, who, 3, 2, fields={"name": "홍길동", "birth_year": 1958})
    foreign = replace(about, record_id=new_record_id(), patient_id=other)
    work.sync.hold(Held(about, HeldReason.PATIENT_UNKNOWN, NOON))
    work.sync.hold(Held(foreign, HeldReason.PATIENT_UNKNOWN, NOON))
    work.sync.hold(Held(patient, HeldReason.INCOMPLETE, NOON + MINUTE))
    work.sync.hold(Held(patient, HeldReason.INCOMPLETE, NOON + MINUTE))
    assert work.outbox.counts().held == 3
    assert [one.incoming for one in work.sync.list_held()] == [about, foreign, patient]
    assert work.sync.take_held(who) == (patient, about)
    assert work.sync.take_held(who) == ()
    assert work.outbox.counts().held == 1


def test_of_what_others_made_the_newest_version_stands(work: UnitOfWork) -> None:
    patient = register(work)
    prescription = ServerRecord(
        new_record_id(),
        RecordKind.PRESCRIPTION,
        patient.patient_id,
        version=2,
        recorded_at=NOON,
        author_name="이도윤",
        title="흉수천자",
        words="800 mL 배액",
    )
    prediction = replace(
        prescription,
        record_id=new_record_id(),
        kind=RecordKind.ASSESSMENT,
        recorded_at=NOON + MINUTE,
        probability=0.4375,
        label=1,
    )
    for record in (prescription, prediction, replace(prescription, version=1, title="old")):
        work.sync.save_server_record(record)
    assert work.sync.list_server_records(patient.patient_id) == (prediction, prescription)
    work.sync.delete_foreign(prescription.record_id)
    assert work.sync.list_server_records(patient.patient_id)[1].is_deleted
    held = Incoming(RecordKind.OUTCOME, new_record_id(), 1, 1, patient_id=new_record_id())
    work.sync.hold(Held(held, HeldReason.PATIENT_UNKNOWN, NOON))
    work.sync.delete_foreign(held.record_id)
    assert work.sync.list_held() == ()


def test_an_assessment_of_another_workstation_is_admitted_exactly(work: UnitOfWork) -> None:
    patient = register(work)
    own = assess(work, patient)
    theirs = sample_assessment(patient.patient_id, own.number, probability=0.31)
    assert work.assessments.find_seal(theirs.assessment_id) is None
    admit(work, theirs)
    assert work.assessments.get(theirs.assessment_id) == theirs
    seal = Seal(theirs.digest, ShownAssessment.of(theirs))
    assert work.assessments.find_seal(theirs.assessment_id) == seal
    third = sample_assessment(patient.patient_id, own.number, probability=0.32)
    admit(work, third)
    numbers = [one.number for one in work.assessments.list_of_patient(patient.patient_id)]
    assert numbers == [own.number] * 3
    assert work.assessments.get(third.assessment_id) == third
    assert work.assessments.next_number(NOON.date()) == "A-2026-0317-002"
    text = own.content()
    for wrong in ("{}", "[]", "7", "{ " + text[1:], text[:-1] + ',"x":1}', text[:-9]):
        with pytest.raises(ValueError, match="sealed"):
            work.assessments.admit(ShownAssessment.of(own), wrong)
    for odd in (
        replace(theirs, assessor_name=None),  # type: ignore[arg-type] # what a file may hold
        replace(theirs, laboratory=7),  # type: ignore[arg-type] # what a file may hold
        replace(theirs, used_count=10**30),
        replace(theirs, label=True),
        replace(theirs, assessed_at=theirs.assessed_at.replace(tzinfo=None)),
        replace(theirs, assessed_at=theirs.assessed_at.replace(year=1)),
        replace(theirs, result=replace(theirs.result, low="0")),  # type: ignore[arg-type] # as above
    ):
        with pytest.raises(ValueError, match="sealed"):
            admit(work, odd)
    fourth = sample_assessment(patient.patient_id)
    shown = ShownAssessment.of(fourth)
    for other in (
        shown._replace(assessment_id=new_record_id()),
        shown._replace(patient_id=new_record_id()),
        shown._replace(probability=shown.probability / 2),
        shown._replace(label=1 - shown.label),
    ):
        with pytest.raises(ValueError, match="sealed"):
            work.assessments.admit(other, fourth.content())
    with pytest.raises(AppError) as error:
        admit(work, sample_assessment(new_record_id()))
    assert error.value.code is ErrorCode.NOT_FOUND


def test_patients_from_two_workstations_may_share_a_chart_number(work: UnitOfWork) -> None:
    own = register(work, chart_number="7")
    theirs = sample_patient("성춘향", "7")
    work.patients.add(theirs, is_from_server=True)
    assert work.patients.find(theirs.patient_id) == theirs
    assert work.patients.find(new_record_id()) is None
    assert work.patients.find_by_chart_number("7") == own
    assert work.patients.find_by_chart_number("7", other_than=own.patient_id) == theirs
    assert work.patients.find_by_chart_number("7", other_than=theirs.patient_id) == own
    change(work, own, phone="010-0000-0000")
    renumbered = replace(theirs, details=replace(theirs.details, chart_number="8"), version=2)
    work.patients.update(renumbered, expected_version=1)
    taken = replace(renumbered, details=replace(theirs.details, chart_number="7"), version=3)
    with pytest.raises(AppError) as error:
        work.patients.update(taken, expected_version=2)
    assert error.value.code is ErrorCode.CHART_NUMBER_TAKEN
    work.patients.update(taken, expected_version=2, is_from_server=True)


def test_settings_keys_and_position_come_back_as_stored(work: UnitOfWork) -> None:
    assert work.sync.settings() == ServerSettings()
    assert not work.sync.settings().is_set
    assert work.sync.workstation() is None
    assert work.sync.position() == SyncPosition()
    settings = ServerSettings(
        "https://sync.ganada.example:8443", "PEM", ProxyUse.EXPLICIT, "http://p:3128", "u", "p"
    )
    workstation = Workstation(
        new_record_id(), "진료실 2", "s", "e", "S", "E", ServerKeys("중앙", "a", "b"), "room2", 41
    )
    position = SyncPosition("cursor", "epoch", NOON, None)
    work.sync.save_settings(settings)
    work.sync.save_workstation(workstation)
    work.sync.save_position(position)
    assert work.sync.settings() == settings
    assert work.sync.settings().is_set
    assert work.sync.workstation() == workstation
    assert work.sync.position() == position


def test_runs_and_files_are_remembered(work: UnitOfWork) -> None:
    runs = [
        SyncRun(NOON + count * MINUTE, Transport.SERVER, sent=count, problem="no_route")
        for count in range(3)
    ]
    for one in runs:
        work.sync.add_run(one)
    assert work.sync.list_runs(2) == (runs[2], runs[1])
    files = [Transfer(new_record_id(), 41 + at, NOON + at * MINUTE, 21) for at in range(2)]
    for one_file in files:
        work.sync.add_transfer(one_file)
    assert work.sync.waiting_transfers() == (files[1], files[0])
    work.sync.mark_receipt(files[0].transfer_id, NOON)
    assert work.sync.waiting_transfers() == (files[1],)
    assert work.sync.find_transfer(files[0].transfer_id) == replace(files[0], receipt_at=NOON)
    assert work.sync.find_transfer(new_record_id()) is None
