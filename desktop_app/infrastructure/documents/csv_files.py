"""CSV files, read a part at a time and written whole or not at all.

Read as UTF-8 with or without a byte-order mark, or CP949; written as UTF-8 with one. Cells pass
through as they are: a cell that a spreadsheet would take for a formula stays what it was.
"""

import codecs
import csv
import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from desktop_app.application.ports import OpenTable, TableRows
from desktop_app.domain.errors import AppError, ErrorCode, is_disk_full

ENCODINGS = ("utf-8-sig", "cp949")
MAX_MEGABYTES = 256
MAX_COLUMNS = 1000
LINES_A_CHUNK = 16384
_BLOCK = 1 << 20
_QUOTED_FOR = ',"\r\n'


class CsvFiles:
    """Reads and extends CSV files; fulfils TableFiles."""

    @contextmanager
    def read(self, source: Path) -> Iterator[OpenTable]:
        """Open a CSV file after a look at all its bytes."""
        try:
            if not source.is_file():
                raise AppError(ErrorCode.FILE_NOT_FOUND)
            encoding = _encoding_of(source)
            file = source.open(encoding=encoding, newline="")
        except OSError as error:
            raise AppError(ErrorCode.FILE_NOT_FOUND) from error
        try:
            with file:
                yield _CsvTable(file)
        except UnicodeDecodeError as error:
            # It was changed after the look at it.
            raise AppError(ErrorCode.FILE_NOT_TEXT) from error

    @contextmanager
    def extend(
        self, table: OpenTable, target: Path, columns: Sequence[str]
    ) -> Iterator[Callable[[TableRows, Sequence[Sequence[str]]], None]]:
        """Write beside the target, then put the finished file in its place."""
        try:
            if target.exists() and not target.is_file():
                # A folder; or a device or a pipe, whose name the finished file would take away.
                raise AppError(ErrorCode.FILE_UNWRITABLE)
            file = NamedTemporaryFile(  # noqa: SIM115 - left open until it is whole
                "w",
                encoding="utf-8-sig",
                newline="",
                dir=target.parent,
                prefix=f".{target.name}.",
                suffix=".part",
                delete=False,
            )
        except OSError as error:
            raise _unwritable(error) from error
        part = Path(file.name)
        try:
            kept = [name for name in table.columns if name not in columns]
            replaced = {i for i, name in enumerate(table.columns) if name in columns}

            def write_lines(lines: Iterable[str]) -> None:
                # As one text: the file would encode and count each line on its own.
                with _speaking_of_space():
                    file.write("\r\n".join([*lines, ""]))

            def write(rows: TableRows, added: Sequence[Sequence[str]]) -> None:
                cells = zip(rows.as_lines(without=replaced), *map(_quoted, added), strict=True)
                write_lines(map(",".join, cells))

            write_lines([_line_of([*kept, *columns])])
            yield write
            with _speaking_of_space():
                file.flush()
                os.fsync(file.fileno())
                file.close()
                part.chmod(0o666 & ~_umask())
                part.replace(target)
        finally:
            with suppress(OSError):
                file.close()
            part.unlink(missing_ok=True)


