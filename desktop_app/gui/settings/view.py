"""The settings page: sections at the left, their cards at the right, a search above."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.page import Page
from desktop_app.gui.settings.sections import Section
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.empty_state import EmptyState
from desktop_app.gui.widgets.label import ElidedLabel, Label
from desktop_app.gui.widgets.patient_bar import PageHeader
from desktop_app.gui.widgets.search_field import SearchField
from desktop_app.gui.widgets.sidebar import Place, PlaceButton

_LIST_WIDTH, _SEARCH_WIDTH = 216, 240
_ICONS = {
    "screen": "monitor",
    "lock": "lock",
    "clinic": "hospital",
    "accounts": "users",
    "shortcuts": "keyboard",
}


class SettingsPage(Page):
    """Everything is saved at once; there is no button for it."""

    place = "settings"
    work_kept = Signal()

    def __init__(self, sections: Mapping[str, tuple[str, Section]]) -> None:
        super().__init__()
        self.setObjectName("settings_page")
        self.set_title(tr("settings.title"))
        self.set_context_keys(tr("settings.saved_at_once"))
        self.sections = {name: section for name, (_, section) in sections.items()}
        self._buttons: dict[str, PlaceButton] = {}
        self._stack = QStackedWidget()
        nothing = EmptyState("search", tr("settings.nothing_found"))
        self._stack.addWidget(nothing)
        for section in self.sections.values():
            self._stack.addWidget(section)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._build_list({name: text for name, (text, _) in sections.items()}))
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_header())
        column.addLayout(body, 1)
        self.show_section(next(iter(self.sections)))

    def _build_header(self) -> QWidget:
        header = PageHeader()
        header.row.addWidget(Label(tr("settings.title"), "pageTitle", name="page_title"))
        header.row.addWidget(ElidedLabel(tr("settings.scope"), "body", "t2"))
        header.row.addStretch(1)
        self.search = SearchField(tr("settings.search"), clear_text=tr("settings.clear_search"))
        self.search.setFixedWidth(theme.px(_SEARCH_WIDTH))
        self.search.text_edited.connect(self._find)
        header.row.addWidget(self.search)
        return header

    def _build_list(self, names: Mapping[str, str]) -> QWidget:
        side = QWidget()
        side.setObjectName("setting_sections")
        side.setProperty("bar", "sections")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(theme.px(_LIST_WIDTH))
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 10, 8, 8)
        column.setSpacing(2)
        for name, text in names.items():
            button = PlaceButton(Place(f"section_{name}", text, _ICONS[name], ""))
            button.clicked.connect(lambda _=False, name=name: self.show_section(name))
            self._buttons[name] = button
            column.addWidget(button)
        column.addStretch(1)
        return side

    @property
    def section(self) -> str:
        """Return the name of the section that is shown."""
        shown = self._stack.currentWidget()
        return next((name for name, one in self.sections.items() if one is shown), "")

    def show_section(self, name: str) -> None:
        """Show a section."""
        if name in self.sections:
            self._buttons[name].setChecked(True)
            self._stack.setCurrentWidget(self.sections[name])

    def _find(self, text: str) -> None:
        """Show only what holds the text; the first section that does comes up."""
        wanted = text.strip().casefold()
        found = [name for name, section in self.sections.items() if section.filter_cards(wanted)]
        for name, button in self._buttons.items():
            button.setVisible(name in found)
        if not found:
            self._stack.setCurrentIndex(0)
        elif self.section not in found:
            self.show_section(found[0])

    # -- the keyboard

    def focused_name(self) -> str:
        """Return the name of the control that has the keyboard."""
        focused = QApplication.focusWidget()
        inside = focused is not None and self.isAncestorOf(focused)
        return focused.objectName() if focused is not None and inside else ""

    def focus_named(self, name: str) -> None:
        """Put the keyboard where it was before the page was built anew."""
        control = self.findChild(QWidget, name) if name else None
        (control or self._buttons[self.section]).setFocus()

    def step_section(self, step: int) -> None:
        """Show the next or previous section."""
        names = list(self.sections)
        name = names[(names.index(self.section) + step) % len(names)] if self.section else names[0]
        self.show_section(name)
        self._buttons[name].setFocus(Qt.FocusReason.TabFocusReason)

    def focus_first(self) -> None:
        """Put the keyboard into the list of sections."""
        if self.section:
            self._buttons[self.section].setFocus()

    def save_work(self) -> None:
        self.work_kept.emit()
