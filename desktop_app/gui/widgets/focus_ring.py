"""The focus ring of buttons: two pixels wide, with a gap of two around them."""

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFocusFrame,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QWidget,
)
from shiboken6 import isValid

from desktop_app.gui import theme

_REACH = 4


class _RingStyle(QProxyStyle):
    """Makes room for the ring around the focused widget."""

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        if metric in (
            QStyle.PixelMetric.PM_FocusFrameHMargin,
            QStyle.PixelMetric.PM_FocusFrameVMargin,
        ):
            return _REACH
        return super().pixelMetric(metric, option, widget)


class _Frame(QFocusFrame):
    """The ring itself; as a child of the window it stands in, it goes with that window."""

    def __init__(self) -> None:
        super().__init__()
        self._style = _RingStyle("Fusion")
        self.setStyle(self._style)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("focus"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class FocusRing(QObject):
    """One ring for the application; it follows the keyboard from button to button."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._has_ended = False
        self.frame = _Frame()
        app.focusChanged.connect(self._on_focus_changed)

    def end(self) -> None:
        """Follow no more: a window that is being destroyed still passes the focus on."""
        self._has_ended = True
        if isValid(self.frame):
            self._surround(None)

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._has_ended:
            return
        if not isValid(self.frame):
            self.frame = _Frame()
        self._surround(new if isinstance(new, QAbstractButton) else None)

    def _surround(self, button: QAbstractButton | None) -> None:
        self.frame.setWidget(button)  # type: ignore[arg-type] # PySide's stub forgets None
