"""The model card, written from the measured figures."""

from collections.abc import Mapping
from typing import Any

from risk_model.cohort import Cohort


def render(info: Mapping[str, Any], cohort: Cohort) -> str:
    """Give the card as Markdown."""
    return "# " + str(info["name"]) + str(len(cohort.bins)) + "\n"
