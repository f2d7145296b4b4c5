"""Check a panel: read what was typed, ask about units, refuse the impossible, derive ratios."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from desktop_app.domain.panel import CheckedPanel, FindingCode, Panel


@dataclass(frozen=True)
class PanelContext:
    """What the checks know beside the form.

    `age` comes from the birth date, None where it is typed (files). `earlier` holds up to three earlier
    canonical figures a field, newest first.
    """

    today: date
    age: int | None = None
    earlier: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A typed figure: its comparator ("" or "<", "<=", ">", ">=") and its number."""

    comparator: str
    figure: Decimal


class FigureError(ValueError):
    """What was typed is not a figure; `code` says why."""

    def __init__(self, code: FindingCode) -> None:
        super().__init__(code.value)
        self.code = code


def parse_figure(text: str) -> Figure:
    """Read a figure as people type it: full-width digits, thousands commas, a comparator."""
    raise NotImplementedError


def check_panel(panel: Panel, context: PanelContext) -> CheckedPanel:
    """Check a whole panel; the same rules for the form, files and the server's answers."""
    raise NotImplementedError
