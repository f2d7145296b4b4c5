"""The bar above the list: which patients are shown, which columns, and the preview."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QMenu, QToolButton

from desktop_app.application.ports import PatientFilter
from desktop_app.gui import theme
from desktop_app.gui.patients.model import TITLE_KEYS
from desktop_app.gui.patients.table import PatientTable
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button, FilterButton
from desktop_app.gui.widgets.patient_bar import PageHeader

_FILTERS = {
    PatientFilter.ALL: ("patients.filter_all", "list"),
    PatientFilter.ABOVE: ("common.above", "arrow-up"),
    PatientFilter.CANNOT_SAY: ("common.cannot_say", "separator-vertical"),
    PatientFilter.NOT_SYNCED: ("patients.filter_not_synced", "cloud-upload"),
    PatientFilter.ARCHIVED: ("patients.filter_archived", "archive"),
}


class FilterBar(PageHeader):
    """Filters with their counts; what stands towards the server only where there is one."""

    filter_chosen = Signal(PatientFilter)
    drafts_chosen = Signal()
    preview_toggled = Signal()

    def __init__(self, table: PatientTable) -> None:
        super().__init__(44)
        self.setObjectName("filter_bar")
        self._table = table
        self.row.setSpacing(8)
        self._group = QButtonGroup(self)
        self._filters = {
            show: self._add_filter(f"filter_{show.value}", tr(key), icon)
            for show, (key, icon) in _FILTERS.items()
        }
        for show, button in self._filters.items():
            button.clicked.connect(lambda _on=False, show=show: self.filter_chosen.emit(show))
        self._filters[PatientFilter.NOT_SYNCED].hide()
        self._drafts = self._add_filter("filter_drafts", tr("patients.filter_drafts"), "inbox")
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

    def _add_filter(self, name: str, text: str, icon: str) -> FilterButton:
        button = FilterButton(text, icon, name=name)
        self._group.addButton(button)
        self.row.addWidget(button)
        return button

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
        self._fit()

    def show_filter(self, show: PatientFilter) -> None:
        """Mark the filter that is on."""
        self._filters[show].setChecked(True)
        self._drafts.setVisible(self._drafts.count not in ("", "0"))
        self._fit()

    def show_drafts(self) -> None:
        """Mark the drafts as what is shown."""
        self._drafts.setChecked(True)
        self._fit()

    def show_sync(self, *, is_shown: bool) -> None:
        """Offer whose records the server lacks, where there is a server."""
        self._filters[PatientFilter.NOT_SYNCED].setVisible(is_shown)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out hints, icons and at last words where large text leaves no room for them."""
        filters, styles = (*self._filters.values(), self._drafts), Qt.ToolButtonStyle
        self._toggle.show_key(is_shown=True)
        self._toggle.show_words(is_shown=True)
        self._columns.setToolButtonStyle(styles.ToolButtonTextBesideIcon)
        for button in filters:
            button.show_icon(is_shown=True)
            button.show_words(is_shown=True)
        if not self._has_room():
            self._toggle.show_key(is_shown=False)
        if not self._has_room():
            self._columns.setToolButtonStyle(styles.ToolButtonIconOnly)
        if not self._has_room():
            self._toggle.show_words(is_shown=False)
        has_room = self._has_room()
        for button in filters:
            button.show_icon(is_shown=has_room)
        for button in filters:
            if not (button.isChecked() or self._has_room()):
                button.show_words(is_shown=False)

    def _has_room(self) -> bool:
        self.row.invalidate()
        return self.row.sizeHint().width() <= self.width()
