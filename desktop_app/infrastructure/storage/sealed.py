"""Rebuild an assessment from its sealed text, so exactly that sealing it again gives that text."""

import json
from datetime import date, datetime
from typing import Any

from desktop_app.domain.assessment import (
    AnswerState,
    Assessment,
    BandNote,
    Contribution,
    ModelIdentity,
    ModelResult,
    UnitNote,
    WithheldReason,
)
from desktop_app.domain.identifiers import parse_record_id
from desktop_app.domain.lab_panel import FIELD_BY_KEY
from desktop_app.domain.panel import Measurement, MissingReason


def unseal(text: str) -> Assessment:
    """Return the assessment that `Assessment.content` wrote."""
    sealed = json.loads(text)
    corrects, collected_on = sealed["corrects"], sealed["collected_on"]
    return Assessment(
        assessment_id=parse_record_id(sealed["assessment_id"]),
        number=sealed["number"],
        patient_id=parse_record_id(sealed["patient_id"]),
        corrects=None if corrects is None else parse_record_id(corrects),
        assessed_at=datetime.fromisoformat(sealed["assessed_at"]),
        assessor_id=parse_record_id(sealed["assessor_id"]),
        assessor_name=sealed["assessor_name"],
        collected_on=None if collected_on is None else date.fromisoformat(collected_on),
        laboratory=sealed["laboratory"],
        ldh_upper_limit=sealed["ldh_upper_limit"],
        measurements=_measurements(sealed["measurements"]),
        used_count=sealed["used_count"],
        model=ModelIdentity(**sealed["model"]),
        result=_result(sealed["result"]),
        label=sealed["label"],
        state=AnswerState(sealed["state"]),
        reasons=tuple(map(WithheldReason, sealed["reasons"])),
        unit_notes=tuple(UnitNote(**note) for note in sealed["unit_notes"]),
    )


def _measurements(sealed: dict[str, dict[str, Any]]) -> dict[str, Measurement]:
    # The text is sorted by key; people know the fields in the form's order.
    in_order = [key for key in FIELD_BY_KEY if key in sealed]
    return {key: _measurement(sealed[key]) for key in in_order}


def _measurement(sealed: dict[str, Any]) -> Measurement:
    missing = sealed["missing"]
    return Measurement(**{**sealed, "missing": None if missing is None else MissingReason(missing)})


def _result(sealed: dict[str, Any]) -> ModelResult:
    return ModelResult(
        **{
            **sealed,
            "contributions": tuple(Contribution(**one) for one in sealed["contributions"]),
            "band_notes": tuple(BandNote(**note) for note in sealed["band_notes"]),
        }
    )
