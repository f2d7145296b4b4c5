"""Find registered patients who may be the one being typed, without walking through all."""

import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, literal_column, select

from desktop_app.application.ports import PatientRow
from desktop_app.domain.patient import (
    Match,
    PatientDetails,
    compare_details,
    is_likely_duplicate,
)
from desktop_app.infrastructure.storage.patient_list import with_assessments
from desktop_app.infrastructure.storage.patient_rows import (
    PATIENT_COLUMNS,
    digits_of,
    patient_from,
)
from desktop_app.infrastructure.storage.tables import patients

_COUNTED = ("name", "birth_date", "phone", "chart_number")
_POINTS = {Match.SAME: 2, Match.SIMILAR: 1}
_HAS_PHONE: ColumnElement[bool] = literal_column("patients.phone_digits <> ''")


def list_similar(
    connection: Connection, typed: PatientDetails, limit: int
) -> tuple[PatientRow, ...]:
    """Return the patients with two details the same or similar, best first.

    Any two of the four counted details hold a chart number, a phone or a birth date: who is found
    by none of these three is not similar.
    """
    candidates = {
        row_id for statement in _candidates(typed) for row_id in connection.scalars(statement)
    } | set(_born_around(connection, typed))
    rows = connection.execute(select(*PATIENT_COLUMNS).where(patients.c.id.in_(candidates))).all()
    ranked = sorted((rank, row.id, row) for row in rows if (rank := _rank(typed, row)) is not None)
    return with_assessments(connection, [row for _, _, row in ranked[:limit]])


def _candidates(typed: PatientDetails) -> Iterator[Select[tuple[int]]]:
    if typed.chart_number:
        yield select(patients.c.id).where(patients.c.chart_number == typed.chart_number)
    if phone := digits_of(typed.phone):
        near = {phone, *_one_slip_from(phone)}
        yield select(patients.c.id).where(_HAS_PHONE, patients.c.phone_digits.in_(near))


def _born_around(connection: Connection, typed: PatientDetails) -> Iterator[int]:
    """Yield who was born around the day and has a similar name; a phone is looked for by itself."""
    if typed.birth_date is None:
        return
    days = {typed.birth_date, *_days_near(typed.birth_date)}
    statement = select(patients.c.id, patients.c.name_order).where(patients.c.birth_date.in_(days))
    for row_id, name in connection.execute(statement):
        if compare_details(typed, replace(typed, name=name))["name"] in _POINTS:
            yield row_id


def _rank(typed: PatientDetails, row: Row[Any]) -> tuple[bool, int] | None:
    """Return what sorts the best first, None if fewer than two details match."""
    stored = patient_from(row).details
    compared = compare_details(typed, stored)
    if sum(compared[attribute] in _POINTS for attribute in _COUNTED) < 2:
        return None
    points = sum(_POINTS.get(match, 0) for match in compared.values())
    return not is_likely_duplicate(typed, stored), -points


def _one_slip_from(digits: str) -> Iterator[str]:
    """Yield every figure that one replaced, swapped, dropped or added digit makes."""
    for i in range(len(digits) + 1):
        before, after = digits[:i], digits[i:]
        yield from (before + digit + after for digit in string.digits)
        yield from (before + digit + after[1:] for digit in string.digits if after)
        yield before + after[1:]
        yield before + after[1:2] + after[:1] + after[2:]


def _days_near(day: date) -> Iterator[date]:
    for figures in _one_slip_from(f"{day:%Y%m%d}"):
        if len(figures) == len("YYYYMMDD"):
            try:
                yield datetime.strptime(figures, "%Y%m%d").date()  # noqa: DTZ007 a day, no moment
            except ValueError:
                continue
