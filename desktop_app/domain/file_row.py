"""One row of a file, checked by the rules of the form; nobody is there to answer a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop_app.domain.figure import FigureError, parse_figure
from desktop_app.domain.lab_panel import FIELDS, MIN_VALUES_FOR_ASSESSMENT, PLEURAL_PROTEIN
from desktop_app.domain.panel import CheckedPanel, Entry, Finding, FindingCode, Panel, Tier
from desktop_app.domain.panel_check import PanelContext, check_panel

UNIT_SUFFIX = "__unit"
NO_FLUID_WORDS = ("no fluid", "no_fluid", "흉수 없음")
_NO_DAY = PanelContext(date.min)
# What laboratories write, beside the UCUM codes themselves; compared without case and spaces.
_SPELLINGS = {
    "a": ("year", "years", "yr", "y", "년", "세"),
    "mo": ("month", "months", "개월"),
    "wk": ("week", "weeks", "주"),
    "d": ("day", "days", "일"),
    "10*3/uL": ("10^3/ul", "10³/ul", "x10^3/ul", "x10³/ul", "×10³/ul", "k/ul", "천/ul"),
    "10*4/uL": ("10^4/ul", "10⁴/ul", "x10^4/ul", "x10⁴/ul", "×10⁴/ul", "만/ul", "만"),
    "10*9/L": ("10^9/l", "10⁹/l", "x10^9/l", "x10⁹/l", "×10⁹/l"),
    "/uL": ("/mm3", "/mm³", "cells/ul", "개/ul"),
    "[IU]/L": ("iu/l",),
}
_UCUM = {
    spelling: ucum for ucum, spellings in _SPELLINGS.items() for spelling in (*spellings, ucum)
} | {unit.ucum: unit.ucum for field in FIELDS for unit in field.units}
_BY_LETTERS = {spelling.casefold(): ucum for spelling, ucum in _UCUM.items()}


@dataclass(frozen=True)
class CheckedRow:
    """What a row gives the model, and what is wrong with it.

    `values` holds canonical figures by field, None = missing; `problems` are `field:code` in the
    form's order. A row with an impossible value, or too few values, `can_be_scored` not at all:
    a doubted unit or an unusual value is scored as it stands, with its problem named.
    """

    values: Mapping[str, float | None]
    problems: tuple[str, ...]
    can_be_scored: bool


def read_unit(text: str) -> str:
    """Return the UCUM code of a unit as laboratories write it; unknown ones come back as typed."""
    letters = "".join(text.split()).replace("µ", "u").replace("μ", "u")
    return _UCUM.get(letters) or _BY_LETTERS.get(letters.casefold()) or letters


def check_row(cells: Mapping[str, str], units: Mapping[str, str]) -> CheckedRow:
    """Check the cells of a row, by field; a field without a unit is in its canonical one.

    An empty cell is missing, without a reason. A pleural protein of 0, or "no fluid", is the
    state of no pleural fluid; a pleural LDH beside it counts, as in the training records.
    """
    has_no_fluid = _means_no_fluid(cells.get(PLEURAL_PROTEIN.key, ""))
    entries = {
        key: Entry(text, read_unit(units.get(key, "")))
        for key, text in cells.items()
        if not (has_no_fluid and key == PLEURAL_PROTEIN.key)
    }
    checked = check_panel(Panel(entries), _NO_DAY)
    values = checked.model_values()
    if has_no_fluid:
        values[PLEURAL_PROTEIN.key] = 0.0
    return CheckedRow(
        values=values,
        problems=tuple(
            _problem(finding, has_no_fluid=has_no_fluid)
            for finding in checked.findings
            if finding.tier is not Tier.FLAG
        ),
        can_be_scored=checked.used_count + has_no_fluid >= MIN_VALUES_FOR_ASSESSMENT
        and not any(_is_impossible(checked, finding) for finding in checked.findings),
    )


def _means_no_fluid(text: str) -> bool:
    """Tell whether a cell of the pleural protein says that there is no fluid."""
    if text.strip().casefold() in NO_FLUID_WORDS:
        return True
    try:
        figure = parse_figure(text)
    except FigureError:
        return False
    return not figure.figure and not figure.comparator


def _is_impossible(checked: CheckedPanel, finding: Finding) -> bool:
    """Tell whether a finding leaves something typed without a value, or a required gap."""
    if finding.code is FindingCode.REQUIRED:
        return True
    measured = checked.measurements[finding.field]
    return bool(measured.text.strip()) and measured.value is None


def _problem(finding: Finding, *, has_no_fluid: bool) -> str:
    code = finding.code
    if code is FindingCode.REASON_NEEDED:
        is_no_fluid = has_no_fluid and finding.field == PLEURAL_PROTEIN.key
        code = FindingCode.NO_FLUID if is_no_fluid else FindingCode.MISSING
    return f"{finding.field}:{code.value}"
