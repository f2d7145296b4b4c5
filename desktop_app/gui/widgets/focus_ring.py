"""The focus ring of buttons: two pixels wide, with a gap of two around them."""

from PySide6.QtCore import QRectF, Qt
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


class FocusRing(QFocusFrame):
    """One ring for the application; it follows the keyboard from button to button."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._has_ended = False
        self._style = _RingStyle("Fusion")
        self.setStyle(self._style)
        app.focusChanged.connect(self._on_focus_changed)

    def end(self) -> None:
        """Follow no more: a window that is being destroyed still passes the focus on."""
        self._on_focus_changed(None, None)
        self._has_ended = True

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._has_ended:
            return
        # PySide's stub forgets that None takes the frame away.
        self.setWidget(new if isinstance(new, QAbstractButton) else None)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("focus"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()
