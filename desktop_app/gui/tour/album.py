"""What the tour leaves behind: numbered pictures, and a protocol of what was seen."""

import json
import time
from pathlib import Path
from typing import Any

from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_app.domain.errors import AppError, ErrorCode


class Album:
    """Numbers the steps; a step ends with its picture, if it has one."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in (*folder.glob("[0-9][0-9]-*.png"), folder / "report.pdf"):
                old.unlink(missing_ok=True)
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

    def write(self) -> None:
        """Write the protocol."""
        text = json.dumps(self._steps, ensure_ascii=False, indent=2)
        try:
            (self.folder / "tour.json").write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise AppError(ErrorCode.FILE_UNWRITABLE) from error


def _photograph(window: QWidget, top: QWidget) -> QPixmap:
    picture = window.grab()
    if top is not window:
        painter = QPainter(picture)
        # In the middle, where a window manager puts it; without a screen there is none.
        painter.drawPixmap(window.rect().center() - top.rect().center(), top.grab())
        painter.end()
    return picture
