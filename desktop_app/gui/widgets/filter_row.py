"""Filters side by side that give up icons, then words, where there is no room for them."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup

from desktop_app.gui.widgets.buttons import FilterButton
from desktop_app.gui.widgets.patient_bar import PageHeader


class FilterRow(PageHeader):
    """One of the filters is on; `fit` is called when counts or places have changed."""

    def __init__(self) -> None:
        super().__init__(44)
        self.setObjectName("filter_bar")
        self.row.setSpacing(8)
        self._group = QButtonGroup(self)

    def add_filter(self, name: str, text: str, icon: str) -> FilterButton:
        """Add a filter at the end of the row."""
        button = FilterButton(text, icon, name=name)
        self._group.addButton(button)
        self.row.addWidget(button)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Leave out what large text or a narrow window leaves no room for."""
        filters = [one for one in self._group.buttons() if isinstance(one, FilterButton)]
        for button in filters:
            button.show_icon(is_shown=True)
            button.show_words(is_shown=True)
        self.make_room()
        has_room = self.has_room()
        for button in filters:
            button.show_icon(is_shown=has_room)
        for button in filters:
            if not (button.isChecked() or self.has_room()):
                button.show_words(is_shown=False)

    def make_room(self) -> None:
        """Leave out what else stands in the row, before a filter loses anything."""

    def has_room(self) -> bool:
        """Tell whether everything shown fits."""
        self.row.invalidate()
        return self.row.sizeHint().width() <= self.width()
