"""What a bundle says beside a score: places, joint distance, similar records, figures."""

import math

import numpy as np
import pytest

from risk_model.applicability import Place
from risk_model.bundle import Bundle
from risk_model.errors import NonFiniteValueError
from risk_model.inputs import BASE_FEATURES
from tests.integration.risk_model.conftest import random_rows

TYPICAL = {
    "age": 55.0,
    "duration_of_symptoms": 5.0,
    "platelet_count_(PLT)": 345.0,
    "cell_count_(WBC)": 9.0,
    "blood_lactic_dehydrogenise_(LDH)": 234.5,
    "pleural_lactic_dehydrogenise": 510.0,
    "pleural_protein": 4.2,
    "total_protein": 6.6,
    "albumin": 3.4,
    "C-reactive_protein_(CRP)": 68.0,
    "duration_of_asbestos_exposure": 34.0,
}


def test_a_typical_row_lies_inside_everything(shipped: Bundle) -> None:
    assert shipped.applicability is not None

    found = shipped.applicability.check(TYPICAL)

    assert set(found.places) == set(BASE_FEATURES)
    assert set(found.places.values()) == {Place.INSIDE}
    assert not found.is_jointly_unusual


def test_each_value_is_placed_by_itself(shipped: Bundle) -> None:
    assert shipped.applicability is not None
    row = TYPICAL | {
        "C-reactive_protein_(CRP)": 4.0,
        "duration_of_symptoms": 24.0,
        "albumin": math.nan,
    }

    places = shipped.applicability.check(row).places

    assert places["C-reactive_protein_(CRP)"] is Place.BELOW_ALL
    assert places["duration_of_symptoms"] is Place.ABOVE_BAND
    assert places["albumin"] is Place.MISSING


def test_ordinary_values_can_be_unusual_together(shipped: Bundle) -> None:
    assert shipped.applicability is not None
    row = TYPICAL | {
        "age": 25.0,
        "duration_of_asbestos_exposure": 24.9,
        "albumin": 1.6,
        "pleural_protein": 0.1,
        "platelet_count_(PLT)": 780.0,
        "duration_of_symptoms": 22.0,
    }

    found = shipped.applicability.check(row)

    assert not any(place.is_outside for place in found.places.values())
    assert found.is_jointly_unusual


def test_many_rows_have_the_distances_they_have_alone(shipped: Bundle) -> None:
    assert shipped.applicability is not None
    rows = random_rows(200)

    distances, limits = shipped.applicability.joint(rows)

    alone = [shipped.applicability.check(row) for row in rows]
    assert [a.joint_limit for a in alone] == limits.tolist()
    assert [a.joint_distance for a in alone] == pytest.approx(distances.tolist())


def test_an_infinite_value_has_no_place(shipped: Bundle) -> None:
    assert shipped.applicability is not None
    assert shipped.refits is not None
    row = TYPICAL | {"age": math.inf}

    with pytest.raises(NonFiniteValueError):
        shipped.applicability.check(row)
    with pytest.raises(NonFiniteValueError):
        shipped.refits.range(row)
    with pytest.raises(NonFiniteValueError):
        shipped.explainer.contributions(row)


def test_the_cohort_counts_every_training_record_in_bins_of_five_or_more(shipped: Bundle) -> None:
    assert shipped.cohort is not None

    assert sum(b.count for b in shipped.cohort.bins) == shipped.evaluation["records"]
    assert sum(b.positives for b in shipped.cohort.bins) == shipped.evaluation["positives"]
    assert min(b.count for b in shipped.cohort.bins) >= 5
    assert shipped.cohort.similar(0.29).count > 20


def test_figures_of_the_bundle_agree_with_one_another(shipped: Bundle) -> None:
    figures = shipped.evaluation
    at = figures["at_threshold"]

    assert at["true_positives"] + at["false_negatives"] == figures["positives"]
    assert sum(f["trials"] for f in figures["calibration"]["fifths"]) == figures["records"]
    assert figures["auc"]["low"] < figures["auc"]["value"] < figures["auc"]["high"]
    divisions = figures["method"]["auc_of_divisions"]
    assert figures["auc"]["value"] == np.median(divisions)
    for counts in figures["states"].values():
        assert counts["above"] + counts["cannot_say"] + counts["below"] == figures["records"]
