"""A sealed assessment comes back exactly, whatever it holds."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.assessment import (
    AnswerState,
    BandNote,
    Contribution,
    ModelIdentity,
    ModelResult,
    UnitNote,
    WithheldReason,
)
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.lab_panel import FIELDS
from desktop_app.domain.panel import Measurement, MissingReason
from desktop_app.infrastructure.storage.sealed import unseal
from tests.fakes.samples import sample_assessment

figures = st.floats(allow_nan=False)
texts = st.text(st.characters(codec="utf-8"), max_size=8)
identities = st.uuids().map(RecordId)
keys = st.sampled_from([field.key for field in FIELDS])


def many(strategy: Any) -> Any:
    return st.lists(strategy, max_size=3).map(tuple)


measurements = st.dictionaries(
    keys,
    st.builds(
        Measurement,
        field=keys,
        text=texts,
        unit=texts,
        comparator=st.sampled_from(["", "<", ">="]),
        value=st.none() | figures,
        missing=st.none() | st.sampled_from(MissingReason),
        is_no_fluid=st.booleans(),
        is_confirmed=st.booleans(),
    ),
)
results = st.builds(
    ModelResult,
    probability=figures,
    low=figures,
    high=figures,
    base_value=figures,
    contributions=many(st.builds(Contribution, texts, st.none() | figures, figures)),
    similar_count=st.integers(),
    similar_positive=st.integers(),
    band_notes=many(st.builds(BandNote, texts, figures, figures, figures, st.booleans())),
    joint_distance=figures,
    joint_limit=figures,
)
assessments = st.builds(
    lambda parts: dataclasses.replace(sample_assessment(parts["patient_id"]), **parts),
    st.fixed_dictionaries(
        {
            "patient_id": identities,
            "corrects": st.none() | identities,
            "assessed_at": st.datetimes(datetime(1971, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 zone beside it
            "assessor_name": texts,
            "collected_on": st.none() | st.dates(date(1971, 1, 1)),
            "laboratory": texts,
            "ldh_upper_limit": st.none() | figures,
            "measurements": measurements,
            "used_count": st.integers(),
            "model": st.builds(ModelIdentity, texts, texts, texts, texts, figures),
            "result": results,
            "label": st.integers(0, 1),
            "state": st.sampled_from(AnswerState),
            "reasons": many(st.sampled_from(WithheldReason)),
            "unit_notes": many(st.builds(UnitNote, texts, texts, figures)),
        }
    ),
)


@given(assessments)
def test_sealing_what_was_unsealed_gives_the_same_text(assessment: Any) -> None:
    text = assessment.content()
    found = unseal(text)
    assert found == assessment
    assert found.content() == text
