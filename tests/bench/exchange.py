"""Workstations full of records, and a server of its own to sync them with."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from desktop_app.application import server_setup
from desktop_app.application.patients import keep_version
from desktop_app.application.session import Session
from desktop_app.domain.assessment_message import message_of
from desktop_app.domain.clinic import Clinic
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.domain.patient import Patient
from desktop_app.domain.sync import ProxyUse, ServerKeys, ServerSettings
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.backend.samples import PASSWORD
from tests.fakes.samples import NOON, sample_assessment, sample_patient
from tests.sync.desk_process import ACCOUNT, KEY, session_of
from tests.sync.server import OwnServer, own_server

A_PATIENT = 10
_AT_ONCE = 100


@contextmanager
def server_in(folder: Path) -> Iterator[OwnServer]:
    """Start a server in a new folder."""
    folder.mkdir()
    with own_server(folder) as server:
        yield server


def workstation_in(folder: Path, address: str) -> Session:
    """Make an empty workstation, signed in to the server."""
    session = _empty_in(folder)
    server_setup.save_server(session, ServerSettings(address, proxy_use=ProxyUse.NONE))
    server_setup.sign_in_to_server(session, ACCOUNT, PASSWORD)
    return session


def offline_workstation_in(folder: Path, server: ServerKeys) -> Session:
    """Make an empty workstation that knows a server's keys and no way to it."""
    session = _empty_in(folder)
    answer = server_setup.EnrolmentAnswer(server, ACCOUNT, "")
    server_setup.trust_server(session, answer)
    return session


def _empty_in(folder: Path) -> Session:
    folder.mkdir()
    SqlCipherRecordStore(folder).create(KEY).close()
    session = session_of(folder)
    with session.unit_of_work() as work:
        work.accounts.save(session.person)
        work.save_clinic(Clinic("Bench", folder.name))
        work.commit()
    return session


def fill(session: Session, assessments: int) -> None:
    """Store so many assessments, ten a patient, all waiting to be sent."""
    numbers = itertools.count()
    patients = assessments // A_PATIENT
    for start in range(0, patients, _AT_ONCE):
        with session.unit_of_work() as work:
            for place in range(start, min(start + _AT_ONCE, patients)):
                patient = _registered(place)
                work.patients.add(patient)
                keep_version(work, patient, session.person)
                for _ in range(A_PATIENT):
                    at = NOON + timedelta(seconds=next(numbers))
                    number = work.assessments.next_number(at.date())
                    assessment = sample_assessment(patient.patient_id, number, assessed_at=at)
                    work.assessments.add(assessment)
                    about = (assessment.assessment_id, patient.patient_id)
                    work.outbox.put(
                        OutboxItem(RecordKind.ASSESSMENT, *about, 1, at, message_of(assessment))
                    )
            work.commit()


def _registered(place: int) -> Patient:
    patient = sample_patient(chart_number=f"{place:07}")
    return replace(patient, registered_at=NOON + timedelta(seconds=place))
