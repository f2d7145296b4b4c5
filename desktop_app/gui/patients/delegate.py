"""How a row of the patient list is painted: search hit, mini bar, chips, course of scores."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from desktop_app.application.ports import PatientRow
from desktop_app.gui import theme
from desktop_app.gui.patients.model import ROW_ROLE, Column
from desktop_app.gui.patients.search_hit import find_hit
from desktop_app.gui.texts import format_probability
from desktop_app.gui.widgets.answer_chip import paint_answer_chip
from desktop_app.gui.widgets.mini_bar import paint_mini_bar
from desktop_app.gui.widgets.row_table import Index, RowDelegate
from desktop_app.gui.widgets.sparkline import paint_sparkline
from desktop_app.gui.widgets.sync_chip import paint_sync_chip
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_RIGHT = Qt.AlignmentFlag.AlignRight
_ARCHIVE_ICON = 15
_WIDEST_BAR, _WIDEST_COURSE = 110, 66


class PatientRowDelegate(RowDelegate):
    """Paints every cell, and marks what was searched for."""

    query = ""

    def paint_cell(self, painter: QPainter, cell: QRectF, index: Index) -> None:
        row: PatientRow = index.data(ROW_ROLE)
        column = Column(index.column())
        if column is Column.NAME:
            self._paint_name(painter, cell, row)
        elif column is Column.CHART:
            self._paint_found(painter, cell, row.patient.chart_number, "body", "t2")
        elif column is Column.PROBABILITY:
            _paint_probability(painter, cell, row)
        elif column is Column.ANSWER and row.last is not None:
            paint_answer_chip(painter, cell, row.last.state)
        elif column is Column.SYNC:
            paint_sync_chip(painter, cell, row.delivery)
        elif column is Column.TREND and row.last is not None and len(row.trend) > 1:
            wide = min(cell.width(), float(theme.px(_WIDEST_COURSE)))
            course = QRectF(cell.left(), cell.center().y() - theme.px(9), wide, theme.px(18))
            paint_sparkline(painter, course, row.trend, row.last.threshold)
        else:
            is_aside = row.patient.is_archived or column in _ASIDE
            role = "small" if column in (Column.TREND, Column.ANSWER) else "body"
            text = index.data(Qt.ItemDataRole.DisplayRole)
            paint_text(painter, cell, text, role, "t2" if is_aside else "t1")

    def _paint_name(self, painter: QPainter, cell: QRectF, row: PatientRow) -> None:
        if not row.patient.is_archived:
            self._paint_found(painter, cell, row.patient.name, "strong", "t1")
            return
        side = theme.px(_ARCHIVE_ICON)
        room = cell.adjusted(0, 0, -side - theme.px(4), 0)
        self._paint_found(painter, room, row.patient.name, "body", "t2")
        left = cell.left() + min(text_width(row.patient.name, "body"), room.width()) + theme.px(5)
        theme.paint_icon(
            painter, left, cell.center().y() - side / 2, "archive", "t2", _ARCHIVE_ICON
        )

    def _paint_found(self, painter: QPainter, cell: QRectF, text: str, role: str, ink: str) -> None:
        hit = find_hit(text, self.query)
        if hit is None or text_width(text, role) > cell.width():
            paint_text(painter, cell, text, role, ink)
            return
        before, found, after = text[: hit[0]], text[hit[0] : hit[1]], text[hit[1] :]
        left = cell.left()
        for part, is_found in ((before, False), (found, True), (after, False)):
            wide = text_width(part, role)
            box = QRectF(left, cell.top(), wide + 1, cell.height())
            if is_found:
                high = theme.px(20)
                mark = QRectF(left - 1, cell.center().y() - high / 2, wide + 2, high)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("mark"))
                painter.drawRoundedRect(mark, 2, 2)
            paint_text(painter, box, part, role, "onmark" if is_found else ink)
            left += wide


_ASIDE = {Column.TREND, Column.ANSWER, Column.DOCTOR, Column.RANGE}


def _paint_probability(painter: QPainter, cell: QRectF, row: PatientRow) -> None:
    last = row.last
    if last is None:
        return
    figure = format_probability(last.probability)
    paint_text(painter, cell, figure, "strong", "t1", _RIGHT)
    room = cell.width() - text_width(figure, "strong") - theme.px(10)
    bar = QRectF(cell.left(), cell.top(), min(room, theme.px(_WIDEST_BAR)), cell.height())
    paint_mini_bar(
        painter,
        bar,
        probability=last.probability,
        low=last.low,
        high=last.high,
        threshold=last.threshold,
        state=last.state,
    )
