"""The table of the sync centre: rows by keyboard, R sends again, columns that fit."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from desktop_app.domain.exchange import Delivery
from desktop_app.gui import theme
from desktop_app.gui.sync.model import ROW_ROLE, TITLE_KEYS, Column, OutboxModel
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.painting import chip_size
from desktop_app.gui.widgets.row_table import (
    CELL_INDENT,
    Index,
    RowDelegate,
    RowTable,
    is_letter,
)
from desktop_app.gui.widgets.sync_chip import paint_sync_chip, sync_text
from desktop_app.gui.widgets.text_painting import paint_text, text_width

# What leaves first where the table is narrow; the reason stands in the pane below too.
_DROP_ORDER = (Column.TRIES, Column.WHEN, Column.RECORD)
_LEAST_FOR_THE_REASON = 150


class OutboxDelegate(RowDelegate):
    """Paints the cells of a record."""

    def paint_cell(self, painter: QPainter, cell: QRectF, index: Index) -> None:
        column = Column(index.column())
        if column is Column.STATE:
            paint_sync_chip(painter, cell, index.data(ROW_ROLE).state)
            return
        role = "strong" if column is Column.PATIENT else "body"
        is_aside = column in (Column.WHEN, Column.TRIES) or (
            column is Column.REASON and index.data(ROW_ROLE).state is Delivery.WAITING
        )
        text = index.data(Qt.ItemDataRole.DisplayRole)
        paint_text(painter, cell, text, role, "t2" if is_aside else "t1")


class OutboxTable(RowTable):
    """The records that the server has not confirmed."""

    send_again_wanted = Signal()

    def __init__(self, model: OutboxModel) -> None:
        super().__init__(OutboxDelegate())
        self.setObjectName("outbox_table")
        self.setAccessibleName(tr("sync.title"))
        self._rows = model
        self.setModel(model)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_letter(event, "R"):
            self.send_again_wanted.emit()
        else:
            super().keyPressEvent(event)

    def fit_columns(self) -> None:
        """Show the columns there is room for; the reason gets what is left over."""
        room = self.viewport().width()
        widths = {column: _width_of(column) for column in Column}
        for column in _DROP_ORDER:
            if sum(widths.values()) > room:
                widths.pop(column)
        left_over = room - sum(wide for one, wide in widths.items() if one is not Column.REASON)
        widths[Column.REASON] = max(left_over, 0)
        self.show_columns(widths)


def _width_of(column: Column) -> int:
    samples = {
        Column.PATIENT: text_width(tr("sync.sample_patient"), "strong"),
        Column.RECORD: text_width(tr("sync.sample_record"), "body"),
        Column.WHEN: text_width("2026-03-17", "body") + theme.px(12),
        Column.STATE: max(chip_size(sync_text(one)).width() for one in Delivery),
        Column.REASON: float(theme.px(_LEAST_FOR_THE_REASON)),
        Column.TRIES: text_width(tr("sync.tries", n=99), "body"),
    }
    head = text_width(tr(TITLE_KEYS[column]), "smallStrong")
    return round(max(head, samples[column])) + 2 * CELL_INDENT
