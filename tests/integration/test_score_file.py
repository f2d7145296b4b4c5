"""`score`: the pipeline's bits, the form's rules and the person's own columns, file to file."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.application.ports import TableColumns
from desktop_app.application.scoring import ScoreSummary
from desktop_app.domain.assessment import answer, withheld_reasons
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.file_row import check_row
from desktop_app.domain.lab_panel import FIELDS, MIN_VALUES_FOR_ASSESSMENT, USED_FIELDS
from desktop_app.infrastructure.inference.table_scorer import BundledTableScorer
from tests.fakes.panels import ANY_TEXT, TEXTS
from tests.integration.scoring_files import NAMES, read_csv, score, shipped_model, write_csv

HOSTILE = [
    "", " ", "0", "-1", "-0", "1e5", "1e05", "1e005", ".5e1", "inf", "nan", "NaN", "None", "NULL",
    "1_000", "+5", "3,9", "1,234", "<0.3", "≥5", "12 ", "\t7", "５０", "٣", "²", "=1+1", "@SUM(A1)",
    "'; DROP TABLE", "𝟓", "\u200b5", "5\u00a0", "1.2.3", "..", ".", "5.", ".5", "0x10", "1/2",
    "흉수 없음", "no fluid", "9" * 24, "9" * 25, "9" * 400, "0.1000000000000000001", "1e-320",
    "\N{PILE OF POO}",
    "250000", "46", "0.10", "120", "18", "119.99999999999999", "4.9", "100000", "true",
    "\x7f", "--",
]  # fmt: skip
UNITS = ["", "10*3/uL", "/µL", "만", "g/L", "g/dL", "ukat/L", "U/L", "mg/dL", "mo", "d", "a", "x"]


def hostile_row(generator: random.Random) -> dict[str, str]:
    row = {}
    for field in FIELDS:
        kind = generator.random()
        low, high = float(field.refuse.low), float(field.refuse.high)
        if kind < 0.45:
            usual = field.usual
            row[field.key] = str(round(generator.uniform(float(usual.low), float(usual.high)), 1))
        elif kind < 0.6:
            row[field.key] = repr(generator.uniform(low, high))
        elif kind < 0.75:
            limits = (field.refuse, field.confirm, field.usual)
            row[field.key] = str(generator.choice([end for x in limits for end in (x.low, x.high)]))
        elif kind < 0.9:
            row[field.key] = TEXTS[field.key]
        else:
            row[field.key] = generator.choice(HOSTILE)
        if generator.random() < 0.1:
            row[f"{field.key}__unit"] = generator.choice(UNITS)
    return row


def columns_of(rows: list[dict[str, str]]) -> TableColumns:
    return TableColumns(
        {name: [row.get(name, "") for row in rows] for name in NAMES},
        {name: [row.get(f"{name}__unit", "") for row in rows] for name in NAMES},
    )


def assert_scored_as_the_form_would(rows: list[dict[str, str]]) -> None:
    """Compare the columns' way with the form's rules and the model's own answer, row by row."""
    model = shipped_model()
    columns = columns_of(rows)
    scored = BundledTableScorer(model).score(columns)
    for i in range(len(rows)):
        checked = check_row(
            {name: columns.values[name][i] for name in NAMES},
            {name: columns.units[name][i] for name in NAMES},
        )
        assert scored.problems[i] == ";".join(checked.problems), rows[i]
        if not checked.can_be_scored:
            assert (scored.probabilities[i], scored.states[i]) == (None, None), rows[i]
            continue
        assert scored.probabilities[i] == model.probability(checked.values), rows[i]
        result = model.evaluate(checked.values)
        threshold = model.identity.threshold
        used = sum(checked.values[field.key] is not None for field in USED_FIELDS)
        assert used >= MIN_VALUES_FOR_ASSESSMENT
        reasons = withheld_reasons(result, threshold=threshold, used_count=used)
        assert scored.states[i] is answer(result, threshold=threshold, reasons=reasons), rows[i]


def test_ten_thousand_hostile_rows_cause_no_error_and_keep_the_form_s_problems(
    tmp_path: Path,
) -> None:
    generator = random.Random(20261123)
    rows = [hostile_row(generator) for _ in range(10_000)]
    source = write_csv(
        tmp_path / "hostile.csv", rows, [*NAMES, *(f"{name}__unit" for name in NAMES)]
    )
    summary = score(source, tmp_path / "scored.csv")
    scored = read_csv(tmp_path / "scored.csv")
    assert summary.rows == len(scored) == 10_000
    for given_row, row in zip(rows, scored, strict=True):
        checked = check_row(
            {name: given_row[name] for name in NAMES},
            {name: given_row.get(f"{name}__unit", "") for name in NAMES},
        )
        assert row["problems"] == ";".join(checked.problems)
        assert (row["pred_proba"] != "") is checked.can_be_scored
        assert {name: row[name] for name in NAMES} == {name: given_row[name] for name in NAMES}


def test_the_columns_way_equals_the_form_s_way_to_the_bit() -> None:
    generator = random.Random(7)
    assert_scored_as_the_form_would([hostile_row(generator) for _ in range(400)])


