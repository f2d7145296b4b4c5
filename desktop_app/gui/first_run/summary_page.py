"""Step 3: what was decided, before the clinic opens."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.layouts import empty


class SummaryPage(QWidget):
    """Names and what was decided for each."""

    def __init__(self) -> None:
        super().__init__()
        self._card = Card(name="summary")
        self._card.setMaximumWidth(theme.px(760))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(24))
        self._grid.setVerticalSpacing(theme.px(12))
        self._grid.setColumnMinimumWidth(0, theme.px(160))
        self._grid.setColumnStretch(1, 1)
        self._card.body.addLayout(self._grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(6), 0, 0)
        column.setSpacing(theme.px(16))
        column.addWidget(Label(tr("first_run.start_line"), "body", "t2", wrap=True))
        column.addWidget(self._card)
        column.addStretch(1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these names and decisions."""
        empty(self._grid)
        top = Qt.AlignmentFlag.AlignTop
        for row, (name, text) in enumerate(facts):
            self._grid.addWidget(Label(name, "body", "t2"), row, 0, top)
            self._grid.addWidget(Label(text, "strong", wrap=True), row, 1)
