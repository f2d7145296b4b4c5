"""The unit sentinel: doubt a unit where another accepted one explains the figure better.

A forest saturates, so an absurd value never shows in the score; the program has to catch it.
Nothing is converted here: the sentinel only says what to ask.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from desktop_app.domain.lab_panel import BLOOD_LDH, PLEURAL_LDH, Field, Range
from desktop_app.domain.units import Unit

# Beside the patient's earlier figures: this far from their median, and the other reading this much
# nearer to it.
_FAR_FROM_EARLIER = Decimal(8)
_NEARER = Decimal(5)
# Pleural LDH over blood LDH (0.4 to 14 in the training records): beyond the first the pair is
# doubted, within the second another reading explains it.
PAIR_POSSIBLE = Range(Decimal("0.1"), Decimal(50))
_PAIR_USUAL = Range(Decimal("0.3"), Decimal(20))


@dataclass(frozen=True)
class Reading:
    """A figure read from the `text` of a field, with the unit it was typed in."""

    field: Field
    figure: Decimal
    unit: Unit
    text: str = ""
    comparator: str = ""
    is_confirmed: bool = False

    @property
    def value(self) -> Decimal:
        """Return the figure in the canonical unit."""
        return self.unit.to_canonical(self.figure)

    def others(self) -> Iterator["Reading"]:
        """Yield the readings in accepted units that give another canonical figure."""
        for unit in self.field.units:
            if not unit.reads_like(self.unit):
                yield replace(self, unit=unit)


def doubted_units(
    readings: Mapping[str, Reading], earlier: Mapping[str, tuple[Decimal, ...]]
) -> dict[str, Reading]:
    """Return, by field, the reading in another unit that should be asked about."""
    doubts = {}
    for key, reading in readings.items():
        if reading.is_confirmed:
            continue
        other = _usual_elsewhere(reading) or _nearer_to_earlier(reading, earlier.get(key, ()))
        if other is not None:
            doubts[key] = other
    pair = [
        readings[field.key]
        for field in (BLOOD_LDH, PLEURAL_LDH)
        if field.key in readings and field.key not in doubts
    ]
    if len(pair) == 2 and all(one.field.refuse.holds(one.value) for one in pair):
        other = _explaining_the_pair(*pair)
        if other is not None:
            doubts[other.field.key] = other
    return doubts


def possible_elsewhere(reading: Reading) -> Reading | None:
    """Return the nearest other reading that would not be refused, if there is one."""
    return _most_usual(other for other in reading.others() if other.field.refuse.holds(other.value))


def _usual_elsewhere(reading: Reading) -> Reading | None:
    usual = reading.field.usual
    if usual.holds(reading.value):
        return None
    return _most_usual(other for other in reading.others() if usual.holds(other.value))


def _nearer_to_earlier(reading: Reading, earlier: tuple[Decimal, ...]) -> Reading | None:
    known = [figure for figure in earlier if figure > 0]
    if not known or not reading.value:
        return None
    middle = median(known)
    distance = _times_apart(reading.value, middle)
    if distance < _FAR_FROM_EARLIER:
        return None
    return min(
        (
            other
            for other in reading.others()
            if other.field.confirm.holds(other.value)
            and _times_apart(other.value, middle) * _NEARER <= distance
        ),
        key=lambda other: _times_apart(other.value, middle),
        default=None,
    )


def _explaining_the_pair(blood: Reading, pleural: Reading) -> Reading | None:
    if PAIR_POSSIBLE.holds(pleural.value / blood.value):
        return None
    candidates = [
        other
        for reading, partner in ((blood, pleural), (pleural, blood))
        if not reading.is_confirmed
        for other in reading.others()
        if other.field.refuse.holds(other.value)
        and _PAIR_USUAL.holds(
            partner.value / other.value if reading is blood else other.value / partner.value
        )
    ]
    return _most_usual(iter(candidates))


def _most_usual(readings: Iterator[Reading]) -> Reading | None:
    """Return the reading nearest, as a ratio, to the middle of what is usual."""
    return min(
        (reading for reading in readings if reading.value),
        key=lambda reading: _times_apart(reading.value, _middle(reading.field.usual)),
        default=None,
    )


def _middle(usual: Range) -> Decimal:
    """Return the geometric middle of a range, the arithmetic one where it begins at zero."""
    return (usual.low * usual.high).sqrt() if usual.low else usual.high / 2


def _times_apart(a: Decimal, b: Decimal) -> Decimal:
    return max(a, b) / min(a, b)
