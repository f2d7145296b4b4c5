"""Contributions as people read them: rounded so that they add up, marked where they surprise."""

import math
from collections.abc import Mapping, Sequence

from desktop_app.domain.assessment import Contribution
from desktop_app.domain.lab_panel import AGE, BLOOD_LDH, EXPOSURE, PLEURAL_LDH

# The parts of the ratios that the model uses: numerator and denominator.
RATIO_PARTS: Mapping[str, tuple[str, str]] = {
    "LDH_ratio": (PLEURAL_LDH.key, BLOOD_LDH.key),
    "exposure_age_ratio": (EXPOSURE.key, AGE.key),
}

# Which way the risk of mesothelioma goes as the input grows, by clinical knowledge: it rises with
# age and with asbestos exposure, and falls with albumin (BTS guideline for pleural mesothelioma,
# Thorax 2018;73:i1-i30). Inputs without a settled direction are not listed.
KNOWN_DIRECTIONS: Mapping[str, int] = {"age": +1, "exposure_age_ratio": +1, "albumin": -1}


def is_against_knowledge(contribution: Contribution, medians: Mapping[str, float]) -> bool:
    """Tell whether an input moved the score the other way than clinical knowledge would.

    `medians` are those of the training records by base feature, empty where they are not known: an
    input above its median should move the score in the known direction, one below it the other way.
    What rounds to 0.00 moves nothing.
    """
    direction = KNOWN_DIRECTIONS.get(contribution.feature)
    if direction is None or contribution.value is None or not medians:
        return False
    part, whole = RATIO_PARTS.get(contribution.feature, (contribution.feature, None))
    median = medians[part] / (medians[whole] if whole else 1)
    if abs(contribution.amount) < 0.005 or contribution.value == median:
        return False
    expected = direction if contribution.value > median else -direction
    return math.copysign(1, contribution.amount) != expected


def round_to_sum(amounts: Sequence[float], total: float, decimals: int = 2) -> tuple[float, ...]:
    """Round amounts so that they add up to the total, by largest remainders.

    `total` must itself be rounded. Each amount moves by less than one unit of the last decimal.
    """
    scale = 10**decimals
    exact = [amount * scale for amount in amounts]
    rounded = [math.floor(value) for value in exact]
    surplus = round(total * scale) - sum(rounded)
    by_remainder = sorted(range(len(exact)), key=lambda i: rounded[i] - exact[i])
    for index in by_remainder[: max(0, surplus)]:
        rounded[index] += 1
    return tuple(value / scale for value in rounded)
