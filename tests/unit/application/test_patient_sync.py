"""How a patient's records stand towards the server, as the patient's page asks for it."""

from desktop_app.application.assessments import record_assessment
from desktop_app.application.session import Session
from desktop_app.application.synchronise import (
    is_sync_in_use,
    read_patient_sync,
    read_sync_status,
)
from desktop_app.domain.exchange import Delivery, RecordKind, Refusal, SyncRecord
from desktop_app.domain.patient import Patient
from desktop_app.domain.sync import ServerKeys, ServerSettings, Workstation
from tests.fakes.panels import panel_with


def test_sync_is_in_use_once_a_server_is_named_or_this_workstation_enrolled(
    session: Session, patient: Patient
) -> None:
    station = Workstation(patient.patient_id, "진료실 2", "", "", "", "")
    enrolled = Workstation(
        patient.patient_id, "진료실 2", "", "", "", "", server=ServerKeys("server", "", "")
    )
    for settings, workstation, is_in_use in (
        (ServerSettings(), station, False),
        (ServerSettings(), enrolled, True),
        (ServerSettings(address="https://sync.example"), station, True),
    ):
        with session.unit_of_work() as work:
            work.sync.save_settings(settings)
            work.sync.save_workstation(workstation)
            work.commit()
        assert is_sync_in_use(session) is is_in_use
        assert read_sync_status(session).is_in_use is is_in_use
        assert read_patient_sync(session, patient.patient_id).is_in_use is is_in_use


def test_a_refused_record_comes_with_the_servers_reason(session: Session, patient: Patient) -> None:
    assessment = record_assessment(session, patient, panel_with())
    reason = Refusal("model meso_xgb_v1 is not registered", 409)
    with session.unit_of_work() as work:
        work.outbox.refuse(assessment.assessment_id, 1, reason)
        work.commit()
    sync = read_patient_sync(session, patient.patient_id)
    assert sync.delivery == {
        patient.patient_id: Delivery.WAITING,
        assessment.assessment_id: Delivery.REFUSED,
    }
    assert sync.refusals == {assessment.assessment_id: reason}


def test_what_the_server_deleted_or_computed_otherwise_is_told(
    session: Session, patient: Patient
) -> None:
    assessment = record_assessment(session, patient, panel_with())
    for is_deleted, check in ((False, "match"), (False, "mismatch"), (True, "")):
        with session.unit_of_work() as work:
            work.sync.save(
                SyncRecord(
                    assessment.assessment_id,
                    RecordKind.ASSESSMENT,
                    server_id=7,
                    base_version=1,
                    version=1,
                    server_check=check,
                    is_deleted=is_deleted,
                )
            )
            work.commit()
        sync = read_patient_sync(session, patient.patient_id)
        own = {assessment.assessment_id}
        assert sync.mismatched == (own if check == "mismatch" else set())
        assert sync.deleted_there == (own if is_deleted else set())
    with session.unit_of_work() as work:
        work.sync.save(SyncRecord(patient.patient_id, RecordKind.PATIENT, 7, 1, 1, is_deleted=True))
        work.commit()
    assert patient.patient_id in read_patient_sync(session, patient.patient_id).deleted_there