class _CsvTable:
    """An open file, behind its first line that is not blank."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._lines_read = 0
        first: list[str] | None = []
        while first == []:
            first = self._parse(file)
        if first is None:
            raise AppError(ErrorCode.FILE_EMPTY)
        self.columns = tuple(name.strip() for name in first)
        if len(self.columns) > MAX_COLUMNS:
            raise AppError(ErrorCode.FILE_TOO_LARGE, limit=str(MAX_COLUMNS))

    def chunks(self) -> Iterator[TableRows]:
        """Yield rows in their order; blank lines are none."""
        width, longest = len(self.columns), csv.field_size_limit()
        while lines := list(islice(self._file, LINES_A_CHUNK)):
            rows = _Rows(width, [], {})
            following = iter(lines)
            for line in following:
                if line.count(",") == width - 1 and '"' not in line and len(line) <= longest:
                    self._lines_read += 1
                    rows.lines.append(line.rstrip("\r\n"))
                elif row := self._parse(chain([line], following, self._file)):
                    rows.add_parsed(row)
            if rows.lines:
                yield rows

    def _parse(self, lines: Iterator[str]) -> list[str] | None:
        """Read one row, as many lines as it takes; empty if that is blank, None at the end."""
        reader = csv.reader(lines)
        try:
            row = next(reader, None)
        except csv.Error as error:
            line = self._lines_read + reader.line_num
            raise AppError(ErrorCode.FILE_LINE_UNREADABLE, line=line) from error
        self._lines_read += reader.line_num
        return row


@dataclass(frozen=True)
class _Rows:
    """Rows as the lines that will be written, and by number those that a parser had to read."""

    width: int
    lines: list[str]
    parsed: dict[int, list[str]]

    def add_parsed(self, row: list[str]) -> None:
        """Add a row that a parser had to read."""
        self.parsed[len(self.lines)] = row
        self.lines.append(_line_of(self._filled(row)))

    @property
    def uneven(self) -> Sequence[int]:
        """Return which rows have another number of cells than the table."""
        return [i for i, row in self.parsed.items() if len(row) != self.width]

    def column(self, place: int) -> Sequence[str]:
        """Return the cells of one column; an uneven row has only empty ones."""
        cells = self._cells[place :: self.width]
        for i, row in self.parsed.items():
            cells[i] = row[place] if len(row) == self.width else ""
        return cells

    def as_lines(self, *, without: Set[int]) -> Iterable[str]:
        """Return the rows as they are written, without some columns."""
        if not without:
            return self.lines
        rows = (self.parsed.get(i) or line.split(",") for i, line in enumerate(self.lines))
        return (
            _line_of([cell for i, cell in enumerate(self._filled(row)) if i not in without])
            for row in rows
        )

    @cached_property
    def _cells(self) -> list[str]:
        """Return the cells of all rows in one list, nothing for those that were parsed."""
        nothing = "," * (self.width - 1)
        lines = [nothing if i in self.parsed else line for i, line in enumerate(self.lines)]
        return ",".join(lines).split(",")

    def _filled(self, row: list[str]) -> list[str]:
        return [*row, *[""] * (self.width - len(row))]


def _encoding_of(source: Path) -> str:
    """Return the encoding in which every byte can be read; refuse what is no text."""
    with source.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise AppError(ErrorCode.FILE_EMPTY)
        if size > MAX_MEGABYTES << 20:
            raise AppError(ErrorCode.FILE_TOO_LARGE, limit=f"{MAX_MEGABYTES} MB")
        for encoding in ENCODINGS:
            file.seek(0)
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                while block := file.read(_BLOCK):
                    if b"\0" in block:
                        raise AppError(ErrorCode.FILE_NOT_TEXT)
                    decoder.decode(block)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return encoding
    raise AppError(ErrorCode.FILE_NOT_TEXT)


def _line_of(cells: Sequence[str]) -> str:
    """Write cells as one line without its end, quoted where they have to be."""
    text = StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().removesuffix("\r\n")


def _quoted(cells: Sequence[str]) -> Sequence[str]:
    """Quote the cells of a column that have to be; mostly none has."""
    whole = "".join(cells)
    if not any(sign in whole for sign in _QUOTED_FOR):
        return cells
    return [cell and _line_of([cell]) for cell in cells]


@contextmanager
def _speaking_of_space() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> AppError:
    is_full = is_disk_full(error) or error.errno == errno.EFBIG
    return AppError(ErrorCode.DISK_FULL if is_full else ErrorCode.FILE_UNWRITABLE)


def _umask() -> int:
    """Return the process's mask for new files, which a temporary file does not heed."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
