"""The eleven base features, the eight model inputs, and the arithmetic between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

BASE_FEATURES: Final = (
    "age",
    "duration_of_symptoms",
    "platelet_count_(PLT)",
    "cell_count_(WBC)",
    "blood_lactic_dehydrogenise_(LDH)",
    "pleural_lactic_dehydrogenise",
    "pleural_protein",
    "total_protein",
    "albumin",
    "C-reactive_protein_(CRP)",
    "duration_of_asbestos_exposure",
)

UNITS: Final = {
    "age": "a",
    "duration_of_symptoms": "mo",
    "platelet_count_(PLT)": "10*3/uL",
    "cell_count_(WBC)": "10*3/uL",
    "blood_lactic_dehydrogenise_(LDH)": "U/L",
    "pleural_lactic_dehydrogenise": "U/L",
    "pleural_protein": "g/dL",
    "total_protein": "g/dL",
    "albumin": "g/dL",
    "C-reactive_protein_(CRP)": "mg/L",
    "duration_of_asbestos_exposure": "a",
}

RATIOS: Final = {
    "LDH_ratio": ("pleural_lactic_dehydrogenise", "blood_lactic_dehydrogenise_(LDH)"),
    "protein_ratio": ("pleural_protein", "total_protein"),
    "exposure_age_ratio": ("duration_of_asbestos_exposure", "age"),
}

SELECTED_FEATURES: Final = (
    "exposure_age_ratio",
    "age",
    "platelet_count_(PLT)",
    "duration_of_symptoms",
    "LDH_ratio",
    "pleural_protein",
    "albumin",
    "C-reactive_protein_(CRP)",
)

# Keeps a denominator of zero from dividing; part of the model, so never to be tuned.
RATIO_EPSILON: Final = 1e-6


def sources(selected: str) -> tuple[str, ...]:
    """Name the base features that a model input is made of."""
    return RATIOS.get(selected, (selected,))


@dataclass(frozen=True)
class Selection:
    """Turn columns of base features into the model's inputs."""

    numerators: npt.NDArray[np.intp]
    ratio_positions: npt.NDArray[np.intp]
    denominators: npt.NDArray[np.intp]

    @classmethod
    def plan(cls, base: Sequence[str], selected: Sequence[str]) -> "Selection":
        """Look the columns up once; an unknown name is a ValueError."""
        columns = list(base)
        ratios = [(i, RATIOS[name][1]) for i, name in enumerate(selected) if name in RATIOS]
        return cls(
            np.array([columns.index(sources(name)[0]) for name in selected], dtype=np.intp),
            np.array([i for i, _ in ratios], dtype=np.intp),
            np.array([columns.index(name) for _, name in ratios], dtype=np.intp),
        )

    def of(self, base: Floats) -> Floats:
        """Select and divide, rows x base features to rows x model inputs; NaN passes through."""
        chosen = base[:, self.numerators]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            chosen[:, self.ratio_positions] /= base[:, self.denominators] + RATIO_EPSILON
        return chosen
