"""A chip that states something in icon, word and colour."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.gui.widgets.painting import ChipLook, chip_size, paint_chip


class Chip(QWidget):
    """A look and a text; it is as wide as they are."""

    def __init__(self, look: ChipLook, text: str, *, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_text(look, text)

    def show_text(self, look: ChipLook, text: str) -> None:
        """State this."""
        self._look, self._text = look, text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        size = chip_size(self._text)
        return QSize(round(size.width() + 1), round(size.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._look, self._text)
        painter.end()
