"""The steps of the assistant, one below the other: done, present, to come."""

from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.text_painting import paint_text

_STEP_HEIGHT = 54
_CIRCLE = 28


class Step(NamedTuple):
    """A step's name and the small line below it."""

    title: str
    line: str


class StepList(QWidget):
    """Paints the steps; a screen reader hears which one is present."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[Step, ...] = ()
        self._present = 0

    def show_steps(self, steps: tuple[Step, ...], present: int) -> None:
        """Show the steps, the present one by its index."""
        self._steps, self._present = steps, present
        self.setFixedHeight(theme.px(_STEP_HEIGHT) * len(steps))
        self.setAccessibleName(
            tr(
                "first_run.steps_sentence",
                n=present + 1,
                all=len(steps),
                step=steps[present].title,
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(220), theme.px(_STEP_HEIGHT) * len(self._steps))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(len(self._steps)):
            self._paint_step(painter, index)
        painter.end()

    def _paint_step(self, painter: QPainter, index: int) -> None:
        px, step = theme.px, self._steps[index]
        top = px(_STEP_HEIGHT) * index
        is_done, is_present = index < self._present, index == self._present
        circle = QRectF(1, top + 1, px(_CIRCLE) - 2, px(_CIRCLE) - 2)
        if index + 1 < len(self._steps):
            painter.setPen(QPen(theme.color("acc" if is_done else "line2"), 2))
            middle = circle.center().x()
            painter.drawLine(
                round(middle), round(circle.bottom() + 4), round(middle), top + px(_STEP_HEIGHT) - 4
            )
        painter.setPen(QPen(theme.color("acc" if is_done or is_present else "ctl"), 1.5))
        painter.setBrush(theme.color("accSolid" if is_done else "surface"))
        painter.drawEllipse(circle)
        if is_done:
            size = 16
            offset = (circle.width() - px(size)) / 2
            theme.paint_icon(
                painter, circle.left() + offset, circle.top() + offset, "check", "onacc", size
            )
        else:
            ink = "acc" if is_present else "t2"
            centre = Qt.AlignmentFlag.AlignHCenter
            paint_text(painter, circle, str(index + 1), "strong", ink, centre)
        left = px(_CIRCLE) + px(12)
        wide = self.width() - left
        role = "strong" if is_present else "body"
        height = px(20) if step.line else px(_CIRCLE)
        paint_text(painter, QRectF(left, top, wide, height), step.title, role)
        line = QRectF(left, top + px(19), wide, px(18))
        paint_text(painter, line, step.line, "small", "t2")
