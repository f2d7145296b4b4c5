"""A slider over the prevalence of the disease, 0.5 to 40 % on a logarithmic scale."""

from math import exp, log

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.domain.clinic import PREVALENCE_HIGH, PREVALENCE_LOW
from desktop_app.gui import theme
from desktop_app.gui.texts import format_number
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_TICKS = (0.01, 0.02, 0.05, 0.1)
_STEPS = 60  # from one end to the other by the arrow keys
_SPAN = log(PREVALENCE_HIGH / PREVALENCE_LOW)


def _share(prevalence: float) -> float:
    return log(prevalence / PREVALENCE_LOW) / _SPAN


class PrevalenceDial(Painted):
    """Moving it asks "what if"; nothing is stored."""

    prevalence_changed = Signal(float)
    design_size = QSize(300, 44)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._prevalence = 0.05
        self._training = 0.3
        self._training_text = ""

    @property
    def prevalence(self) -> float:
        """Return where the dial stands, 0 to 1."""
        return self._prevalence

    def show_scale(self, prevalence: float, training: float, training_text: str) -> None:
        """Preset the dial and mark the share among the training records."""
        self._training, self._training_text = training, training_text
        self._prevalence = min(PREVALENCE_HIGH, max(PREVALENCE_LOW, prevalence))
        self.update()

    def _move_to(self, share: float) -> None:
        exact = PREVALENCE_LOW * exp(min(1.0, max(0.0, share)) * _SPAN)
        rounded = float(f"{exact:.2g}")
        if rounded != self._prevalence:
            self._prevalence = rounded
            self.update()
            self.prevalence_changed.emit(rounded)

    def _line(self) -> tuple[float, float]:
        return theme.px(8), self.width() - theme.px(16)

    def draw(self, painter: QPainter) -> None:
        start, length = self._line()
        y = float(theme.px(12))

        def x(prevalence: float) -> float:
            return start + _share(prevalence) * length

        painter.setPen(QPen(theme.color("ctl"), 2))
        painter.drawLine(QPointF(start, y), QPointF(start + length, y))
        marks = [(tick, f"{format_number(tick * 100)}%") for tick in _TICKS]
        marks.append((self._training, self._training_text))
        for prevalence, text in marks:
            tall = theme.px(6 if text is self._training_text else 3)
            painter.setPen(QPen(theme.color("t1" if tall > theme.px(3) else "ctl"), 2))
            painter.drawLine(QPointF(x(prevalence), y - tall), QPointF(x(prevalence), y + tall))
            wide = text_width(text, "small") + 1
            left = min(x(prevalence) - wide / 2, self.width() - wide)
            paint_text(painter, QRectF(left, y + theme.px(8), wide, theme.px(20)), text, ink="t2")
        painter.setPen(QPen(theme.color("surface"), 2))
        painter.setBrush(theme.color("accSolid"))
        knob = QPointF(x(self._prevalence), y)
        painter.drawEllipse(knob, theme.px(8), theme.px(8))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawEllipse(knob, theme.px(8) + 2, theme.px(8) + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -6,
            Qt.Key.Key_PageUp: 6,
            Qt.Key.Key_Home: -_STEPS,
            Qt.Key.Key_End: _STEPS,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._move_to(_share(self._prevalence) + step / _STEPS)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        start, length = self._line()
        self._move_to((event.position().x() - start) / length)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
