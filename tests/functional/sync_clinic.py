"""A clinic whose records are on their way to a scripted server, for the stories of syncing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from desktop_app.application import patients
from desktop_app.domain.account import Role
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.exchange import (
    OutboxItem,
    RecordKind,
    Refusal,
    ServerVersion,
    SyncRecord,
)
from desktop_app.domain.patient import Patient
from desktop_app.domain.patient_fields import fields_of
from desktop_app.domain.sync import (
    ProxyUse,
    ServerSettings,
    SyncPosition,
    SyncRun,
    Transport,
)
from tests.fakes.samples import NOON, sample_assessment, sample_patient
from tests.functional.opened_clinic import OpenedClinic, opened_clinic
from tests.functional.scripted_server import ScriptedServer

PAGES = ("sync", "conflict", "patient")
ADDRESS = "https://sync.ganada.example:8443"
SETTINGS = ServerSettings(ADDRESS, proxy_use=ProxyUse.NONE, account="haneul.kim")
UNKNOWN_MODEL = Refusal("model meso_xgb_v1 is not registered", 409)


@contextmanager
def sync_clinic(
    qtbot: QtBot,
    folder: Path,
    *,
    role: Role = Role.DOCTOR,
    settings: ServerSettings | None = SETTINGS,
    server: ScriptedServer | None = None,
    is_enrolled: bool = False,
    **look: Any,
) -> Iterator[OpenedClinic]:
    """Open a clinic that syncs with a scripted server, unless `settings` are None."""
    server = server or ScriptedServer()
    with opened_clinic(qtbot, folder, role=role, pages=PAGES, **look) as opened:
        opened.session = opened.desk.session = replace(opened.session, link=server.link)
        opened.entrance = replace(opened.entrance, link=server.link)
        files = server.link.files()
        with opened.session.unit_of_work() as work:
            if settings is not None:
                work.sync.save_settings(settings)
                workstation = files.new_keys("진료실 2")
                if is_enrolled:
                    workstation = replace(workstation, server=server.keys, account="haneul.kim")
                work.sync.save_workstation(workstation)
            work.commit()
        yield opened


def register(opened: OpenedClinic, name: str, chart: str, **details: Any) -> Patient:
    """Register a patient as a colleague would have, in the name of a doctor."""
    doctor = replace(opened.session.person, roles=frozenset({Role.DOCTOR}))
    session = replace(opened.session, person=doctor)
    wanted = sample_patient(name, chart, **details).details
    return patients.register_patient(session, wanted, is_another_person=True)


def assess(opened: OpenedClinic, patient: Patient, number: str) -> Assessment:
    """Store an assessment of a patient and queue it."""
    assessment = sample_assessment(patient.patient_id, number)
    with opened.session.unit_of_work() as work:
        work.assessments.add(assessment)
        work.outbox.put(
            OutboxItem(RecordKind.ASSESSMENT, assessment.assessment_id, patient.patient_id, 1, NOON)
        )
        work.commit()
    return assessment


def refuse(opened: OpenedClinic, assessment: Assessment, why: Refusal = UNKNOWN_MODEL) -> None:
    """Let the server have refused an assessment three times."""
    with opened.session.unit_of_work() as work:
        entry = next(
            one.entry
            for one in work.outbox.read_batch(0, 500).records
            if one.record_id == assessment.assessment_id
        )
        for _ in range(3):
            work.outbox.mark_tried([entry], NOON)
        work.outbox.refuse(assessment.assessment_id, 1, why)
        work.commit()


def confirm(opened: OpenedClinic, patient: Patient) -> None:
    """Let the server hold a patient as it stands here."""
    with opened.session.unit_of_work() as work:
        work.outbox.confirm(patient.patient_id, patient.version)
        work.sync.save(
            SyncRecord(
                patient.patient_id,
                RecordKind.PATIENT,
                server_id=1,
                base_version=1,
                version=patient.version,
                base=fields_of(patient),
                confirmed_at=NOON,
                epoch="1",
            )
        )
        work.commit()


def differ(opened: OpenedClinic, patient: Patient, *, here: Any, there: dict[str, Any]) -> Patient:
    """Change a confirmed patient here, and let the server hold other changes: a conflict."""
    confirm(opened, patient)
    doctor = replace(opened.session.person, roles=frozenset({Role.DOCTOR}))
    session = replace(opened.session, person=doctor)
    changed = patients.change_patient(session, patient, replace(patient.details, **here))
    theirs = ServerVersion(
        version=2,
        fields={**fields_of(patient), **there},
        changed_by="이도윤",
        changed_at=NOON - timedelta(hours=1),
    )
    with opened.session.unit_of_work() as work:
        work.outbox.mark_conflict(patient.patient_id, theirs)
        work.commit()
    return changed


def remember_runs(opened: OpenedClinic) -> None:
    """Let some runs have taken place."""
    day = timedelta(days=1)
    with opened.session.unit_of_work() as work:
        for run in (
            SyncRun(NOON - 8 * day, Transport.SERVER, sent=6, confirmed=6, received=9),
            SyncRun(NOON - 4 * day, Transport.SERVER, sent=8, confirmed=8, received=3),
            SyncRun(NOON - 2 * day, Transport.USB, sent=21),
            SyncRun(NOON - day, Transport.SERVER, sent=12, confirmed=11, received=5, refused=1),
        ):
            work.sync.add_run(run)
        last = NOON - day
        work.sync.save_position(SyncPosition("1", "1", last_tried=last, last_confirmed=last))
        work.commit()
