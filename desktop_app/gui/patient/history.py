"""The tab of a patient's versions: when, by whom, where, and what was changed."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.application.patients import PatientChange
from desktop_app.gui import theme
from desktop_app.gui.texts import format_moment, tr
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.patient_words import field_text, field_value_text

_TITLE_KEYS = (
    "patient.history_when",
    "patient.history_who",
    "patient.history_where",
    "patient.history_what",
)
_WHERE, _WHAT = 2, 3


class HistoryTab(QWidget):
    """Every version, newest first; nothing here can be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        self.table = _VersionTable()
        self._card = Card(" ", tr("patient.history_kept"), name="history_card")
        self._card.body.setContentsMargins(0, 0, 0, 2)
        self._card.body.setAlignment(Qt.AlignmentFlag(0))
        self._card.body.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self._card)

    def show_changes(self, changes: Sequence[PatientChange], *, shows_where: bool) -> None:
        """Show the versions, newest first, and where each was made if there is a server."""
        self._card.title.setText(tr("patient.history_count", n=len(changes)))
        self.table.show_changes(changes)
        self.table.setColumnHidden(_WHERE, not shows_where)


class _VersionTable(QTableWidget):
    """A row as high as what was changed needs."""

    def __init__(self) -> None:
        super().__init__(0, len(_TITLE_KEYS))
        self.setObjectName("history")
        self.setAccessibleName(tr("patient.history"))
        self.setHorizontalHeaderLabels([tr(key) for key in _TITLE_KEYS])
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFixedHeight(theme.px(32))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_WHAT, QHeaderView.ResizeMode.Stretch)

    def show_changes(self, changes: Sequence[PatientChange]) -> None:
        """Replace the rows."""
        self.setRowCount(len(changes))
        for row, change in enumerate(changes):
            version = change.version
            place = "patient.history_here" if version.is_ours else "patient.history_server"
            texts = (
                format_moment(version.changed_at),
                version.author_name or tr("patient.history_nobody"),
                tr(place),
                changed_text(change),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                self.setItem(row, column, item)
        self.resizeRowsToContents()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resizeRowsToContents()


def changed_text(change: PatientChange) -> str:
    """Return what a version changed, a line for each field: before and now."""
    if not change.is_first:
        lines = [
            f"{field_text(name)}: {field_value_text(name, before)} → {field_value_text(name, now)}"
            for name, (before, now) in change.changed.items()
        ]
        return "\n".join(lines) or tr("patient.history_same")
    is_whole = change.version.version == 1
    return tr("patient.history_first" if is_whole else "patient.history_begins")
