"""The chip that says how far a record got on its way to the server."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.exchange import Delivery
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.painting import ChipLook, chip_size, paint_chip

_LOOKS = {
    Delivery.WAITING: ChipLook("clock-3", "t2"),
    Delivery.CONFIRMED: ChipLook("check", "ok"),
    Delivery.REFUSED: ChipLook("octagon-x", "err", "errSoft", "errLine"),
    Delivery.CONFLICT: ChipLook("git-compare", "warn", "warnSoft", "warnLine"),
}
_TEXT_KEYS = {
    Delivery.WAITING: "common.waiting",
    Delivery.CONFIRMED: "common.confirmed",
    Delivery.REFUSED: "common.refused",
    Delivery.CONFLICT: "common.conflict",
}


def sync_text(state: Delivery) -> str:
    """Return the word of a state."""
    return tr(_TEXT_KEYS[state])


def paint_sync_chip(painter: QPainter, rect: QRectF, state: Delivery) -> None:
    """Draw a state's chip at the left of a rectangle."""
    paint_chip(painter, rect, _LOOKS[state], sync_text(state))


class SyncChip(QWidget):
    """A record's state of sending in icon, word and colour."""

    def __init__(self, state: Delivery = Delivery.WAITING, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(state)

    def show_state(self, state: Delivery) -> None:
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
