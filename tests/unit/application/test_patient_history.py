"""The history of a patient: every version, who made it where, and what it changed."""

from collections.abc import Mapping
from dataclasses import replace

from desktop_app.application.conflicts import Side, decide_conflict, open_conflict
from desktop_app.application.patients import (
    archive_patient,
    change_patient,
    list_history,
    open_chart,
)
from desktop_app.application.session import Session
from desktop_app.domain.exchange import ServerVersion
from desktop_app.domain.patient import Patient
from desktop_app.domain.patient_fields import fields_of
from tests.fakes.samples import sample_patient


def changes(session: Session, patient: Patient) -> list[Mapping[str, tuple[object, object]]]:
    return [one.changed for one in list_history(session, patient.patient_id)]


def test_the_newest_version_stands_first_and_says_what_it_changed(
    session: Session, patient: Patient
) -> None:
    old, new = patient.details.phone, "010-0000-0001"
    changed = change_patient(session, patient, replace(patient.details, phone=new))
    archive_patient(session, changed)
    assert changes(session, patient) == [
        {"is_archived": (False, True)},
        {"phone": (old, new)},
        {},
    ]
    history = list_history(session, patient.patient_id)
    assert [one.version.version for one in history] == [3, 2, 1]
    assert {one.version.author_name for one in history} == {session.person.name}
    assert all(one.version.is_ours for one in history)


def test_both_sides_of_a_decided_conflict_stay(session: Session, patient: Patient) -> None:
    theirs = {**fields_of(patient), "phone": "010-9999-9999"}
    with session.unit_of_work() as work:
        current = ServerVersion(4, theirs, "이서연", session.clock.now())
        work.outbox.mark_conflict(patient.patient_id, current)
        work.commit()
    conflict = open_conflict(session, patient.patient_id)
    decide_conflict(session, conflict, {"phone": Side.HERE})
    decided, from_server, first = list_history(session, patient.patient_id)
    assert from_server.changed == {"phone": (patient.details.phone, "010-9999-9999")}
    assert (from_server.version.is_ours, from_server.version.author_name) == (False, "이서연")
    assert decided.changed == {"phone": ("010-9999-9999", patient.details.phone)}
    assert decided.version.is_ours
    assert not first.changed


def test_a_chart_says_whether_somebody_else_has_its_number(
    session: Session, patient: Patient
) -> None:
    assert not open_chart(session, patient.patient_id).shares_number
    other = sample_patient("성춘향", patient.chart_number)
    with session.unit_of_work() as work:
        work.patients.add(other, is_from_server=True)
        work.commit()
    for one in (patient, other):
        assert open_chart(session, one.patient_id).shares_number
