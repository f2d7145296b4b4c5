"""What the program writes on a stick the server reads, and the other way round."""

from dataclasses import replace
from pathlib import Path

from backend.django_api.accounts.models import Role
from backend.django_api.patients.models import Patient
from backend.django_api.sync import enrolment, transfers
from desktop_app.application.sync_ports import FileHeader
from desktop_app.domain.assessment_message import message_of
from desktop_app.domain.exchange import AnswerStatus, Outgoing, RecordKind
from desktop_app.domain.identifiers import new_record_id
from desktop_app.infrastructure.remote.transfer_files import AgeTransferFiles
from tests.backend.conftest import Account
from tests.backend.stick import fingerprint
from tests.fakes.samples import NOON, sample_assessment, sample_patient


def test_enrolment_transfer_and_receipt_are_understood_on_both_sides(
    server_keys: dict[str, str], account: Account, tmp_path: Path
) -> None:
    files = AgeTransferFiles()
    workstation = files.new_keys("접수 컴퓨터")
    path = tmp_path / "file"
    files.write_enrolment(path, workstation, NOON)
    with path.open("rb") as source, (tmp_path / "answer").open("wb") as answer:
        enrolment.enrol_by_file(source=source, account=account(Role.STAFF, "desk"), answer=answer)
    server, name = files.read_enrolment_answer(tmp_path / "answer", workstation)
    assert ({**vars(server)}, name) == (server_keys, "desk")
    assert files.fingerprint(server.signing_key) == fingerprint(server.signing_key)

    workstation = replace(workstation, server=server)
    person, change = sample_patient(), new_record_id()
    sealed = sample_assessment(person.patient_id)
    fields = {"name": person.name, "phone": "010", "birth_date": "1958-08-21"}
    records = [
        Outgoing(1, RecordKind.PATIENT, person.patient_id, person.patient_id, 1, fields=fields,
                 change_id=change),
        Outgoing(2, RecordKind.ASSESSMENT, sealed.assessment_id, person.patient_id, 1,
                 sealed=sealed.content().encode(), message=message_of(sealed)),
    ]  # fmt: skip  # one record, one block
    header = FileHeader(
        "transfer", new_record_id(), str(workstation.device_id), "server", 7, NOON, epoch="a life"
    )
    assert files.write_transfer(path, workstation, header, records) == 2
    with path.open("rb") as source, (tmp_path / "receipt").open("wb") as receipt:
        transfers.import_transfer(source=source, receipt=receipt)
    with files.open_receipt(tmp_path / "receipt", workstation) as opened:
        assert (opened.transfer_id, opened.header.number) == (header.file_id, 7)
        answers = list(opened.answers())
    assert [kind for kind, _ in answers] == [RecordKind.PATIENT, RecordKind.ASSESSMENT]
    assert [answer.status for _, answer in answers] == [AnswerStatus.CREATED] * 2
    assert answers[0][1].change_id == change
    assert answers[1][1].content_sha256 == sealed.digest
    assert Patient.objects.get().name == person.name
