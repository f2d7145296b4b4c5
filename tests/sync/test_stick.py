"""Records travel on a stick: every file is harmless twice, in any order, cut short or elsewhere."""

import io
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from backend.django_api.patients.models import Patient as ServerPatient
from backend.django_api.predictions.models import Prediction
from backend.django_api.records.services import start_new_epoch
from desktop_app.application import conflicts, server_setup, transfer
from desktop_app.application.conflicts import Side
from desktop_app.application.sync_ports import FileHeader
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery, RecordKind
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.sync import Transport
from desktop_app.infrastructure.remote import transfer_files
from tests.sync.conftest import MakeDesk
from tests.sync.proxy import Line
from tests.sync.workstation import Desk, NeverStops

Refused = set[ErrorCode]
REFUSED: Refused = {
    ErrorCode.TRANSFER_NOT_OURS,
    ErrorCode.TRANSFER_DAMAGED,
    ErrorCode.TRANSFER_FOR_ANOTHER,
    ErrorCode.TRANSFER_NEWER,
}


@pytest.fixture(autouse=True)
def _keys(server_keys: dict[str, str]) -> None:
    """The server takes files."""


@pytest.fixture
def centre(tmp_path: Path) -> Callable[[Path], Path]:
    """Carry a transfer file to the server and return its receipt."""

    def carry(file: Path) -> Path:
        receipt = tmp_path / f"{file.name}.receipt"
        receipt.unlink(missing_ok=True)
        call_command("import_transfer", str(file), "--out", str(receipt), stdout=io.StringIO())
        return receipt

    return carry


Centre = Callable[[Path], Path]


@pytest.fixture
def offline(make_desk: MakeDesk, line: Line, tmp_path: Path) -> Desk:
    """A workstation that never had a line: its keys went to the server and back as files."""
    desk = make_desk("room2", account=None)
    enrol_by_file(desk, tmp_path)
    line.hides = "/"
    return desk


def enrol_by_file(desk: Desk, folder: Path) -> server_setup.EnrolmentAnswer:
    request, answer = folder / f"{desk.name}.enrol", folder / f"{desk.name}.answer"
    shown = server_setup.write_enrolment(desk.session, request)
    said = io.StringIO()
    command = ["enrol_workstation", str(request), "--account", "sync", "--out", str(answer)]
    call_command(*command, stdout=said)
    assert shown in said.getvalue()
    read = server_setup.read_enrolment_answer(desk.session, answer)
    assert read.fingerprint in said.getvalue()
    server_setup.trust_server(desk.session, read)
    return read


def exported(desk: Desk, folder: Path) -> Path:
    plan = transfer.plan_transfer(desk.session)
    target = folder / plan.file_name
    made = transfer.export_transfer(desk.session, target, stop=NeverStops(), observe=lambda _: None)
    assert made.items == plan.records
    return target


def refusal(action: Callable[[], object]) -> ErrorCode:
    with pytest.raises(AppError) as error:
        action()
    return error.value.code


# -- the round trip --------------------------------------------------------------------------


def test_records_go_out_on_a_stick_and_are_confirmed_by_the_receipt(
    offline: Desk, centre: Centre, tmp_path: Path
) -> None:
    patient = offline.register()
    assessment = offline.assess(patient)
    plan = transfer.plan_transfer(offline.session)
    assert (plan.counts, plan.patients, plan.number) == (
        {RecordKind.PATIENT: 1, RecordKind.ASSESSMENT: 1},
        1,
        1,
    )
    assert plan.names[RecordKind.ASSESSMENT] == ("홍길동",)
    file = exported(offline, tmp_path)
    assert file.name == "mesodesk-room2-0001.transfer"
    assert offline.counts().waiting == 2
    receipt = centre(file)
    assert Prediction.objects.get().uuid == assessment.assessment_id
    seen = transfer.read_receipt(offline.session, receipt)
    assert (seen.confirmed, seen.refused, seen.conflicts, seen.answered) == (2, (), 0, 2)
    assert offline.counts().waiting == 2
    run = transfer.take_receipt(offline.session, receipt)
    assert (run.transport, run.confirmed) == (Transport.USB, 2)
    assert (offline.counts().open, offline.counts().confirmed) == (0, 2)
    assert refusal(lambda: transfer.plan_transfer(offline.session)) is ErrorCode.NOTHING_TO_SEND
    with offline.session.unit_of_work() as work:
        assert work.sync.waiting_transfers() == ()
        assert [one.transport for one in work.sync.list_runs(9)] == [Transport.USB] * 2


