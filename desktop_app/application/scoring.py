"""Score a file: each row checked by the rules of the form, scored, and written with its problems.

Columns are named by base feature; `NAME__unit` beside one names its unit. All other columns pass
through unchanged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.application.ports import (
    ScoredRows,
    TableColumns,
    TableFiles,
    TableRows,
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
    if _is_same(source, target):
        raise AppError(ErrorCode.SAME_FILE)
    with files.read(source) as table:
        layout = _Layout.of(table.columns)
        scorer = load_scorer()
        counts = dict.fromkeys((*AnswerState, None), 0)
        with files.extend(table, target, RESULT_COLUMNS) as write:
            for rows in table.chunks():
                scored = scorer.score(layout.columns_of(rows))
                for state in counts:
                    counts[state] += scored.states.count(state)
                write(rows, _results(rows, scored, scorer.threshold))
    unscored = counts.pop(None)
    return ScoreSummary(
        rows=sum(counts.values()) + unscored,
        scored=sum(counts.values()),
        above=counts[AnswerState.ABOVE],
        below=counts[AnswerState.BELOW],
        cannot_say=counts[AnswerState.CANNOT_SAY],
        unscored=unscored,
    )


def _is_same(source: Path, target: Path) -> bool:
    try:
        return target.samefile(source)
    except OSError:  # one of them is not there, or nobody may look; who opens it says so
        return False


@dataclass(frozen=True)
class _Layout:
    """Where the values and their units stand in a row."""

    values: dict[str, int]
    units: dict[str, int]

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
            values={name: place[name] for name in names},
            units={name: place[unit] for name in names if (unit := name + UNIT_SUFFIX) in place},
        )

    def columns_of(self, rows: TableRows) -> TableColumns:
        """Pick the columns that count."""
        return TableColumns(
            {name: rows.column(place) for name, place in self.values.items()},
            {name: rows.column(place) for name, place in self.units.items()},
        )


def _seems_a_unit(column: str, names: Sequence[str]) -> bool:
    """Tell whether a column's name is nearly that of a unit: albumin_unit, Albumin__units."""
    stem, found, rest = column.casefold().rpartition("unit")
    return bool(found) and rest in ("", "s") and stem.rstrip(" _") in map(str.casefold, names)


def _results(rows: TableRows, scored: ScoredRows, threshold: float) -> list[list[str]]:
    """Return the cells of the result columns.

    `repr` writes a probability that reads back exactly. A row of another width than the table's
    reads as one of empty cells, which cannot be scored; that its cells are too many or too few is
    all there is to say.
    """
    words = {None: NO_ASSESSMENT} | {state: state.value for state in AnswerState}
    probabilities = ["" if one is None else repr(one) for one in scored.probabilities]
    labels = ["" if one is None else "01"[one >= threshold] for one in scored.probabilities]
    states = [words[state] for state in scored.states]
    problems = list(scored.problems)
    for row in rows.uneven:
        problems[row] = WRONG_CELL_COUNT
    return [probabilities, labels, states, problems]
