"""Check and score many rows at once.

What is plainly unremarkable is read and compared as whole columns; every other cell, and every row
in which one value makes another doubtful, goes through the rules of the form themselves.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from desktop_app.application.ports import ScoredRows, TableColumns
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.figure import MAX_LENGTH
from desktop_app.domain.file_row import check_row, read_unit
from desktop_app.domain.lab_panel import (
    AGE,
    ALBUMIN,
    BLOOD_LDH,
    EXPOSURE,
    FIELDS,
    MIN_VALUES_FOR_ANSWER,
    MIN_VALUES_FOR_ASSESSMENT,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    TOTAL_PROTEIN,
    USED_FIELDS,
    Field,
)
from desktop_app.domain.panel import FindingCode
from desktop_app.domain.unit_sentinel import PAIR_POSSIBLE
from desktop_app.infrastructure.inference.bundled_model import BundledModel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_PLAIN = re.compile(rf"(?=.{{1,{MAX_LENGTH}}}$)[0-9]+(\.[0-9]+)?").fullmatch
_ZERO, _POINT, _NEW_LINE = np.frombuffer(b"0.\n", dtype=np.uint8)
_EXACT_LENGTH = 15  # decimal digits that a float keeps apart
_REMEMBERED_CELLS = 100_000
# Part, whole, what it means that the part exceeds the whole, whether that forbids a score, and
# whether the part may equal the whole.
_PARTS = (
    (EXPOSURE, AGE, FindingCode.EXPOSURE_OVER_AGE, True, True),
    (ALBUMIN, TOTAL_PROTEIN, FindingCode.ALBUMIN_OVER_PROTEIN, False, False),
    (PLEURAL_PROTEIN, TOTAL_PROTEIN, FindingCode.FLUID_OVER_PROTEIN, False, True),
)


@dataclass(frozen=True)
class _Cell:
    """What the rules of the form say about one cell alone."""

    value: float
    problem: str
    forbids_score: bool


@dataclass
class _Column:
    """One field of some rows: figures (NaN = none), which of them are unremarkable, problems.

    With `is_exact`, figures that are equal as floats are equal as they were written.
    """

    figures: Floats
    is_quiet: Flags
    is_exact: bool
    problems: dict[int, str]
    forbids_score: Flags


class BundledTableScorer:
    """Scores tables with a loaded bundle; fulfils TableScorer."""

    def __init__(self, model: BundledModel) -> None:
        self._model = model
        self._cells: dict[tuple[str, str, str], _Cell] = {}

    @property
    def threshold(self) -> float:
        """Return the model's threshold."""
        return self._model.identity.threshold

    def score(self, columns: TableColumns) -> ScoredRows:
        """Check and score some rows; the model spreads them over the processors."""
        return self._score(*self._check(columns))

    # -- checking ------------------------------------------------------------------------

    def _check(self, chunk: TableColumns) -> tuple[Floats, list[str], Flags]:
        """Return rows x base features, the problems of each row and whether it may be scored."""
        columns = {field.key: self._read(field, chunk) for field in FIELDS}
        rows = len(columns[AGE.key].figures)
        doubtful = _compare_pair(columns)
        for part, whole, code, forbids, may_equal in _PARTS:
            doubtful |= _compare(
                columns[part.key],
                columns[whole.key],
                f"{part.key}:{code.value}",
                forbids=forbids,
                may_equal=may_equal,
            )
        values = np.column_stack([columns[key].figures for key in self._model.base_features])
        problems = [""] * rows
        for column in columns.values():
            for row, problem in column.problems.items():
                problems[row] = f"{problems[row]};{problem}" if problems[row] else problem
        used = np.sum([~np.isnan(columns[f.key].figures) for f in USED_FIELDS], axis=0)
        may_score = used >= MIN_VALUES_FOR_ASSESSMENT
        for column in columns.values():
            may_score &= ~column.forbids_score
        for row in map(int, np.flatnonzero(doubtful)):
            values[row], problems[row], may_score[row] = self._check_row(chunk, row)
        return values, problems, may_score

    def _read(self, field: Field, chunk: TableColumns) -> _Column:
        texts = chunk.values[field.key]
        figures, is_exact = _plain_figures(texts)
        low = float(max(field.refuse.low, field.confirm.low, field.usual.low))
        high = float(min(field.refuse.high, field.confirm.high, field.usual.high))
        is_quiet = (figures > low) & (figures < high)
        units = chunk.units.get(field.key)
        if units is not None:
            canonical = {one for one in set(units) if _is_canonical(field, one)}
            is_quiet &= [one in canonical for one in units]
        column = _Column(figures, is_quiet, is_exact, {}, np.zeros(len(texts), dtype=np.bool_))
        for row in map(int, np.flatnonzero(~is_quiet)):
            cell = self._cell(field, texts[row], "" if units is None else units[row])
            figures[row] = cell.value
            column.forbids_score[row] = cell.forbids_score
            if cell.problem:
                column.problems[row] = cell.problem
        return column

    def _cell(self, field: Field, text: str, unit: str) -> _Cell:
        key = field.key, text, unit
        cell = self._cells.get(key)
        if cell is None:
            if len(self._cells) >= _REMEMBERED_CELLS:
                self._cells.clear()
            cell = self._cells[key] = _check_cell(field, text, unit)
        return cell

    def _check_row(self, chunk: TableColumns, row: int) -> tuple[list[float], str, bool]:
        checked = check_row(
            {key: texts[row] for key, texts in chunk.values.items()},
            {key: texts[row] for key, texts in chunk.units.items()},
        )
        values = [_or_nan(checked.values[key]) for key in self._model.base_features]
        return values, ";".join(checked.problems), checked.can_be_scored

    # -- scoring -------------------------------------------------------------------------

    def _score(self, values: Floats, problems: list[str], may_score: Flags) -> ScoredRows:
        probabilities, states = np.full((2, len(values)), None, dtype=np.object_)
        scored = np.flatnonzero(may_score)
        if len(scored):
            found = self._model.bundle.scorer.probabilities(values[scored])
            probabilities[scored] = found
            is_above = (found >= self.threshold).tolist()
            states[scored] = [AnswerState.ABOVE if one else AnswerState.BELOW for one in is_above]
            states[scored[self._is_withheld(values[scored], found)]] = AnswerState.CANNOT_SAY
        return ScoredRows(probabilities.tolist(), states.tolist(), problems)

    def _is_withheld(self, values: Floats, probabilities: Floats) -> Flags:
        """Tell for each row whether the answer is "cannot say", as `withheld_reasons` does."""
        keys = [field.key for field in USED_FIELDS]
        used = values[:, [self._model.base_features.index(key) for key in keys]]
        bands = [self._model.bands[key] for key in keys]
        outside = (used < [band.minimum for band in bands]) | (
            used > [band.maximum for band in bands]
        )
        withheld = outside.any(axis=1) | ((~np.isnan(used)).sum(axis=1) < MIN_VALUES_FOR_ANSWER)
        distances, limits = self._model.training_space.joint(values)
        withheld |= distances > limits
        open_rows = np.flatnonzero(~withheld)
        if len(open_rows):
            sides = self._model.refits.sides(values[open_rows], self.threshold)
            is_above = probabilities[open_rows] >= self.threshold
            withheld[open_rows] = sides != np.where(is_above, 1, -1)
        return np.asarray(withheld)