def test_nothing_in_a_file_can_be_read_on_the_way(offline: Desk, tmp_path: Path) -> None:
    offline.register("홍길동", "CHART-7788", phone="010-9876-5432")
    content = exported(offline, tmp_path).read_bytes()
    for word in ("홍길동", "CHART-7788", "9876", "조선소", "patient"):
        assert word.encode() not in content.split(b"\n", 2)[2]


def test_every_file_is_harmless_twice_and_in_any_order(
    offline: Desk, centre: Centre, tmp_path: Path
) -> None:
    patient = offline.register()
    offline.assess(patient)
    first = exported(offline, tmp_path)
    offline.change(patient, phone="010-1111-1111")
    second = exported(offline, tmp_path)
    offline.change(patient, phone=patient.details.phone)
    third = exported(offline, tmp_path)
    late, early = centre(third), centre(first)
    assert centre(second).exists()
    assert ServerPatient.objects.get().phone == patient.details.phone
    for receipt in (late, early, late, early):
        transfer.take_receipt(offline.session, receipt)
        assert offline.counts().open == 0
    for file in (second, first, third):
        transfer.take_receipt(offline.session, centre(file))
    assert (ServerPatient.objects.count(), Prediction.objects.count()) == (1, 1)
    assert ServerPatient.objects.get().phone == patient.details.phone
    assert offline.patient(patient).details.phone == patient.details.phone


def test_a_receipt_confirms_what_it_answers_and_no_later_change(
    offline: Desk, centre: Centre, tmp_path: Path
) -> None:
    patient = offline.register()
    receipt = centre(exported(offline, tmp_path))
    offline.change(patient, phone="010-1111-1111")
    transfer.take_receipt(offline.session, receipt)
    assert offline.counts().waiting == 1
    transfer.take_receipt(offline.session, centre(exported(offline, tmp_path)))
    assert offline.counts().open == 0
    assert ServerPatient.objects.get().phone == "010-1111-1111"


def test_changing_from_stick_to_wire_and_back_is_harmless(
    make_desk: MakeDesk, centre: Centre, tmp_path: Path
) -> None:
    desk = make_desk("room1")
    patient = desk.register()
    desk.assess(patient)
    file = exported(desk, tmp_path)
    desk.synced()
    assert desk.counts().open == 0
    desk.change(patient, phone="010-1111-1111")
    second = exported(desk, tmp_path)
    desk.change(patient, exposure_work="건설")
    for one in (centre(file), centre(second)):
        transfer.take_receipt(desk.session, one)
    desk.synced()
    assert desk.counts().open == 0
    stored = ServerPatient.objects.get()
    assert (stored.phone, stored.details["exposure_work"]) == ("010-1111-1111", "건설")
    assert Prediction.objects.count() == 1


def test_refused_and_conflicting_records_come_back_with_their_reasons(
    make_desk: MakeDesk, centre: Centre, tmp_path: Path
) -> None:
    online, desk = make_desk("room1"), make_desk("room2")
    gone, shared = online.register("성춘향", "1"), online.register("홍길동", "2")
    online.synced()
    desk.synced()
    ServerPatient.objects.filter(uuid=gone.patient_id).update(deleted_at=desk.clock.now())
    desk.assess(gone)
    online.change(shared, phone="010-1111-1111")
    online.synced()
    desk.change(shared, phone="010-2222-2222")
    receipt = centre(exported(desk, tmp_path))
    seen = transfer.read_receipt(desk.session, receipt)
    assert (seen.confirmed, seen.conflicts) == (0, 1)
    (refused,) = seen.refused
    assert (refused.patient.patient_id, refused.kind) == (gone.patient_id, RecordKind.ASSESSMENT)
    assert "Unknown" in refused.words
    run = transfer.take_receipt(desk.session, receipt)
    assert (run.refused, run.conflicts) == (1, 1)
    conflict = conflicts.open_conflict(desk.session, shared.patient_id)
    conflicts.decide_conflict(desk.session, conflict, {"phone": Side.HERE})
    transfer.take_receipt(desk.session, receipt)
    assert desk.row(shared.patient_id).state is Delivery.WAITING
    transfer.take_receipt(desk.session, centre(exported(desk, tmp_path)))
    assert ServerPatient.objects.get(uuid=shared.patient_id).phone == "010-2222-2222"


