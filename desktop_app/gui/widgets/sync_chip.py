"""The chip that says how far a record got on its way to the server."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.painting import ChipLook, chip_size, paint_chip

SyncState = Literal["waiting", "confirmed", "refused", "conflict"]

_LOOKS: dict[SyncState, ChipLook] = {
    "waiting": ChipLook("clock-3", "t2"),
    "confirmed": ChipLook("check", "ok"),
    "refused": ChipLook("octagon-x", "err", "errSoft", "errLine"),
    "conflict": ChipLook("git-compare", "warn", "warnSoft", "warnLine"),
}
_TEXT_KEYS: dict[SyncState, str] = {
    "waiting": "common.waiting",
    "confirmed": "common.confirmed",
    "refused": "common.refused",
    "conflict": "common.conflict",
}


def sync_text(state: SyncState) -> str:
    """Return the word of a state."""
    return tr(_TEXT_KEYS[state])


def paint_sync_chip(painter: QPainter, rect: QRectF, state: SyncState) -> None:
    """Draw a state's chip at the left of a rectangle."""
    paint_chip(painter, rect, _LOOKS[state], sync_text(state))


class SyncChip(QWidget):
    """A record's state of sending in icon, word and colour."""

    def __init__(self, state: SyncState = "waiting", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(state)

    def show_state(self, state: SyncState) -> None:
        """State this."""
        self.state = state
        self.setAccessibleName(sync_text(state))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        size = chip_size(sync_text(self.state))
        return QSize(round(size.width() + 1), round(size.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_sync_chip(painter, QRectF(self.rect()), self.state)
        painter.end()
