"""The bar at the foot of work in steps: on the left why the main button is off."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.gui.widgets.label import Label


class BottomBar(QWidget):
    """A reason on the left, buttons on the right; it never scrolls."""

    def __init__(self, *buttons: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "bottom")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.reason = Label("", "body", "t2", wrap=True, name="bottom_reason")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(8)
        row.addWidget(self.reason, 1)
        for button in buttons:
            row.addWidget(button)

    def show_reason(self, text: str) -> None:
        """Say why the main button is off, or nothing."""
        self.reason.setText(text)
