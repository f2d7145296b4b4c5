"""What F1 shows: help for the page and the list of keys."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.dialog import Dialog
from desktop_app.gui.widgets.label import Label

_ROWS = 15


class ShortcutList(Dialog):
    """A few sentences about the page, then actions and their keys in columns of fifteen."""

    def __init__(
        self, parent: QWidget, title: str, text: str, keys: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(parent, title, text, icon="info", width=560)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        for index, (words, key) in enumerate(keys):
            column, row = divmod(index, _ROWS)
            shown = Label(key, "smallStrong")
            shown.setProperty("key", "true")
            grid.addWidget(Label(words), row, 2 * column)
            grid.addWidget(shown, row, 2 * column + 1)
        self.body.addLayout(grid)
        self.add_choice(tr("common.close"), kind="primary", accepts=False, safe=True)