@settings(max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries({name: st.one_of(st.just(TEXTS[name]), ANY_TEXT) for name in NAMES}),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_in_any_cell_is_scored_as_the_form_would(rows: list[dict[str, str]]) -> None:
    assert_scored_as_the_form_would(rows)


def test_every_probability_has_the_pipeline_s_bits(tmp_path: Path) -> None:
    model = shipped_model()
    generator = np.random.default_rng(324)
    bands = [model.bands[name] for name in model.base_features]
    table = generator.uniform([b.p1 for b in bands], [b.p99 for b in bands], (324, len(bands)))
    names = list(model.base_features)
    table[:, names.index("duration_of_asbestos_exposure")] = table[:, names.index("age")] * 0.5
    table[:, names.index("total_protein")] = 8.2
    protein = table[:, names.index("pleural_protein")]
    protein[:] = np.where(np.arange(324) < 30, 0, np.maximum(protein, 0.1))
    frame = pd.DataFrame(table, columns=names).astype(float)
    frame.to_csv(tmp_path / "given.csv", index=False)
    summary = score(tmp_path / "given.csv", tmp_path / "scored.csv")
    expected = model.bundle.pipeline.predict_proba(frame)[:, 1]
    scored = read_csv(tmp_path / "scored.csv")
    assert summary.scored == 324
    assert [float(row["pred_proba"]) for row in scored] == list(expected)
    assert [row["pred_label"] for row in scored] == [
        str(int(one >= model.identity.threshold)) for one in expected
    ]
    assert {row["state"] for row in scored} <= {"above", "below", "cannot_say"}


def test_other_columns_pass_through_and_units_are_heeded(tmp_path: Path) -> None:
    in_grams = {**TEXTS, "albumin": "39", "albumin__unit": "g/L", "note": '=HYPERLINK("x"), "a"\nb'}
    source = write_csv(
        tmp_path / "given.csv",
        [in_grams, {**TEXTS, "note": "성춘향"}],
        ["note", *NAMES, "albumin__unit"],
    )
    score(source, tmp_path / "scored.csv")
    first, second = read_csv(tmp_path / "scored.csv")
    assert list(first) == [
        "note", *NAMES, "albumin__unit", "pred_proba", "pred_label", "state", "problems",
    ]  # fmt: skip
    assert first["pred_proba"] == second["pred_proba"]
    assert (first["note"], first["albumin"]) == (in_grams["note"], "39")
    assert second["note"] == "성춘향"


def test_a_scored_file_can_be_scored_again(tmp_path: Path) -> None:
    score(write_csv(tmp_path / "given.csv", [TEXTS]), tmp_path / "once.csv")
    score(tmp_path / "once.csv", tmp_path / "twice.csv")
    assert (tmp_path / "twice.csv").read_bytes() == (tmp_path / "once.csv").read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_korean_files_are_read_in_each_encoding(
    tmp_path: Path, encoding: str, line_end: str
) -> None:
    lines = ["이름," + ",".join(NAMES), "홍길동," + ",".join(TEXTS[name] for name in NAMES), ""]
    (tmp_path / "given.csv").write_bytes(line_end.join(lines).encode(encoding))
    score(tmp_path / "given.csv", tmp_path / "scored.csv")
    assert (tmp_path / "scored.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    (row,) = read_csv(tmp_path / "scored.csv")
    assert row["이름"] == "홍길동"
    assert row["state"] in ("above", "below", "cannot_say")


def test_a_row_with_the_wrong_number_of_cells_is_named_and_not_scored(tmp_path: Path) -> None:
    good = ",".join(TEXTS[name] for name in NAMES)
    text = "\n".join([",".join(NAMES), good + ",7", good.rpartition(",")[0], "", good])
    (tmp_path / "given.csv").write_text(text, encoding="utf-8")
    summary = score(tmp_path / "given.csv", tmp_path / "scored.csv")
    assert summary == ScoreSummary(
        rows=3,
        scored=1,
        above=summary.above,
        below=summary.below,
        cannot_say=summary.cannot_say,
        unscored=2,
    )
    lines = (tmp_path / "scored.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].endswith(",7,,,no_assessment,row:cell_count")
    assert lines[2].endswith(",,,,no_assessment,row:cell_count")


def test_the_order_of_rows_survives_many_chunks(tmp_path: Path) -> None:
    rows = [{**TEXTS, "number": str(i), "albumin": str(2 + i % 20 / 10)} for i in range(20_000)]
    score(write_csv(tmp_path / "given.csv", rows, ["number", *NAMES]), tmp_path / "scored.csv")
    scored = read_csv(tmp_path / "scored.csv")
    assert [row["number"] for row in scored] == [str(i) for i in range(20_000)]
    by_albumin = {row["albumin"]: row["pred_proba"] for row in scored[:20]}
    assert all(row["pred_proba"] == by_albumin[row["albumin"]] for row in scored)


def test_a_file_without_rows_gives_one_without_rows(tmp_path: Path) -> None:
    summary = score(write_csv(tmp_path / "given.csv", []), tmp_path / "scored.csv")
    assert summary.rows == 0
    assert read_csv(tmp_path / "scored.csv") == []


def test_the_model_is_not_loaded_for_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    def load() -> BundledTableScorer:
        raise AssertionError("loaded")

    (tmp_path / "given.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(AppError) as refused:
        score(tmp_path / "given.csv", tmp_path / "scored.csv", load)
    assert refused.value.code is ErrorCode.FILE_WRONG_COLUMNS
