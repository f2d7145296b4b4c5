"""A panel of values as a person entered it, and what the program made of it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from desktop_app.domain.lab_panel import MIN_VALUES_FOR_ASSESSMENT


class MissingReason(Enum):
    """Why a value is not there; missing is never zero."""

    NOT_DONE = "not_done"
    PENDING = "pending"
    NOT_SAMPLED = "not_sampled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Entry:
    """What stands in one row of the form, exactly as typed.

    `unit` is a UCUM code accepted by the field. `is_confirmed` says that the person answered
    "right" to the question asked about this very figure in this very unit.
    """

    text: str = ""
    unit: str = ""
    missing: MissingReason | None = None
    is_confirmed: bool = False


@dataclass(frozen=True)
class Panel:
    """The whole form: eleven entries by field key, and where the sample came from.

    `ldh_upper_limit` is the laboratory's own upper limit of serum LDH in U/L, for Light's criteria.
    """

    entries: Mapping[str, Entry] = dataclasses.field(default_factory=dict)
    has_no_fluid: bool = False
    collected_on: date | None = None
    laboratory: str = ""
    ldh_upper_limit: Decimal | None = None


class Tier(Enum):
    """How loudly a finding speaks."""

    REFUSE = "refuse"
    UNIT = "unit"
    CONFIRM = "confirm"
    MISSING = "missing"
    FLAG = "flag"


class FindingCode(Enum):
    """What was found about one value; `gui` has a sentence for each."""

    NOT_A_NUMBER = "not_a_number"
    DECIMAL_COMMA = "decimal_comma"
    NEGATIVE = "negative"
    TOO_LONG = "too_long"
    UNIT_NOT_ACCEPTED = "unit_not_accepted"
    OUT_OF_LIMITS = "out_of_limits"
    EXPOSURE_OVER_AGE = "exposure_over_age"
    ALBUMIN_OVER_PROTEIN = "albumin_over_protein"
    FLUID_OVER_PROTEIN = "fluid_over_protein"
    REQUIRED = "required"
    UNIT_LOOKS_WRONG = "unit_looks_wrong"
    UNUSUAL = "unusual"
    REASON_NEEDED = "reason_needed"
    MISSING = "missing"
    NO_FLUID = "no_fluid"
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True)
class Finding:
    """One finding about one field.

    `context` holds what the sentence needs: figures as typed, limits, the suggested unit
    (`suggested_unit`) and the figure it would give in the canonical unit (`suggested_value`).
    """

    field: str
    code: FindingCode
    tier: Tier
    context: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Tell whether assessing has to wait until the person acted on this."""
        return self.tier in (Tier.REFUSE, Tier.UNIT, Tier.CONFIRM) or (
            self.code is FindingCode.REASON_NEEDED
        )


@dataclass(frozen=True)
class Measurement:
    """One value of a panel, kept as typed and as used.

    `value` is in the field's canonical unit, None where there is none; `comparator` is "", "<",
    "<=", ">" or ">="; the model gets the limit itself ("<0.3" counts as 0.3).
    """

    field: str
    text: str
    unit: str
    comparator: str = ""
    value: float | None = None
    missing: MissingReason | None = None
    is_no_fluid: bool = False
    is_confirmed: bool = False

    @property
    def model_value(self) -> float | None:
        """Return what the model gets: the value, or 0 for the protein where there is no fluid."""
        if self.is_no_fluid:
            return 0.0 if self.field == "pleural_protein" else None
        return self.value


@dataclass(frozen=True)
class Ratios:
    """Derived ratios as the form shows them; None where a part is missing."""

    ldh: float | None
    protein: float | None
    exposure_age: float | None
    is_exudate: bool | None


@dataclass(frozen=True)
class CheckedPanel:
    """A panel with everything the program found about it."""

    measurements: Mapping[str, Measurement]
    findings: tuple[Finding, ...]
    ratios: Ratios
    used_count: int

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Return what has to be settled before an assessment, in the form's order."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def has_enough_values(self) -> bool:
        """Tell whether enough of the used values are there for an assessment."""
        return self.used_count >= MIN_VALUES_FOR_ASSESSMENT

    @property
    def can_be_assessed(self) -> bool:
        """Tell whether nothing blocks an assessment."""
        return self.has_enough_values and not self.blocking

    def findings_of(self, key: str) -> tuple[Finding, ...]:
        """Return the findings about one field."""
        return tuple(finding for finding in self.findings if finding.field == key)

    def model_values(self) -> dict[str, float | None]:
        """Return what the model gets, by base feature."""
        return {key: measured.model_value for key, measured in self.measurements.items()}