# -- the wrong machine, the wrong file --------------------------------------------------------


def test_a_receipt_of_another_workstation_is_refused(
    make_desk: MakeDesk, centre: Centre, tmp_path: Path
) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    first.register()
    receipt = centre(exported(first, tmp_path))
    for look in (transfer.read_receipt, transfer.take_receipt):
        assert refusal(lambda look=look: look(second.session, receipt)) is (  # type: ignore[misc] # bound at once
            ErrorCode.TRANSFER_FOR_ANOTHER
        )


def test_a_receipt_for_a_file_that_a_backup_does_not_know_is_refused(
    make_desk: MakeDesk, centre: Centre, tmp_path: Path
) -> None:
    desk = make_desk("room1")
    backup = desk.backed_up()
    desk.register()
    receipt = centre(exported(desk, tmp_path))
    desk.restore(backup)
    assert refusal(lambda: transfer.take_receipt(desk.session, receipt)) is (
        ErrorCode.TRANSFER_UNKNOWN
    )


def test_a_receipt_from_before_the_server_was_restored_is_refused_by_who_knows_better(
    make_desk: MakeDesk, centre: Centre, tmp_path: Path
) -> None:
    desk = make_desk("room1")
    patient = desk.register()
    receipt = centre(exported(desk, tmp_path))
    start_new_epoch()
    desk.synced()
    desk.change(patient, phone="010-1111-1111")
    assert refusal(lambda: transfer.take_receipt(desk.session, receipt)) is (
        ErrorCode.TRANSFER_OUTDATED
    )


def test_without_a_line_a_receipt_tells_that_the_server_was_restored(
    offline: Desk, centre: Centre, tmp_path: Path
) -> None:
    patient = offline.register()
    first = offline.assess(patient)
    transfer.take_receipt(offline.session, centre(exported(offline, tmp_path)))
    Prediction.objects.all().delete()
    start_new_epoch()
    second = offline.assess(patient)
    transfer.take_receipt(offline.session, centre(exported(offline, tmp_path)))
    assert offline.counts().waiting == 2
    transfer.take_receipt(offline.session, centre(exported(offline, tmp_path)))
    assert offline.counts().open == 0
    assert set(Prediction.objects.values_list("uuid", flat=True)) == {
        first.assessment_id,
        second.assessment_id,
    }


