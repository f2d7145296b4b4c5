"""Two parts at the ends of a line, one below the other where large text leaves no room beside."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QWidget

_CHANGES = (QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.Resize)


class FoldingRow(QWidget):
    """The line asks for no more width than its wider part.

    It places its parts itself: of a layout of Qt's own nobody asks how high two lines are.
    """

    def __init__(self, left: QWidget, right: QWidget, spacing: int) -> None:
        super().__init__()
        self._left, self._right, self._spacing = left, right, spacing
        for part in (left, right):
            part.setParent(self)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(self._width_beside(), self.heightForWidth(self._width_beside()))

    def minimumSizeHint(self) -> QSize:
        widest = max(part.sizeHint().width() for part in (self._left, self._right))
        return QSize(widest, self.sizeHint().height())

    def heightForWidth(self, width: int) -> int:
        heights = (self._left.sizeHint().height(), self._right.sizeHint().height())
        return max(heights) if width >= self._width_beside() else sum(heights) + self._spacing

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() in _CHANGES:
            self._place()
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return handled

    def _place(self) -> None:
        left, right = self._left.sizeHint(), self._right.sizeHint()
        if self.width() >= self._width_beside():
            self._left.setGeometry(0, 0, left.width(), self.height())
            self._right.setGeometry(self.width() - right.width(), 0, right.width(), self.height())
        else:
            below = left.height() + self._spacing
            self._left.setGeometry(0, 0, left.width(), left.height())
            self._right.setGeometry(0, below, right.width(), right.height())

    def _width_beside(self) -> int:
        return self._left.sizeHint().width() + self._spacing + self._right.sizeHint().width()
