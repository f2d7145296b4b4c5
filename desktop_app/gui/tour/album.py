"""What the tour leaves behind: numbered pictures, and a protocol of what was seen."""

import json
import re
import time
from pathlib import Path
from typing import Any

from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.domain.errors import AppError, ErrorCode

REPORT = "report.pdf"
_PROTOCOL = "tour.json"
_PICTURE = re.compile("[0-9]{2}-[a-z-]+[.]png")


class Album:
    """Numbers the steps; a step ends with its picture, if it has one.

    An earlier tour's pictures and report go from the folder first; FILE_UNWRITABLE where some of
    those names are not an earlier tour's.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in _names_of_earlier_tour(folder):
                (folder / name).unlink(missing_ok=True)
            if any(one.name == REPORT or _PICTURE.fullmatch(one.name) for one in folder.iterdir()):
                raise AppError(ErrorCode.FILE_UNWRITABLE)
        except OSError as error:
            raise AppError(ErrorCode.FILE_UNWRITABLE) from error
        self.folder = folder
        self._steps: list[dict[str, Any]] = []
        self._began = time.monotonic()

    @property
    def pictures(self) -> tuple[str, ...]:
        """Return the names of the pictures so far."""
        return tuple(step["picture"] for step in self._steps if step["picture"])

    def keep(self, step: str, window: QWidget, top: QWidget, saw: dict[str, str]) -> None:
        """Picture the window, with the dialog that asks over it, and note what was seen."""
        picture = f"{len(self.pictures) + 1:02}-{step}.png"
        shown = _photograph(window, top)
        if not shown.save(str(self.folder / picture)):
            raise AppError(ErrorCode.FILE_UNWRITABLE)
        self._note(step, picture, {"title": window.windowTitle(), **saw})

    def note(self, step: str, saw: dict[str, str]) -> None:
        """Note a step that has no picture."""
        self._note(step, "", saw)

    def _note(self, step: str, picture: str, saw: dict[str, str]) -> None:
        now = time.monotonic()
        spent = round((now - self._began) * 1000)
        self._began = now
        self._steps.append({"step": step, "milliseconds": spent, "picture": picture, "saw": saw})
        # At each step: a tour that was killed has to be known for one by the next.
        self.write()

    def write(self) -> None:
        """Write the protocol."""
        text = json.dumps(self._steps, ensure_ascii=False, indent=2)
        try:
            (self.folder / _PROTOCOL).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise AppError(ErrorCode.FILE_UNWRITABLE) from error


def _names_of_earlier_tour(folder: Path) -> list[str]:
    """Return what the protocol of an earlier tour names: nothing where there is none."""
    try:
        steps = json.loads((folder / _PROTOCOL).read_bytes())
        names = [str(step["picture"]) for step in steps]
    except (FileNotFoundError, ValueError, TypeError, KeyError, RecursionError):
        return []
    return [REPORT, *filter(_PICTURE.fullmatch, names)]


def _photograph(window: QWidget, top: QWidget) -> QPixmap:
    picture = window.grab()
    if top is not window:
        painter = QPainter(picture)
        # In the middle, where a window manager puts it; without a screen there is none.
        painter.drawPixmap(window.rect().center() - top.rect().center(), top.grab())
        painter.end()
    return picture
