"""Content that scrolls where the window is low or the text large."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


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
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area
