"""CSV files, read a part at a time and written whole or not at all.

Read as UTF-8 with or without a byte-order mark, or CP949; written as UTF-8 with one. Cells pass
through as they are: a cell that a spreadsheet would take for a formula stays what it was.
"""

import codecs
import csv
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from desktop_app.application.ports import OpenTable, Rows
from desktop_app.domain.errors import AppError, ErrorCode

ENCODINGS = ("utf-8-sig", "cp949")
MAX_MEGABYTES = 256
MAX_COLUMNS = 1000
ROWS_A_CHUNK = 8192
_BLOCK = 1 << 20
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class CsvFiles:
    """Reads and writes CSV; fulfils TableFiles."""

    @contextmanager
    def read(self, source: Path) -> Iterator[OpenTable]:
        """Open a CSV file after a look at all its bytes."""
        if not source.is_file():
            raise AppError(ErrorCode.FILE_NOT_FOUND)
        try:
            encoding = _encoding_of(source)
            file = source.open(encoding=encoding, newline="")
        except OSError as error:
            raise AppError(ErrorCode.FILE_NOT_FOUND) from error
        with file:
            yield _CsvTable.begin(csv.reader(file))

    @contextmanager
    def write(self, target: Path, columns: Sequence[str]) -> Iterator[Callable[[Rows], None]]:
        """Write beside the target, then put the finished file in its place."""
        if target.is_dir():
            raise AppError(ErrorCode.FILE_UNWRITABLE)
        try:
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

            def write_rows(rows: Rows) -> None:
                # As one text: the file would encode and count each row on its own.
                text = StringIO(newline="")
                csv.writer(text).writerows(rows)
                with _speaking_of_space():
                    file.write(text.getvalue())

            write_rows([columns])
            yield write_rows
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


@dataclass(frozen=True)
class _CsvTable:
    """The names in the first line, and the reader that stands behind it."""

    columns: tuple[str, ...]
    _reader: Any

    @classmethod
    def begin(cls, reader: Any) -> "_CsvTable":
        """Read the first line that is not blank."""
        with _speaking_of_lines(reader):
            first = next((row for row in reader if row), None)
        if first is None:
            raise AppError(ErrorCode.FILE_EMPTY)
        columns = tuple(name.strip() for name in first)
        if len(columns) > MAX_COLUMNS:
            raise AppError(ErrorCode.FILE_TOO_LARGE, limit=str(MAX_COLUMNS))
        return cls(columns, reader)

    def chunks(self) -> Iterator[Rows]:
        """Yield rows in their order; blank lines are none."""
        while True:
            with _speaking_of_lines(self._reader):
                rows = list(islice(self._reader, ROWS_A_CHUNK))
            if not rows:
                return
            if not all(rows):
                rows = [row for row in rows if row]
            if rows:
                yield rows


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


@contextmanager
def _speaking_of_lines(reader: Any) -> Iterator[None]:
    try:
        yield
    except (csv.Error, UnicodeDecodeError) as error:
        raise AppError(ErrorCode.FILE_LINE_UNREADABLE, line=reader.line_num + 1) from error


@contextmanager
def _speaking_of_space() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unwritable(error) from error


def _unwritable(error: OSError) -> AppError:
    return AppError(ErrorCode.DISK_FULL if error.errno in _NO_SPACE else ErrorCode.FILE_UNWRITABLE)


def _umask() -> int:
    """Return the process's mask for new files, which a temporary file does not heed."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
