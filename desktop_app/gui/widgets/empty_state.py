"""What a list shows when it is empty: one line what, one line how."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label, icon_label


class EmptyState(QWidget):
    """An icon, a line that says what is empty, a line that says how to fill it, and buttons."""

    def __init__(
        self, icon: str, what: str, how: str = "", *buttons: Button, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addStretch(1)
        self._icon = icon_label(icon, "t3", 32)
        column.addWidget(self._icon, 0, centre)
        self._what = Label(what, "cardTitle")
        self._how = Label(how, "body", "t2", wrap=True)
        for label in (self._what, self._how):
            label.setAlignment(centre)
            column.addWidget(label)
        row = QHBoxLayout()
        row.setContentsMargins(0, 10, 0, 0)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)
        self.show_lines(what, how)

    def show_lines(self, what: str, how: str = "", icon: str = "") -> None:
        """Say what is empty and how to fill it, under another icon where one is named."""
        if icon:
            theme.set_icon(self._icon, icon, "t3", 32)
        self._what.setText(what)
        self._how.setText(how)
        self.setAccessibleName(f"{what} {how}".strip())