def test_nothing_leaves_before_keys_were_exchanged(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk("room3", account=None)
    desk.register()
    assert refusal(lambda: transfer.plan_transfer(desk.session)) is (
        ErrorCode.WORKSTATION_NOT_ENROLLED
    )
    assert refusal(lambda: exported(desk, tmp_path)) is ErrorCode.WORKSTATION_NOT_ENROLLED


def test_an_answer_to_another_workstation_is_not_trusted(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    first, second = (make_desk(name, account=None) for name in ("room1", "room2"))
    enrol_by_file(first, tmp_path)
    answer = tmp_path / "room1.answer"
    assert refusal(lambda: server_setup.read_enrolment_answer(second.session, answer)) is (
        ErrorCode.TRANSFER_FOR_ANOTHER
    )


def test_a_file_that_cannot_be_written_does_not_appear(offline: Desk, tmp_path: Path) -> None:
    offline.register()
    missing = tmp_path / "nowhere" / "file.transfer"

    def export(target: Path) -> None:
        transfer.export_transfer(offline.session, target, stop=NeverStops(), observe=lambda _: None)

    assert refusal(lambda: export(missing)) is ErrorCode.FILE_UNWRITABLE
    folder = tmp_path / "folder"
    folder.mkdir()
    assert refusal(lambda: export(folder)) is ErrorCode.FILE_UNWRITABLE
    assert list(folder.iterdir()) == []
    assert not list(tmp_path.glob("*.part"))


def test_what_does_not_fit_into_one_file_goes_into_the_next(
    offline: Desk, centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = offline.register()
    for _ in range(3):
        offline.assess(patient)
    most = 10_000
    monkeypatch.setattr(transfer_files, "MOST_BYTES_OF_ITEMS", most)
    sizes = []
    while offline.counts().waiting:
        target = tmp_path / "part.transfer"
        made = transfer.export_transfer(
            offline.session, target, stop=NeverStops(), observe=lambda _: None
        )
        sizes.append(made.items)
        assert target.stat().st_size < most + 4096
        transfer.take_receipt(offline.session, centre(target))
    assert len(sizes) > 1
    assert sum(sizes) == 4
    assert Prediction.objects.count() == 3


def test_a_stopped_export_leaves_no_file(offline: Desk, tmp_path: Path) -> None:
    offline.register()

    class Stopped(NeverStops):
        def is_set(self) -> bool:
            return True

    target = tmp_path / "file.transfer"
    assert (
        refusal(
            lambda: transfer.export_transfer(
                offline.session, target, stop=Stopped(), observe=lambda _: None
            )
        )
        is ErrorCode.CANCELLED
    )
    assert not list(tmp_path.glob("file.*"))
    assert offline.counts().waiting == 1


# -- damaged ------------------------------------------------------------------------------------


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Damage a file in one of many ways."""
    at = chance.randrange(len(content))
    kind = chance.randrange(6)
    if kind == 0:
        flipped = content[at] ^ (1 << chance.randrange(8))
        return content[:at] + bytes([flipped]) + content[at + 1 :]
    if kind == 1:
        return content[:at]
    if kind == 2:
        return content[:at] + chance.randbytes(chance.randint(1, 40)) + content[at:]
    if kind == 3:
        return content[:at] + content[at + chance.randint(1, 40) :]
    if kind == 4:
        other = chance.randrange(len(content))
        start, end = sorted((at, other))
        return content[start:end] + content[:start] + content[end:]
    return content + chance.randbytes(chance.randint(1, 64))


def test_damaged_receipts_and_answers_are_refused_or_harmless(
    offline: Desk, centre: Centre, tmp_path: Path, is_full_run: bool
) -> None:
    patient = offline.register()
    offline.assess(patient)
    receipt = centre(exported(offline, tmp_path)).read_bytes()
    answer = (tmp_path / "room2.answer").read_bytes()
    chance = random.Random(5)
    file = tmp_path / "damaged"
    for _ in range(5_000 if is_full_run else 250):
        for whole, look in (
            (receipt, lambda: transfer.take_receipt(offline.session, file)),
            (answer, lambda: server_setup.read_enrolment_answer(offline.session, file)),
        ):
            damaged = mutated(whole, chance)
            file.write_bytes(damaged)
            if damaged != whole:
                assert refusal(look) in REFUSED
    assert offline.counts().waiting == 2
    for nonsense in (b"", b"\n", b"MESODESK-FILE 1\n", b"MESODESK-FILE 2\n{}\n", receipt[:300]):
        file.write_bytes(nonsense)
        assert refusal(lambda: transfer.read_receipt(offline.session, file)) in REFUSED
    assert refusal(lambda: transfer.read_receipt(offline.session, tmp_path / "none")) is (
        ErrorCode.FILE_NOT_FOUND
    )


def test_a_receipt_by_anybody_else_is_no_receipt(
    offline: Desk, centre: Centre, tmp_path: Path
) -> None:
    offline.register()
    centre(exported(offline, tmp_path))
    with offline.session.unit_of_work() as work:
        workstation = work.sync.workstation()
    assert workstation is not None
    files = offline.session.link.files()
    forged = tmp_path / "forged.receipt"
    header = FileHeader(
        "receipt",
        RecordId(workstation.device_id),
        "server",
        str(workstation.device_id),
        1,
        offline.clock.now(),
    )
    files.write_transfer(forged, workstation, header, [])
    assert refusal(lambda: transfer.take_receipt(offline.session, forged)) is (
        ErrorCode.TRANSFER_DAMAGED
    )


def test_a_copy_cut_short_on_the_stick_is_refused_by_the_centre(
    offline: Desk, centre: Centre, tmp_path: Path
) -> None:
    offline.register()
    file = exported(offline, tmp_path)
    short = tmp_path / "short.transfer"
    shutil.copy(file, short)
    with short.open("r+b") as cut:
        cut.truncate(file.stat().st_size - 10)
    with pytest.raises(Exception, match="cut short"):
        centre(short)
    assert ServerPatient.objects.count() == 0
    assert centre(file).exists()
