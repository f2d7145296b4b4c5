"""Look through the write-ahead log before the library does, which skips damage without a word.

The library's recovery ends at the first frame whose checksum fails: right for a write that a power
cut ended, silent loss where a committed frame was damaged later. Frames of the present log carry
its salt, so that what follows a bad frame tells the two apart; each commit ends in two copies of
its last frame (connection.py), so that something follows even the last one. Format:
https://sqlite.org/fileformat.html
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path

_HEADER, _FRAME_HEADER = 32, 24
_MAGIC_LITTLE, _MAGIC_BIG = 0x377F0682, 0x377F0683
_MASK = 0xFFFFFFFF


class JournalState(Enum):
    """What recovery will find."""

    WHOLE = "whole"
    # The last transaction is not whole: a power cut while it was written, or damage since.
    TAIL_LOST = "tail_lost"
    # A transaction before the last is damaged, and all after it would be lost with it.
    DAMAGED = "damaged"


@dataclass(frozen=True)
class _Frame:
    page: int
    size_after_commit: int
    has_salt: bool
    is_valid: bool

    @property
    def is_commit(self) -> bool:
        return self.size_after_commit != 0


def inspect_journal(path: Path) -> JournalState:
    """Tell what recovery of this write-ahead log will find."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return JournalState.WHOLE
    if len(content) <= _HEADER:
        return JournalState.WHOLE
    order = _byte_order(content)
    if order is None:
        return JournalState.DAMAGED
    frames = list(_frames(content, order))
    first_bad = next((i for i, frame in enumerate(frames) if not frame.is_valid), len(frames))
    following = [frame for frame in frames[first_bad + 1 :] if frame.has_salt]
    if not following:
        return JournalState.WHOLE
    return JournalState.DAMAGED if _transactions(following) > 1 else JournalState.TAIL_LOST


def _byte_order(content: bytes) -> str | None:
    """Return how the log's checksums read words, None if its header is damaged."""
    order = {_MAGIC_LITTLE: "<", _MAGIC_BIG: ">"}.get(struct.unpack_from(">I", content)[0])
    if order is None or _checksum(content[:24], order, (0, 0)) != _stored(content, 24):
        return None
    return order


def _frames(content: bytes, order: str) -> Iterator[_Frame]:
    """Yield every frame of the file; valid are those up to the first break in the checksums."""
    page_size = struct.unpack_from(">I", content, 8)[0]
    salt = content[16:24]
    length = _FRAME_HEADER + page_size
    running: tuple[int, int] | None = _stored(content, 24)
    for start in range(_HEADER, len(content) - length + 1, length):
        page, size_after_commit = struct.unpack_from(">II", content, start)
        has_salt = content[start + 8 : start + 16] == salt
        if running is not None:
            running = _checksum(content[start : start + 8], order, running)
            running = _checksum(content[start + _FRAME_HEADER : start + length], order, running)
            if not has_salt or running != _stored(content, start + 16):
                running = None
        yield _Frame(page, size_after_commit, has_salt, running is not None)


def _transactions(frames: list[_Frame]) -> int:
    """Count transactions, the copies of a commit's last frame as one with it."""
    count = 1
    for before, frame in pairwise(frames):
        is_copy = frame.is_commit and frame.page == before.page
        count += before.is_commit and not is_copy
    return count


def _stored(content: bytes, start: int) -> tuple[int, int]:
    first, second = struct.unpack_from(">II", content, start)
    return first, second


def _checksum(content: bytes, order: str, running: tuple[int, int]) -> tuple[int, int]:
    first, second = running
    words = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for even, odd in zip(words, words, strict=True):
        first = (first + even + second) & _MASK
        second = (second + odd + first) & _MASK
    return first, second
