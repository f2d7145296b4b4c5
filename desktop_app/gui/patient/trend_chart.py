"""The painted chart of a course: range bars, marks, threshold, changes of model and dates."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import theme
from desktop_app.gui.patient.course import (
    FIELDS,
    Course,
    CoursePoint,
    Measure,
    date_ticks,
    is_first_of_month,
    time_span,
    value_axis,
)
from desktop_app.gui.patient.words import figure_of, point_sentence, tick_text
from desktop_app.gui.texts import format_number, format_probability, tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.painting import LOOKS, paint_mark
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_RIGHT = Qt.AlignmentFlag.AlignRight
_CENTRE = Qt.AlignmentFlag.AlignHCenter
_REACH = 18
_LABEL_GAP = 44


@dataclass(frozen=True)
class _Frame:
    """Where the plot lies and what its edges mean."""

    plot: QRectF
    first: float
    last: float
    top: float
    step: float

    def x(self, ordinal: float) -> float:
        return self.plot.left() + (ordinal - self.first) / (self.last - self.first) * (
            self.plot.width()
        )

    def y(self, value: float) -> float:
        return self.plot.bottom() - min(value, self.top) / self.top * self.plot.height()

    def place(self, point: CoursePoint) -> QPointF:
        return QPointF(self.x(point.ordinal), self.y(point.value))


class TrendChart(Painted):
    """A course; Left and Right move from point to point, Enter opens the assessment."""

    point_selected = Signal(object)
    opened = Signal()
    design_size = QSize(560, 240)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trend_chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._course: Course | None = None
        self._selected: RecordId | None = None

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(280), theme.px(190))

    def show_course(self, course: Course, sentence: str) -> None:
        """Show a course; the sentence says all of it to a screen reader."""
        self._course = course
        self.describe(sentence)

    def select(self, assessment_id: RecordId | None) -> None:
        """Mark an assessment's point, without telling about it."""
        self._selected = assessment_id
        at = self._place_of_selected()
        if self._course is not None and at is not None:
            self.setAccessibleDescription(point_sentence(self._course, self._course.points[at]))
        self.update()

    # -- keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self._course.points) if self._course else 0
        at = self._place_of_selected()
        steps = {
            Qt.Key.Key_Left: (count if at is None else at) - 1,
            Qt.Key.Key_Right: 0 if at is None else at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        if event.key() in steps and count:
            self._choose(min(count - 1, max(0, steps[Qt.Key(event.key())])))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = self._point_at(event.position())
        if at is not None:
            self._choose(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._point_at(event.position()) is not None:
            self.opened.emit()

    def _choose(self, at: int) -> None:
        if self._course is not None:
            chosen = self._course.points[at].assessment_id
            self.select(chosen)
            self.point_selected.emit(chosen)

    def _point_at(self, position: QPointF) -> int | None:
        if self._course is None or not self._course.points:
            return None
        frame = self._frame(self._course)
        distances = [
            ((frame.place(point) - position).manhattanLength(), at)
            for at, point in enumerate(self._course.points)
        ]
        nearest, at = min(distances)
        return at if nearest <= theme.px(_REACH) else None

    def _place_of_selected(self) -> int | None:
        points = self._course.points if self._course else ()
        return next(
            (at for at, point in enumerate(points) if point.assessment_id == self._selected), None
        )

    # -- painting

    def draw(self, painter: QPainter) -> None:
        course = self._course
        if course is None or not course.points:
            return
        frame = self._frame(course)
        if course.measure is Measure.PROBABILITY:
            self._draw_zones(painter, frame, course)
            self._draw_legend(painter, frame)
        else:
            self._draw_reference(painter, frame, course)
        self._draw_axes(painter, frame)
        self._draw_model_changes(painter, frame, course)
        self._draw_points(painter, frame, course)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _frame(self, course: Course) -> _Frame:
        is_score = course.measure is Measure.PROBABILITY
        highest = max(point.high for point in course.points)
        if not is_score:
            reference = FIELDS[course.measure].reference
            highest = max(highest, float(reference.high) if reference else 0.0)
        top, step = value_axis(highest, is_score=is_score)
        first, last = time_span(course.points)
        words = [_threshold_text(course.points[-1].threshold)] if is_score else []
        words += [answer_text(state) for state in AnswerState] if is_score else []
        room = max((text_width(word, "smallStrong") for word in words), default=0.0)
        left = theme.px(52)
        right = room + theme.px(34) if is_score else theme.px(20)
        above, below = theme.px(14), theme.px(30)
        plot = QRectF(left, above, self.width() - left - right, self.height() - above - below)
        return _Frame(plot, first, last, top, step)

    def _draw_zones(self, painter: QPainter, frame: _Frame, course: Course) -> None:
        """Draw the two sides and the threshold, in steps where a later model has another."""
        ends = [frame.plot.left()]
        ends += [_between(frame, course, at) for at in course.model_changes]
        ends.append(frame.plot.right())
        firsts = (0, *course.model_changes)
        painter.setPen(Qt.PenStyle.NoPen)
        for at, (left, right) in enumerate(pairwise(ends)):
            y = frame.y(course.points[firsts[at]].threshold)
            painter.setOpacity(0.45)
            painter.fillRect(
                QRectF(left, frame.plot.top(), right - left, y - frame.plot.top()),
                theme.color("upSoft"),
            )
            painter.fillRect(
                QRectF(left, y, right - left, frame.plot.bottom() - y), theme.color("dnSoft")
            )
            painter.setOpacity(1.0)
            painter.fillRect(QRectF(left, round(y) - 1, right - left, 2), theme.color("thr"))
        last = course.points[-1].threshold
        label = QRectF(
            frame.plot.right() + theme.px(8), frame.y(last) - theme.px(10), 200, theme.px(20)
        )
        paint_text(painter, label, _threshold_text(last), "smallStrong", "thr")

    def _draw_legend(self, painter: QPainter, frame: _Frame) -> None:
        line = theme.px(22)
        states = (AnswerState.ABOVE, AnswerState.CANNOT_SAY, AnswerState.BELOW)
        threshold = frame.y(self._course.points[-1].threshold) if self._course else 0.0
        top = frame.plot.bottom() - line * len(states)
        if threshold > top - line:  # the label of the threshold stands there
            top = frame.plot.top()
        left = frame.plot.right() + theme.px(16)
        for at, state in enumerate(states):
            middle = top + line * (at + 0.5)
            paint_mark(painter, QPointF(left, middle), state, theme.px(5))
            room = QRectF(left + theme.px(12), middle - line / 2, 200, line)
            paint_text(painter, room, answer_text(state), "small", "t2")

    def _draw_reference(self, painter: QPainter, frame: _Frame, course: Course) -> None:
        reference = FIELDS[course.measure].reference
        if reference is None:
            return
        low, high = frame.y(float(reference.low)), frame.y(float(reference.high))
        band = QRectF(frame.plot.left(), high, frame.plot.width(), low - high)
        painter.setOpacity(0.5)
        painter.fillRect(band, theme.color("band"))
        painter.setOpacity(1.0)
        words = tr(
            "patient.reference",
            low=format_number(float(reference.low)),
            high=format_number(float(reference.high)),
        )
        room = QRectF(
            frame.plot.left() + theme.px(8), high, frame.plot.width() - theme.px(16), theme.px(20)
        )
        if band.height() < theme.px(20):
            room.moveBottom(high)
        paint_text(painter, room, words, "small", "t2")

    def _draw_axes(self, painter: QPainter, frame: _Frame) -> None:
        plot, value = frame.plot, 0.0
        decimals = 1 if frame.step < 1 else 0
        while value <= frame.top + 1e-9:
            y = round(frame.y(value))
            painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), theme.color("grid"))
            room = QRectF(0, y - theme.px(10), plot.left() - theme.px(8), theme.px(20))
            paint_text(painter, room, format_number(value, decimals), "small", "t2", _RIGHT)
            value += frame.step
        painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), 1), theme.color("ctl"))
        ticks = date_ticks(frame.first, frame.last, max(2, round(plot.width() / theme.px(100))))
        is_monthly = is_first_of_month(ticks)
        before: date | None = None
        for tick in ticks:
            x = round(frame.x(tick.toordinal()))
            painter.fillRect(QRectF(x, plot.bottom(), 1, theme.px(5)), theme.color("ctl"))
            room = QRectF(x - theme.px(60), plot.bottom() + theme.px(6), theme.px(120), 0)
            room.setHeight(theme.px(20))
            text = tick_text(tick, before, is_monthly=is_monthly)
            paint_text(painter, room, text, "small", "t2", _CENTRE)
            before = tick

    def _draw_model_changes(self, painter: QPainter, frame: _Frame, course: Course) -> None:
        for at in course.model_changes:
            x = _between(frame, course, at)
            painter.setPen(QPen(theme.color("t3"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, frame.plot.top()), QPointF(x, frame.plot.bottom()))
            room = QRectF(x + theme.px(4), frame.plot.top(), theme.px(180), theme.px(20))
            paint_text(painter, room, course.points[at].model_name, "small", "t2")

    def _draw_points(self, painter: QPainter, frame: _Frame, course: Course) -> None:
        places = [frame.place(point) for point in course.points]
        painter.setPen(QPen(theme.color("t2"), 1.5))
        painter.drawPolyline(places)
        is_score = course.measure is Measure.PROBABILITY
        labelled = -1e9
        for at, (point, place) in enumerate(zip(course.points, places, strict=True)):
            ink = theme.color(LOOKS[point.state].ink if is_score else "t2")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            if is_score:
                self._draw_range(painter, frame, point, place.x())
                paint_mark(painter, place, point.state, theme.px(6))
            else:
                painter.drawEllipse(place, theme.px(4), theme.px(4))
            is_selected = point.assessment_id == self._selected
            if is_selected:
                painter.setPen(QPen(theme.color("focus" if self.hasFocus() else "acc"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(place, theme.px(12), theme.px(12))
            if is_selected or place.x() - labelled >= theme.px(_LABEL_GAP):
                self._draw_label(painter, frame, course, at, places)
                labelled = place.x()

    def _draw_range(self, painter: QPainter, frame: _Frame, point: CoursePoint, x: float) -> None:
        low, high = frame.y(point.low), frame.y(point.high)
        painter.drawRect(QRectF(x - 1, high, 2, low - high))
        cap = theme.px(10)
        for y in (low, high):
            painter.drawRect(QRectF(x - cap / 2, y - 1, cap, 2))

    def _draw_label(
        self, painter: QPainter, frame: _Frame, course: Course, at: int, places: list[QPointF]
    ) -> None:
        """Write the figure beside its point, on the side that the line leaves free."""
        point, place = course.points[at], places[at]
        text = figure_of(course.measure, point.value)
        wide, high, gap = text_width(text, "strong") + 1, theme.px(20), theme.px(12)
        is_left = place.x() + gap + wide > frame.plot.right()
        neighbour = at - 1 if is_left else at + 1
        is_free_below = not 0 <= neighbour < len(places) or places[neighbour].y() <= place.y()
        sides = [place.y() + theme.px(4), place.y() - theme.px(4) - high]
        sides = sides if is_free_below else sides[::-1]
        is_score = course.measure is Measure.PROBABILITY
        line = frame.y(point.threshold) if is_score else -1.0
        clear = [top for top in sides if not top < line < top + high]
        top = min((clear or sides)[0], frame.plot.bottom() - high)
        left = place.x() - gap - wide if is_left else place.x() + gap
        ink = LOOKS[point.state].ink if is_score else "t1"
        paint_text(painter, QRectF(left, top, wide, high), text, "strong", ink)


def _between(frame: _Frame, course: Course, at: int) -> float:
    """Return where between two points their models change."""
    before, after = course.points[at - 1], course.points[at]
    return (frame.x(before.ordinal) + frame.x(after.ordinal)) / 2


def _threshold_text(threshold: float) -> str:
    return tr("patient.threshold", value=format_probability(threshold))
