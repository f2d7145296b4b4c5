"""The line at the foot of the window: safe facts, the keys of the page, lock and clock."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import Label, icon_label


class StatusBar(QWidget):
    """Facts at the left, context keys in the middle, auto-lock and clock at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(theme.px(26))
        self._facts = QHBoxLayout()
        self._facts.setSpacing(8)
        self._keys = Label("", "small", "t2", name="context_keys")
        self._lock = Label("", "small", "t2", name="auto_lock")
        self._clock = Label("", "small", "t2", name="clock")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        row.addLayout(self._facts)
        row.addStretch(1)
        row.addWidget(self._keys)
        row.addStretch(1)
        row.addWidget(self._lock)
        self._divider = _divider()
        row.addWidget(self._divider)
        row.addWidget(self._clock)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show (icon, text) pairs."""
        while (item := self._facts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for index, (icon, text) in enumerate(facts):
            if index:
                self._facts.addWidget(_divider())
            picture = icon_label(icon, "t2", 14)
            self._facts.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
            self._facts.addWidget(Label(text, "small", "t2", name=f"fact_{index}"))

    def show_keys(self, text: str) -> None:
        """Say which keys work on this page."""
        self._keys.setText(text)

    def show_auto_lock(self, text: str) -> None:
        """Say when the screen will lock, or nothing."""
        self._lock.setText(text)
        self._divider.setVisible(bool(text))

    def show_clock(self, text: str) -> None:
        """Show the time."""
        self._clock.setText(text)


def _divider() -> Rule:
    rule = Rule(vertical=True, strong=True)
    rule.setFixedHeight(theme.px(16))
    return rule
