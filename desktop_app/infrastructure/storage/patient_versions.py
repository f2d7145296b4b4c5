"""Keep every version of a patient for ever; triggers in the database refuse to change one."""

from sqlalchemy import Connection, bindparam, insert, select

from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient_fields import PatientVersion
from desktop_app.infrastructure.storage.exchange_text import fields_from, text_of
from desktop_app.infrastructure.storage.tables import patient_versions, patients

_OF_PATIENT = (
    select(patient_versions)
    .join(patients, patients.c.id == patient_versions.c.patient)
    .where(patients.c.patient_id == bindparam("wanted"))
    .order_by(patient_versions.c.version)
)
_ROW_OF = (
    select(patients.c.id).where(patients.c.patient_id == bindparam("wanted")).scalar_subquery()
)
_ADD = insert(patient_versions).values(patient=_ROW_OF)


def add_version(connection: Connection, version: PatientVersion) -> None:
    """Keep a version."""
    connection.execute(
        _ADD,
        {
            "wanted": version.patient_id,
            "version": version.version,
            "change_id": version.change_id,
            "content": text_of(version.fields),
            "changed_at": version.changed_at,
            "author_id": version.author_id,
            "author_name": version.author_name,
            "is_ours": version.is_ours,
        },
    )


def list_versions(connection: Connection, patient_id: RecordId) -> tuple[PatientVersion, ...]:
    """Return the versions of a patient, oldest first."""
    return tuple(
        PatientVersion(
            patient_id=patient_id,
            version=row.version,
            change_id=row.change_id,
            fields=fields_from(row.content),
            changed_at=row.changed_at,
            author_name=row.author_name,
            is_ours=bool(row.is_ours),
            author_id=row.author_id,
        )
        for row in connection.execute(_OF_PATIENT, {"wanted": patient_id})
    )
