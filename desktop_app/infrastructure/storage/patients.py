"""Keep patients, with what finds and orders them."""

from sqlalchemy import Connection, bindparam, insert, select, text, update

from desktop_app.application.ports import PatientFilter, PatientPage, PatientQuery, PatientRow
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import Patient, PatientDetails
from desktop_app.infrastructure.storage.list_position import Span
from desktop_app.infrastructure.storage.patient_list import PatientListReader
from desktop_app.infrastructure.storage.patient_rows import (
    PATIENT_COLUMNS,
    columns_from,
    patient_from,
)
from desktop_app.infrastructure.storage.search_index import add_to_index, remove_from_index
from desktop_app.infrastructure.storage.similar_patients import list_similar
from desktop_app.infrastructure.storage.tables import patient_counts, patients

_BY_IDENTITY = select(*PATIENT_COLUMNS).where(patients.c.patient_id == bindparam("wanted"))
_BY_CHART_NUMBER = (
    select(*PATIENT_COLUMNS)
    .where(patients.c.chart_number == bindparam("wanted"))
    .order_by(patients.c.id)
)
_STORED = select(patients).where(patients.c.patient_id == bindparam("wanted"))
# As the index patients_by_chart_figure has it.
_HIGHEST_FIGURE = text(
    "SELECT chart_number FROM patients WHERE chart_number NOT GLOB '*[^0-9]*' "
    "ORDER BY length(chart_number) DESC, chart_number DESC LIMIT 1"
)
_FIRST_CHART_NUMBER = "00001"


class SqlPatientRepository:
    """Patients in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, patient: Patient, *, is_from_server: bool = False) -> None:
        """Store a new patient; AppError CHART_NUMBER_TAKEN if another has the chart number."""
        if not is_from_server:
            self._require_free(patient, None)
        span = Span.of(is_archived=patient.is_archived, is_assessed=False)
        position = span.place(self._connection, patient.registered_at)
        columns = columns_from(patient) | {
            "listed_at": patient.registered_at,
            "position": position,
            "search_position": position,
        }
        self._connection.execute(insert(patients).values(columns))
        add_to_index(self._connection, position, patient.details)

    def update(
        self, patient: Patient, *, expected_version: int, is_from_server: bool = False
    ) -> None:
        """Replace a patient; AppError CHANGED_ELSEWHERE if the stored version is another."""
        stored = self._connection.execute(_STORED, {"wanted": patient.patient_id}).first()
        if stored is None:
            raise AppError(ErrorCode.NOT_FOUND)
        if stored.version != expected_version:
            raise AppError(ErrorCode.CHANGED_ELSEWHERE)
        if not is_from_server:
            self._require_free(patient, stored.chart_number)
        position = stored.position
        if patient.is_archived != stored.is_archived:
            span = Span.of(is_archived=patient.is_archived, is_assessed=stored.standing is not None)
            position = span.place(self._connection, stored.listed_at)
        columns = columns_from(patient) | {"position": position, "search_position": position}
        self._connection.execute(update(patients).where(patients.c.id == stored.id).values(columns))
        remove_from_index(self._connection, stored.search_position)
        add_to_index(self._connection, position, patient.details)

    def get(self, patient_id: RecordId) -> Patient:
        """Return a patient; AppError NOT_FOUND."""
        patient = self.find(patient_id)
        if patient is None:
            raise AppError(ErrorCode.NOT_FOUND)
        return patient

    def find(self, patient_id: RecordId) -> Patient | None:
        """Return a patient, None if there is none."""
        row = self._connection.execute(_BY_IDENTITY, {"wanted": patient_id}).first()
        return None if row is None else patient_from(row)

    def find_by_chart_number(
        self, chart_number: str, *, other_than: RecordId | None = None
    ) -> Patient | None:
        """Return the patient with that chart number, or another one who has it too, if any."""
        rows = self._connection.execute(_BY_CHART_NUMBER, {"wanted": chart_number})
        found = (patient_from(row) for row in rows.all())
        return next((one for one in found if one.patient_id != other_than), None)

    def list_page(self, query: PatientQuery, cursor: str | None = None) -> PatientPage:
        """Return the next rows of a query; flat in the number of patients."""
        return PatientListReader(self._connection, query).read(cursor)

    def count(self, show: PatientFilter) -> int:
        """Return how many patients a filter holds; triggers keep the counts."""
        statement = select(patient_counts.c.patients).where(patient_counts.c.shown == show.value)
        return int(self._connection.execute(statement).scalar_one())

    def list_similar(self, details: PatientDetails, *, limit: int = 5) -> tuple[PatientRow, ...]:
        """Return registered patients who may be the one typed, best first."""
        return list_similar(self._connection, details, limit)

    def next_chart_number(self) -> str:
        """Propose a free chart number: the one after the highest of the longest numeric ones."""
        highest = self._connection.execute(_HIGHEST_FIGURE).scalar()
        if highest is None:
            return _FIRST_CHART_NUMBER
        return str(int(highest) + 1).zfill(len(highest))

    def _require_free(self, patient: Patient, kept: str | None) -> None:
        """Refuse a chart number that another patient has, unless this one keeps it.

        Two workstations may have given one number before either knew: then both keep it.
        """
        if kept is None or kept.casefold() != patient.chart_number.casefold():
            number, own = patient.chart_number, patient.patient_id
            if self.find_by_chart_number(number, other_than=own) is not None:
                raise AppError(ErrorCode.CHART_NUMBER_TAKEN)


def settle(connection: Connection, limit: int) -> int:
    """Move patients assessed lately to their place in the index, so that searches stay quick.

    Returns how many were moved, of at most `limit`.
    """
    moved = select(patients).where(patients.c.position != patients.c.search_position).limit(limit)
    rows = connection.execute(moved).all()
    for row in rows:
        remove_from_index(connection, row.search_position)
        add_to_index(connection, row.position, patient_from(row).details)
        connection.execute(
            update(patients).where(patients.c.id == row.id).values(search_position=row.position)
        )
    return len(rows)
