"""The bar above the list: which patients are shown, which columns, and the preview."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from desktop_app.application.ports import PatientFilter
from desktop_app.gui import theme
from desktop_app.gui.patients.model import TITLE_KEYS
from desktop_app.gui.patients.table import PatientTable
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.filter_row import FilterRow

_FILTERS = {
    PatientFilter.ALL: ("patients.filter_all", "list"),
    PatientFilter.ABOVE: ("common.above", "arrow-up"),
    PatientFilter.CANNOT_SAY: ("common.cannot_say", "separator-vertical"),
    PatientFilter.NOT_SYNCED: ("patients.filter_not_synced", "cloud-upload"),
    PatientFilter.ARCHIVED: ("patients.filter_archived", "archive"),
}


class FilterBar(FilterRow):
    """Filters with their counts; what stands towards the server only where there is one."""

    filter_chosen = Signal(PatientFilter)
    drafts_chosen = Signal()
    preview_toggled = Signal()

    def __init__(self, table: PatientTable) -> None:
        super().__init__()
        self._table = table
        self._filters = {
            show: self.add_filter(f"filter_{show.value}", tr(key), icon)
            for show, (key, icon) in _FILTERS.items()
        }
        for show, button in self._filters.items():
            button.clicked.connect(lambda _on=False, show=show: self.filter_chosen.emit(show))
        self._filters[PatientFilter.NOT_SYNCED].hide()
        self._drafts = self.add_filter("filter_drafts", tr("patients.filter_drafts"), "inbox")
        self._drafts.clicked.connect(self.drafts_chosen)
        self._drafts.hide()
        self.row.addStretch(1)
        self._columns = self._build_columns()
        self._toggle = Button(
            tr("patients.preview"),
            kind="plain",
            icon="panel-right",
            key="Ctrl+\\",
            name="preview_toggle",
        )
        self._toggle.clicked.connect(self.preview_toggled)
        self.row.addWidget(self._columns)
        self.row.addWidget(self._toggle)

    def _build_columns(self) -> QToolButton:
        columns = QToolButton()
        columns.setObjectName("columns")
        columns.setText(tr("patients.columns"))
        columns.setToolTip(tr("patients.columns"))
        columns.setProperty("kind", "plain")
        columns.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.set_icon(columns, "columns-3", "t2")
        menu = QMenu(columns)
        menu.aboutToShow.connect(lambda: self._fill_columns(menu))
        columns.setMenu(menu)
        return columns

    def _fill_columns(self, menu: QMenu) -> None:
        menu.clear()
        for column, is_wanted in self._table.offered_columns().items():
            action = menu.addAction(tr(TITLE_KEYS[column]))
            action.setCheckable(True)
            action.setChecked(is_wanted)
            action.toggled.connect(
                lambda is_on, column=column: self._table.want_column(column, is_wanted=is_on)
            )

    # -- what is shown

    def show_counts(self, counts: Mapping[PatientFilter, int], drafts: int) -> None:
        """Show how many patients each filter holds and how many drafts wait."""
        for show, button in self._filters.items():
            button.set_count(f"{counts[show]:,}")
        self._drafts.set_count(str(drafts))
        self._drafts.setVisible(drafts > 0 or self._drafts.isChecked())
        self.fit()

    def show_filter(self, show: PatientFilter) -> None:
        """Mark the filter that is on."""
        self._filters[show].setChecked(True)
        self._drafts.setVisible(self._drafts.count not in ("", "0"))
        self.fit()

    def show_drafts(self) -> None:
        """Mark the drafts as what is shown."""
        self._drafts.setChecked(True)
        self.fit()

    def show_sync(self, *, is_shown: bool) -> None:
        """Offer whose records the server lacks, where there is a server."""
        self._filters[PatientFilter.NOT_SYNCED].setVisible(is_shown)
        self.fit()

    def make_room(self) -> None:
        """Leave out the hint of a key, then words that a tooltip says too."""
        styles = Qt.ToolButtonStyle
        self._toggle.show_key(is_shown=True)
        self._toggle.show_words(is_shown=True)
        self._columns.setToolButtonStyle(styles.ToolButtonTextBesideIcon)
        if not self.has_room():
            self._toggle.show_key(is_shown=False)
        if not self.has_room():
            self._columns.setToolButtonStyle(styles.ToolButtonIconOnly)
        if not self.has_room():
            self._toggle.show_words(is_shown=False)
