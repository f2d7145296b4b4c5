"""The eleven inputs: names, units, limits and reference ranges, once for the whole program.

Limits and reference ranges are a proposal from public sources (adult reference ranges of common
laboratory handbooks; limits of plausibility chosen for this project). An administrator may tighten
them, never loosen them past `refuse`.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from desktop_app.domain import units
from desktop_app.domain.units import Unit


class Group(Enum):
    """Where a value comes from; the form's sections."""

    HISTORY = "history"
    BLOOD = "blood"
    FLUID = "fluid"


@dataclass(frozen=True)
class Range:
    """A closed range in the field's canonical unit."""

    low: Decimal
    high: Decimal

    def holds(self, figure: Decimal) -> bool:
        """Tell whether the figure lies inside, ends included."""
        return self.low <= figure <= self.high


def _range(low: str, high: str) -> Range:
    return Range(Decimal(low), Decimal(high))


@dataclass(frozen=True)
class Field:
    """One input: its key in the model, the units it may be typed in, and its limits.

    `units[0]` is canonical. `refuse`, `confirm` and `usual` are in it; `usual` is the band in which
    a figure needs no second look at its unit. `reference` is the adult range printed beside the
    value, `loinc` the code for exchange, unconfirmed where `is_loinc_confirmed` is false.
    """

    key: str
    group: Group
    units: tuple[Unit, ...]
    refuse: Range
    confirm: Range
    usual: Range
    reference: Range | None = None
    is_required: bool = False
    is_used_by_model: bool = True
    loinc: str | None = None
    is_loinc_confirmed: bool = False

    @property
    def canonical(self) -> Unit:
        """Return the unit of the training data."""
        return self.units[0]

    def unit(self, ucum: str) -> Unit:
        """Return the accepted unit of that code; KeyError if it is not accepted here."""
        for unit in self.units:
            if unit.ucum == ucum:
                return unit
        raise KeyError(ucum)


AGE = Field(
    "age",
    Group.HISTORY,
    units.AGE,
    refuse=_range("18", "120"),
    confirm=_range("19", "85"),
    usual=_range("19", "85"),
    is_required=True,
    loinc="30525-0",
)
SYMPTOMS = Field(
    "duration_of_symptoms",
    Group.HISTORY,
    units.DURATION,
    refuse=_range("0", "600"),
    confirm=_range("0.5", "24"),
    usual=_range("0.5", "24"),
)
EXPOSURE = Field(
    "duration_of_asbestos_exposure",
    Group.HISTORY,
    units.EXPOSURE,
    refuse=_range("0", "120"),
    confirm=_range("0", "60"),
    # Up to 120 the figure is first compared with the age, then asked about: never read as months.
    usual=_range("0", "120"),
    is_required=True,
)
PLATELETS = Field(
    "platelet_count_(PLT)",
    Group.BLOOD,
    units.PLATELETS,
    refuse=_range("1", "5000"),
    confirm=_range("20", "1000"),
    usual=_range("122", "790"),
    reference=_range("150", "450"),
    loinc="777-3",
    is_loinc_confirmed=True,
)
WHITE_CELLS = Field(
    "cell_count_(WBC)",
    Group.BLOOD,
    units.WHITE_CELLS,
    refuse=_range("0.1", "500"),
    confirm=_range("1", "50"),
    usual=_range("4", "22"),
    reference=_range("4.0", "10.0"),
    is_used_by_model=False,
    loinc="6690-2",
    is_loinc_confirmed=True,
)
BLOOD_LDH = Field(
    "blood_lactic_dehydrogenise_(LDH)",
    Group.BLOOD,
    units.ENZYME,
    refuse=_range("10", "30000"),
    confirm=_range("80", "1500"),
    usual=_range("110", "693"),
    reference=_range("120", "250"),
    loinc="2532-0",
)
TOTAL_PROTEIN = Field(
    "total_protein",
    Group.BLOOD,
    units.PROTEIN,
    refuse=_range("1", "15"),
    confirm=_range("4", "11"),
    usual=_range("4.3", "8.3"),
    reference=_range("6.0", "8.3"),
    is_used_by_model=False,
    loinc="2885-2",
    is_loinc_confirmed=True,
)
ALBUMIN = Field(
    "albumin",
    Group.BLOOD,
    units.PROTEIN,
    refuse=_range("0.5", "7.0"),
    confirm=_range("1.5", "5.5"),
    usual=_range("1.6", "5.2"),
    reference=_range("3.5", "5.2"),
    loinc="1751-7",
    is_loinc_confirmed=True,
)
CRP = Field(
    "C-reactive_protein_(CRP)",
    Group.BLOOD,
    units.CRP,
    refuse=_range("0", "700"),
    confirm=_range("0", "300"),
    usual=_range("0", "300"),
    reference=_range("0", "5"),
    loinc="1988-5",
    is_loinc_confirmed=True,
)
PLEURAL_LDH = Field(
    "pleural_lactic_dehydrogenise",
    Group.FLUID,
    units.ENZYME,
    refuse=_range("5", "100000"),
    confirm=_range("30", "10000"),
    usual=_range("124", "2866"),
    loinc="2530-4",
    is_loinc_confirmed=True,
)
PLEURAL_PROTEIN = Field(
    "pleural_protein",
    Group.FLUID,
    units.PROTEIN,
    refuse=_range("0.1", "10"),
    confirm=_range("0.5", "8"),
    usual=_range("0.5", "8"),
    loinc="2882-9",
    is_loinc_confirmed=True,
)

# The order of the form; the model's own order stands in the bundle.
FIELDS: tuple[Field, ...] = (
    AGE,
    SYMPTOMS,
    EXPOSURE,
    PLATELETS,
    WHITE_CELLS,
    BLOOD_LDH,
    TOTAL_PROTEIN,
    ALBUMIN,
    CRP,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
)
FIELD_BY_KEY: dict[str, Field] = {field.key: field for field in FIELDS}
USED_FIELDS: tuple[Field, ...] = tuple(field for field in FIELDS if field.is_used_by_model)
FLUID_FIELDS: tuple[Field, ...] = (PLEURAL_LDH, PLEURAL_PROTEIN)

# Below this many of the nine used values there is no assessment; below the second, no answer.
MIN_VALUES_FOR_ASSESSMENT = 6
MIN_VALUES_FOR_ANSWER = 7

# Of serum LDH, where the laboratory names no limit of its own.
SERUM_LDH_UPPER_LIMIT = Decimal(250)

LIGHT_PROTEIN_RATIO = Decimal("0.5")
LIGHT_LDH_RATIO = Decimal("0.6")
LIGHT_SERUM_LIMIT_SHARE = Decimal(2) / Decimal(3)
