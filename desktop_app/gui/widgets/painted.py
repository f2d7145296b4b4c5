"""The base of widgets that paint themselves and say one full sentence to a screen reader."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.gui import theme


class Painted(QWidget):
    """A widget with one size hint, painted from tokens, described by one sentence."""

    design_size = QSize(200, 24)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def describe(self, sentence: str) -> None:
        """Say the whole picture in one sentence for a screen reader, and draw anew."""
        self.setAccessibleName(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self.design_size.width()), theme.px(self.design_size.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(self.design_size.width()) // 2, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter)
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """Paint the picture; subclasses say how."""
        raise NotImplementedError
