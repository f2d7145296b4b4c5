"""The shipped model bundle as the application's RiskModel."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.application.ports import ModelEvaluation, TrainingBand
from desktop_app.domain.assessment import BandNote, Contribution, ModelIdentity, ModelResult
from desktop_app.domain.errors import AppError, ErrorCode

if TYPE_CHECKING:
    from risk_model.applicability import Place
    from risk_model.bundle import Bundle

_CODES = {
    "bundle_missing": ErrorCode.MODEL_MISSING,
    "bundle_changed": ErrorCode.MODEL_CHANGED,
    "bundle_unreadable": ErrorCode.MODEL_UNREADABLE,
    "threshold_missing": ErrorCode.MODEL_WITHOUT_THRESHOLD,
    "library_version_mismatch": ErrorCode.MODEL_VERSION_MISMATCH,
    "golden_mismatch": ErrorCode.MODEL_GOLDEN_MISMATCH,
}


def load_model(folder: Path, *, trusted_sha256: frozenset[str]) -> "BundledModel":
    """Verify and load a bundle; an AppError of the MODEL family says why scoring is off."""
    # Importing numpy and the model takes a moment, so it waits until the first window is up.
    from risk_model.bundle import load_bundle
    from risk_model.errors import BundleError

    try:
        return BundledModel(load_bundle(folder, trusted_sha256=trusted_sha256))
    except BundleError as error:
        raise AppError(_CODES[error.code], **error.context) from error


class BundledModel:
    """A loaded bundle; fulfils RiskModel."""

    def __init__(self, bundle: "Bundle") -> None:
        from risk_model.inputs import sources

        if bundle.refits is None or bundle.applicability is None or bundle.cohort is None:
            raise AppError(ErrorCode.MODEL_UNREADABLE, file="refits")
        self.bundle = bundle
        self.refits = bundle.refits
        self.training_space = bundle.applicability
        self._cohort = bundle.cohort
        self.base_features = bundle.base_features
        self.used_fields = {key for name in bundle.selected_features for key in sources(name)}
        self.identity = ModelIdentity(
            name=bundle.name,
            version=bundle.version,
            sha256=bundle.sha256,
            algorithm=bundle.algorithm,
            threshold=bundle.threshold,
        )
        self.bands: Mapping[str, TrainingBand] = {
            key: TrainingBand(
                band.minimum, band.p1, band.p25, band.p50, band.p75, band.p99, band.maximum
            )
            for key, band in self.training_space.bands.items()
        }
        self.evaluation = evaluation_of(bundle.evaluation)

    def probability(self, values: Mapping[str, float | None]) -> float:
        """Return the probability of class 1."""
        return self.bundle.scorer.probability(self._row(values))

    def probabilities(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """Return one probability a row, in the model's order of inputs."""
        import numpy as np

        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(self.base_features))
        return [float(one) for one in self.bundle.scorer.probabilities(table)]

    def evaluate(self, values: Mapping[str, float | None]) -> ModelResult:
        """Return everything the model says about these values."""
        row = self._row(values)
        probability = self.bundle.scorer.probability(row)
        low, high = self.refits.range(row)
        contributions = self.bundle.explainer.contributions(row)
        selected = dict(
            zip(
                self.bundle.selected_features,
                map(float, self.bundle.scorer.selected(self.bundle.scorer.table(row))[0]),
                strict=True,
            )
        )
        similar = self._cohort.similar(probability)
        applicability = self.training_space.check(row)
        return ModelResult(
            probability=probability,
            low=low,
            high=high,
            base_value=contributions.base_value,
            contributions=tuple(
                Contribution(name, None if math.isnan(selected[name]) else selected[name], amount)
                for name, amount in sorted(
                    contributions.by_input.items(), key=lambda item: -abs(item[1])
                )
            ),
            similar_count=similar.count,
            similar_positive=similar.positives,
            band_notes=tuple(
                note
                for key, place in applicability.places.items()
                if key in self.used_fields
                and (note := self._band_note(key, row[self.base_features.index(key)], place))
            ),
            joint_distance=applicability.joint_distance,
            joint_limit=applicability.joint_limit,
        )

    def _row(self, values: Mapping[str, float | None]) -> list[float]:
        return [math.nan if (value := values[key]) is None else value for key in self.base_features]

    def _band_note(self, key: str, value: float, place: "Place") -> BandNote | None:
        band = self.bands[key]
        if place.is_outside:
            return BandNote(key, value, band.minimum, band.maximum, is_outside_all=True)
        if place.value in ("below_band", "above_band"):
            return BandNote(key, value, band.p1, band.p99, is_outside_all=False)
        return None


def evaluation_of(figures: Mapping[str, Any]) -> ModelEvaluation:
    """Read what the bundle says the model is worth; MODEL_UNREADABLE if it does not say."""
    try:
        auc, counts, states = figures["auc"], figures["at_threshold"], figures["states"]["training"]
        records = int(figures["records"])
        return ModelEvaluation(
            records=records,
            positives=int(figures["positives"]),
            negatives=records - int(figures["positives"]),
            auc=float(auc["value"]),
            auc_low=float(auc["low"]),
            auc_high=float(auc["high"]),
            brier=float(figures["brier"]),
            calibration_slope=float(figures["calibration"]["slope"]["value"]),
            true_positives=int(counts["true_positives"]),
            true_negatives=int(counts["true_negatives"]),
            share_above=states["above"] / records,
            share_cannot_say=states["cannot_say"] / records,
            share_below=states["below"] / records,
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise AppError(ErrorCode.MODEL_UNREADABLE, file="evaluation") from error