def _plain_figures(texts: Sequence[str]) -> tuple[Floats, bool]:
    """Read digits with a point as floats, everything else as NaN for now; tell if all are exact."""
    signs = np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)
    ends = np.flatnonzero(signs == _NEW_LINE)
    is_plain = (signs - _ZERO < 10) | (signs == _POINT) | (signs == _NEW_LINE)
    if len(ends) == len(texts) - 1 and is_plain.all():
        longest = int(np.diff(ends, prepend=-1, append=len(signs)).max()) - 1
        filled = [text or "nan" for text in texts] if "" in texts else texts
        if longest <= MAX_LENGTH:
            with suppress(ValueError):  # a point alone, or a second one
                found = np.fromiter(map(float, filled), np.float64, len(texts))
                return found, longest <= _EXACT_LENGTH
    figures = [float(text) if _PLAIN(text) else np.nan for text in texts]
    return np.array(figures), max(map(len, texts)) <= _EXACT_LENGTH


def _is_canonical(field: Field, unit: str) -> bool:
    ucum = read_unit(unit) or field.canonical.ucum
    return any(one.ucum == ucum and one.reads_like(field.canonical) for one in field.units)


def _check_cell(field: Field, text: str, unit: str) -> _Cell:
    """Ask the rules of the form about one cell, as if the row held nothing else."""
    checked = check_row({field.key: text}, {field.key: unit})
    value = checked.values[field.key]
    mine = [one for one in checked.problems if one.startswith(f"{field.key}:")]
    is_gap = not text.strip()
    return _Cell(
        value=_or_nan(value),
        problem="".join(mine),
        forbids_score=value is None and (field.is_required if is_gap else True),
    )


def _compare_pair(columns: Mapping[str, _Column]) -> Flags:
    """Find the rows whose two LDH values do not look like a pair."""
    blood, pleural = columns[BLOOD_LDH.key].figures, columns[PLEURAL_LDH.key].figures
    ratio = pleural / blood
    return np.asarray((ratio <= float(PAIR_POSSIBLE.low)) | (ratio >= float(PAIR_POSSIBLE.high)))


def _compare(
    part: _Column, whole: _Column, problem: str, *, forbids: bool, may_equal: bool
) -> Flags:
    """Note where a part exceeds its whole; return the rows where the rules must be asked."""
    is_plain = part.is_quiet & whole.is_quiet
    equals = part.figures == whole.figures
    exceeds = part.figures > whole.figures
    if not may_equal:
        exceeds |= equals
    if not (part.is_exact and whole.is_exact):
        is_plain &= ~equals
    noted = exceeds & is_plain
    for row in map(int, np.flatnonzero(noted)):
        part.problems[row] = problem
    if forbids:
        part.forbids_score |= noted
        part.figures[noted] = np.nan
    return np.asarray((exceeds | equals) & ~is_plain)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
