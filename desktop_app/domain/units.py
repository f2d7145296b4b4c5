"""Units of the eleven values: UCUM codes and exact conversion to the canonical unit."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Unit:
    """A unit accepted for a field; canonical figure = typed figure * multiplier / divisor."""

    ucum: str
    multiplier: Decimal = Decimal(1)
    divisor: Decimal = Decimal(1)

    def to_canonical(self, figure: Decimal) -> Decimal:
        """Convert a figure in this unit to the field's canonical unit."""
        return figure * self.multiplier / self.divisor

    def from_canonical(self, figure: Decimal) -> Decimal:
        """Convert a figure in the field's canonical unit to this unit."""
        return figure * self.divisor / self.multiplier

    def reads_like(self, other: "Unit") -> bool:
        """Tell whether both units give the same canonical figure (10*3/uL and 10*9/L do)."""
        return self.multiplier * other.divisor == other.multiplier * self.divisor


YEARS = Unit("a")
MONTHS = Unit("mo")
AGE = (YEARS,)
DURATION = (
    MONTHS,
    Unit("d", divisor=Decimal("30.44")),
    Unit("wk", divisor=Decimal("4.345")),
    Unit("a", multiplier=Decimal(12)),
)
EXPOSURE = (YEARS, Unit("mo", divisor=Decimal(12)))
_THOUSANDS = Unit("10*3/uL")
_PER_MICROLITRE = Unit("/uL", divisor=Decimal(1000))
_GIGA_PER_LITRE = Unit("10*9/L")
PLATELETS = (_THOUSANDS, _PER_MICROLITRE, Unit("10*4/uL", multiplier=Decimal(10)), _GIGA_PER_LITRE)
WHITE_CELLS = (_THOUSANDS, _PER_MICROLITRE, _GIGA_PER_LITRE)
ENZYME = (Unit("U/L"), Unit("[IU]/L"), Unit("ukat/L", multiplier=Decimal(60)))
PROTEIN = (Unit("g/dL"), Unit("g/L", divisor=Decimal(10)))
CRP = (Unit("mg/L"), Unit("mg/dL", multiplier=Decimal(10)), Unit("ug/mL"))
