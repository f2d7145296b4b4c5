"""Score a file: each row checked by the rules of the form, scored, and written with its problems.

Columns are named by base feature; `NAME__unit` beside one names its unit. All other columns pass
through unchanged.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from desktop_app.application.ports import (
    OpenTable,
    Rows,
    ScoredRows,
    TableColumns,
    TableFiles,
    TableScorer,
)
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.file_row import UNIT_SUFFIX
from desktop_app.domain.lab_panel import FIELDS

RESULT_COLUMNS = ("pred_proba", "pred_label", "state", "problems")
NO_ASSESSMENT = "no_assessment"
WRONG_CELL_COUNT = "row:cell_count"


@dataclass(frozen=True)
class ScoreSummary:
    """How many rows a file had, and how many of them got which answer."""

    rows: int
    scored: int
    above: int
    below: int
    cannot_say: int
    unscored: int


def score_file(
    source: Path, target: Path, *, files: TableFiles, load_scorer: Callable[[], TableScorer]
) -> ScoreSummary:
    """Score `source` into `target`; the model is loaded once the file proved readable.

    `pred_proba` reads back to the same bits. Results that the source already has are replaced.
    Either `target` is written whole, or it stays as it was and an AppError says why.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise AppError(ErrorCode.SAME_FILE)
    with files.read(source) as table:
        layout = _Layout.of(table.columns)
        scorer = load_scorer()
        kept = [name for name in table.columns if name not in RESULT_COLUMNS]
        counts = dict.fromkeys((*AnswerState, None), 0)
        with files.write(target, [*kept, *RESULT_COLUMNS]) as write:
            for rows, scored in _scored(table, layout, scorer):
                for state in counts:
                    counts[state] += scored.states.count(state)
                write([*_joined(rows, layout, scored, scorer.threshold)])
    unscored = counts.pop(None)
    return ScoreSummary(
        rows=sum(counts.values()) + unscored,
        scored=sum(counts.values()),
        above=counts[AnswerState.ABOVE],
        below=counts[AnswerState.BELOW],
        cannot_say=counts[AnswerState.CANNOT_SAY],
        unscored=unscored,
    )


@dataclass(frozen=True)
class _Layout:
    """Where the values, their units and earlier results stand in a row."""

    width: int
    values: dict[str, int]
    units: dict[str, int]
    replaced: frozenset[int]

    @classmethod
    def of(cls, columns: Sequence[str]) -> "_Layout":
        """Find the columns by name; refuse a table that lacks one, or has one twice.

        So is one that names a unit not quite as it should: passed over, the unit would be wrong.
        """
        names = [field.key for field in FIELDS]
        known = [*names, *(f"{name}{UNIT_SUFFIX}" for name in names)]
        lacking = [name for name in names if name not in columns]
        double = [name for name in known if columns.count(name) > 1]
        misnamed = [name for name in columns if name not in known and _seems_a_unit(name, names)]
        if lacking or double or misnamed:
            wrong = ", ".join(lacking + double + misnamed)
            raise AppError(ErrorCode.FILE_WRONG_COLUMNS, columns=wrong)
        place = {name: i for i, name in enumerate(columns)}
        return cls(
            width=len(columns),
            values={name: place[name] for name in names},
            units={name: place[unit] for name in names if (unit := name + UNIT_SUFFIX) in place},
            replaced=frozenset(i for i, name in enumerate(columns) if name in RESULT_COLUMNS),
        )

    def columns_of(self, rows: Rows) -> TableColumns:
        """Turn rows into columns; a row of another width is one of empty cells."""
        empty = [""] * self.width
        # One list, then every so manieth cell of it: quicker than `zip` of thousands of rows.
        cells = list(chain.from_iterable(row if len(row) == self.width else empty for row in rows))
        return TableColumns(
            {name: cells[i :: self.width] for name, i in self.values.items()},
            {name: cells[i :: self.width] for name, i in self.units.items()},
        )


def _seems_a_unit(column: str, names: Sequence[str]) -> bool:
    """Tell whether a column's name is nearly that of a unit: albumin_unit, Albumin__units."""
    stem, found, rest = column.casefold().rpartition("unit")
    return bool(found) and rest in ("", "s") and stem.rstrip(" _") in map(str.casefold, names)


def _scored(
    table: OpenTable, layout: _Layout, scorer: TableScorer
) -> Iterator[tuple[Rows, ScoredRows]]:
    """Yield rows with their scores; the scorer may read ahead while earlier rows are written."""
    waiting: deque[Rows] = deque()

    def read() -> Iterator[TableColumns]:
        for rows in table.chunks():
            waiting.append(rows)
            yield layout.columns_of(rows)

    for scored in scorer.score(read()):
        yield waiting.popleft(), scored


def _joined(
    rows: Rows, layout: _Layout, scored: ScoredRows, threshold: float
) -> Iterator[Sequence[str]]:
    """Yield each row with its results; `repr` writes a probability that reads back exactly."""
    words = {state: state.value for state in AnswerState}
    for row, probability, state, problems in zip(
        rows, scored.probabilities, scored.states, scored.problems, strict=True
    ):
        if len(row) != layout.width:
            results = ["", "", NO_ASSESSMENT, WRONG_CELL_COUNT]
            row = [*row, *[""] * layout.width][: max(len(row), layout.width)]
        elif probability is None or state is None:
            results = ["", "", NO_ASSESSMENT, problems]
        else:
            label = "1" if probability >= threshold else "0"
            results = [repr(probability), label, words[state], problems]
        if layout.replaced:
            row = [cell for i, cell in enumerate(row) if i not in layout.replaced]
        yield [*row, *results]
