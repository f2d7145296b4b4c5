"""CSV files: what stands in them is read and copied cell by cell, however they are written."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.documents import csv_files
from desktop_app.infrastructure.documents.csv_files import CsvFiles

NAMES = ("first", "state", "last")
# The file is read as strict UTF-8, and one with a NUL in it is no text.
CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=8
) | st.sampled_from(["", " ", ",", '"', '""', "\n", "\r", "\r\n", "a,b", 'a"b', "\u2028", "=1+1"])
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12)


def copy(source: Path, target: Path, added: str, *names: str) -> list[int]:
    """Copy a table with columns that hold a text and the row's number; return the uneven rows."""
    files, uneven, number = CsvFiles(), [], 0
    with files.read(source) as table, files.extend(table, target, names) as write:
        for rows in table.chunks():
            count = len(rows.column(0))
            uneven += [number + row for row in rows.uneven]
            numbered = [f"{added}{number + row}" for row in range(count)]
            write(rows, [numbered for _ in names])
            number += count
    return uneven


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@given(TABLES, st.booleans(), st.integers(1, 4), CELLS)
def test_any_cells_are_read_and_copied_whatever_part_of_the_file_they_fall_in(
    table: list[tuple[str, str, str]], all_quoted: bool, lines_a_chunk: int, added: str
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_files, "LINES_A_CHUNK", lines_a_chunk)
        source, target = Path(folder, "given.csv"), Path(folder, "copy.csv")
        with source.open("w", encoding="utf-8", newline="") as file:
            plain, quoted = csv.writer(file), csv.writer(file, quoting=csv.QUOTE_ALL)
            (quoted if all_quoted else plain).writerows([NAMES, *table])
        with CsvFiles().read(source) as opened:
            parts = [[rows.column(place) for place in range(3)] for rows in opened.chunks()]
        copy(source, target, added, "state", "number")
        copied = read(target)
    assert [row for part in parts for row in zip(*part, strict=True)] == table
    assert copied[0] == ["first", "last", "state", "number"]
    assert copied[1:] == [
        [first, last, f"{added}{number}", f"{added}{number}"]
        for number, (first, _, last) in enumerate(table)
    ]


@pytest.mark.parametrize("lines_a_chunk", [1, 2, 3, 100])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_without_quotes_are_copied_as_they_are_and_blank_ones_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines_a_chunk: int, end: str
) -> None:
    monkeypatch.setattr(csv_files, "LINES_A_CHUNK", lines_a_chunk)
    lines = ["", "first,state,last", "1, a ,2", "", "3,=b,", '"4",",",6', "7,8", "", "1,2,3,4", ""]
    (tmp_path / "given.csv").write_bytes(end.join(lines).encode())
    assert copy(tmp_path / "given.csv", tmp_path / "copy.csv", "n", "number") == [3, 4]
    assert (tmp_path / "copy.csv").read_bytes().decode("utf-8-sig").split("\r\n") == [
        "first,state,last,number", "1, a ,2,n0", "3,=b,,n1", '4,",",6,n2', "7,8,,n3",
        "1,2,3,4,n4", "",
    ]  # fmt: skip


@pytest.mark.parametrize("lines_a_chunk", [1, 3, 100])
def test_the_line_of_a_cell_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines_a_chunk: int
) -> None:
    monkeypatch.setattr(csv_files, "LINES_A_CHUNK", lines_a_chunk)
    lines = ["a,b", "1,2", '"3\n4",5', "6,7", f"8,{'9' * 200_000}"]
    (tmp_path / "given.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(AppError) as refused:
        copy(tmp_path / "given.csv", tmp_path / "copy.csv", "", "c")
    assert refused.value.code is ErrorCode.FILE_LINE_UNREADABLE
    assert refused.value.context == {"line": 6}
