"""A model whose figures can be followed in the head, for tests of what surrounds it."""

import math
from collections.abc import Mapping, Sequence

from desktop_app.application.ports import ModelEvaluation, TrainingBand
from desktop_app.domain.assessment import BandNote, Contribution, ModelIdentity, ModelResult
from desktop_app.domain.lab_panel import FIELDS

_BASE = 0.3
_HALF_RANGE = 0.08
_WEIGHTS = {
    "age": -0.05,
    "platelet_count_(PLT)": 0.06,
    "duration_of_symptoms": 0.02,
    "albumin": 0.04,
    "C-reactive_protein_(CRP)": 0.05,
    "duration_of_asbestos_exposure": 0.03,
    "blood_lactic_dehydrogenise_(LDH)": -0.02,
    "pleural_protein": -0.03,
}


def _bands() -> dict[str, TrainingBand]:
    """Return bands like those of the training data (CLINICAL, table of the eleven inputs)."""
    ends = {
        "age": (24, 82),
        "duration_of_symptoms": (1, 22.6),
        "platelet_count_(PLT)": (122, 790),
        "cell_count_(WBC)": (4, 22),
        "blood_lactic_dehydrogenise_(LDH)": (110, 693),
        "pleural_lactic_dehydrogenise": (124, 2866),
        "pleural_protein": (0, 6.6),
        "total_protein": (4.3, 8.2),
        "albumin": (1.6, 4.5),
        "C-reactive_protein_(CRP)": (21, 103),
        "duration_of_asbestos_exposure": (0, 60),
    }
    return {
        key: TrainingBand(
            minimum=low * 0.5,
            p1=low,
            p25=low + (high - low) * 0.3,
            median=low + (high - low) * 0.45,
            p75=low + (high - low) * 0.6,
            p99=high,
            maximum=high * 1.5,
        )
        for key, (low, high) in ends.items()
    }


class FakeRiskModel:
    """Adds a little for each value above its median and takes a little for each below."""

    identity = ModelIdentity("fake_slim", "0", "fe" * 32, "sum", 0.29)
    base_features = tuple(field.key for field in FIELDS)
    bands: Mapping[str, TrainingBand] = _bands()
    evaluation = ModelEvaluation(
        records=324,
        positives=96,
        negatives=228,
        auc=0.63,
        auc_low=0.56,
        auc_high=0.70,
        brier=0.2,
        calibration_slope=0.99,
        true_positives=56,
        true_negatives=133,
        share_above=0.15,
        share_cannot_say=0.71,
        share_below=0.14,
    )

    def probability(self, values: Mapping[str, float | None]) -> float:
        """Return the base plus every contribution, kept inside 0 and 1."""
        total = _BASE + sum(one.amount for one in self._contributions(values))
        return min(1.0, max(0.0, total))

    def evaluate(self, values: Mapping[str, float | None]) -> ModelResult:
        """Return a whole result around the probability."""
        probability = self.probability(values)
        return ModelResult(
            probability=probability,
            low=max(0.0, probability - _HALF_RANGE),
            high=min(1.0, probability + _HALF_RANGE),
            base_value=_BASE,
            contributions=self._contributions(values),
            similar_count=40,
            similar_positive=14,
            band_notes=tuple(self._notes(values)),
            joint_distance=1.0,
            joint_limit=4.0,
        )

    def probabilities(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """Return one probability a row."""
        return [
            self.probability(
                {
                    key: None if math.isnan(value) else value
                    for key, value in zip(self.base_features, row, strict=True)
                }
            )
            for row in rows
        ]

    def _contributions(self, values: Mapping[str, float | None]) -> tuple[Contribution, ...]:
        def amount(key: str, weight: float) -> float:
            value, median = values.get(key), self.bands[key].median
            return 0.0 if value is None else weight if value > median else -weight

        made = [
            Contribution(key, values.get(key), amount(key, weight))
            for key, weight in _WEIGHTS.items()
        ]
        return tuple(sorted(made, key=lambda one: -abs(one.amount)))

    def _notes(self, values: Mapping[str, float | None]) -> list[BandNote]:
        return [
            BandNote(
                key,
                value,
                band.p1,
                band.p99,
                is_outside_all=not band.minimum <= value <= band.maximum,
            )
            for key, band in self.bands.items()
            if (value := values.get(key)) is not None and not band.p1 <= value <= band.p99
        ]
