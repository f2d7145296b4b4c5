"""A workstation for tests of synchronising: real records, the real client, no window."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop_app.application import patients, server_setup, synchronise
from desktop_app.application.courier import Outcome
from desktop_app.application.ports import PatientQuery
from desktop_app.application.session import Session
from desktop_app.application.sync_ports import OutboxRow
from desktop_app.bootstrap import make_link
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.assessment_message import message_of
from desktop_app.domain.clinic import Clinic
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import Patient
from desktop_app.domain.sync import OutboxCounts, ProxyUse, ServerSettings
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.backend.samples import PASSWORD
from tests.fakes.clock import FakeClock
from tests.fakes.samples import sample_assessment, sample_patient
from tests.fakes.vault import FakeSecretStore
from tests.sync.desk_process import KEY, session_at


class NeverStops:
    """A stop signal that nobody gives and no test waits for; keeps how long it was asked to."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def is_set(self) -> bool:
        return False

    def wait(self, timeout: float) -> bool:
        self.pauses.append(timeout)
        return False


@dataclass
class Desk:
    """One workstation: its records, its session, its key store."""

    folder: Path
    name: str
    session: Session
    secrets: FakeSecretStore
    clock: FakeClock
    stop: NeverStops = field(default_factory=NeverStops)

    def register(self, name: str = "홍길동", chart: str = "00417", **details: Any) -> Patient:
        patient = sample_patient(name, chart, **details)
        return patients.register_patient(self.session, patient.details, is_another_person=True)

    def change(self, patient: Patient | RecordId, **details: Any) -> Patient:
        """Change details of a patient as it stands here."""
        stands = self.patient(patient)
        return patients.change_patient(self.session, stands, replace(stands.details, **details))

    def patient(self, patient: Patient | RecordId) -> Patient:
        with self.session.unit_of_work() as work:
            return work.patients.get(
                patient.patient_id if isinstance(patient, Patient) else patient
            )

    def patients(self) -> dict[RecordId, Patient]:
        with self.session.unit_of_work() as work:
            rows = work.patients.list_page(PatientQuery(limit=100_000)).rows
        return {row.patient.patient_id: row.patient for row in rows}

    def assess(
        self, patient: Patient, probability: float = 0.4318, *, corrects: RecordId | None = None
    ) -> Assessment:
        """Store an assessment as the use case does."""
        self.clock.pass_time(1)
        at = self.clock.now()
        with self.session.unit_of_work() as work:
            number = work.assessments.next_number(at.date())
            assessment = sample_assessment(
                patient.patient_id,
                number,
                assessed_at=at,
                probability=probability,
                corrects=corrects,
            )
            work.assessments.add(assessment)
            work.outbox.put(
                OutboxItem(
                    RecordKind.ASSESSMENT,
                    assessment.assessment_id,
                    patient.patient_id,
                    1,
                    at,
                    message_of(assessment),
                )
            )
            work.commit()
        return assessment

    def assessments(self, patient: Patient) -> set[RecordId]:
        with self.session.unit_of_work() as work:
            return {
                one.assessment_id for one in work.assessments.list_of_patient(patient.patient_id)
            }

    def sync(self) -> Outcome:
        """Run once; time goes on by a minute."""
        self.clock.pass_time(60)
        return synchronise.synchronise(self.session, stop=self.stop, observe=lambda _: None)

    def synced(self) -> Outcome:
        """Run once, without anything that stops the run."""
        outcome = self.sync()
        assert outcome.error is None, outcome.error
        return outcome

    def counts(self) -> OutboxCounts:
        with self.session.unit_of_work() as work:
            return work.outbox.counts()

    def sign_in(self, account: str) -> None:
        server_setup.sign_in_to_server(self.session, account, PASSWORD)

    def point_to(self, address: str) -> None:
        """Let the administrator name another address."""
        with self.session.unit_of_work() as work:
            settings = work.sync.settings()
        server_setup.save_server(self.session, replace(settings, address=address))

    def row(self, record_id: RecordId) -> OutboxRow:
        with self.session.unit_of_work() as work:
            row = work.outbox.find(record_id)
        assert row is not None
        return row

    def close(self) -> None:
        self.session.close()

    def start_again(self) -> None:
        """End the program and start it anew: only the folder and the key store stay."""
        self.close()
        records = SqlCipherRecordStore(self.folder).open(KEY)
        link = make_link(self.secrets)
        self.session = replace(self.session, records=records, link=link)

    def backed_up(self) -> Path:
        """Return a copy of the closed folder."""
        self.close()
        copy = self.folder.with_name(f"{self.folder.name}-backup")
        shutil.copytree(self.folder, copy)
        self.start_again()
        return copy

    def restore(self, copy: Path) -> None:
        """Put a copy back in place of the folder."""
        self.close()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.start_again()


def open_desk(folder: Path, name: str, address: str, account: str | None) -> Desk:
    """Make a workstation whose person is doctor and administrator, and sign it in."""
    clock, secrets = FakeClock(), FakeSecretStore()
    session = session_at(SqlCipherRecordStore(folder).create(KEY), clock, secrets)
    with session.unit_of_work() as work:
        work.accounts.save(session.person)
        work.save_clinic(Clinic("가나다내과의원", name))
        work.commit()
    settings = ServerSettings(address=address, proxy_use=ProxyUse.NONE)
    server_setup.save_server(session, settings)
    desk = Desk(folder, name, session, secrets, clock)
    if account is not None:
        desk.sign_in(account)
    return desk
