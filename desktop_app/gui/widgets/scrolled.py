"""Content that scrolls where the window is low or the text large."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from desktop_app.gui import theme


class Ground(QWidget):
    """What scrolls: as high as its wrapped texts need at the width it gets.

    `needs_changed` tells that something in it wants another size.
    """

    needs_changed = Signal()

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        layout = self.layout()
        if layout is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            needed = layout.totalHeightForWidth(self.width())
            self.setMinimumHeight(needed if needed > 0 else layout.totalSizeHint().height())
        if event.type() == QEvent.Type.LayoutRequest:
            self.needs_changed.emit()
        return handled


def scrolled(content: QWidget) -> QScrollArea:
    """Return an area around the content that scrolls down only and takes no keyboard itself."""
    area = QScrollArea()
    _wrap(area, content)
    return area


class ShrinkingArea(QScrollArea):
    """As high as its content needs; lower where there is no room, and then the keyboard scrolls it.

    It never gets lower than `least` design pixels.
    """

    def __init__(self, content: Ground, least: int) -> None:
        super().__init__()
        self._content, self._least = content, least
        _wrap(self, content)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        content.needs_changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), max(self._content.minimumHeight(), 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.sizeHint().height(), theme.px(self._least)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()
        is_cut = self._content.minimumHeight() > self.viewport().height()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_cut else Qt.FocusPolicy.NoFocus)


def _wrap(area: QScrollArea, content: QWidget) -> None:
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
