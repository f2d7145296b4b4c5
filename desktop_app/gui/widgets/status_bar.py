"""The line at the foot of the window: safe facts, the keys of the page, lock and clock."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import Label, icon_label
from desktop_app.gui.widgets.layouts import empty

_MARGIN, _GAP = 16, 9


class StatusBar(QWidget):
    """Facts at the left, context keys in the middle, auto-lock and clock at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(theme.px(26))
        self._facts = QHBoxLayout()
        self._facts.setSpacing(_GAP)
        self._fact_texts: list[Label] = []
        self._keys = Label("", "small", "t2", name="context_keys")
        self._lock = Label("", "small", "t2", name="auto_lock")
        self._clock = Label("", "small", "t2", name="clock")
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.setSpacing(_GAP)
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
        self._fact_texts = []
        empty(self._facts)
        for index, (icon, text) in enumerate(facts):
            if index:
                self._facts.addWidget(_divider())
            picture = icon_label(icon, "t2", 14)
            picture.setToolTip(text)
            self._facts.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
            label = Label(text, "small", "t2", name=f"fact_{index}")
            self._facts.addWidget(label)
            self._fact_texts.append(label)
        self._fit()

    def show_keys(self, text: str) -> None:
        """Say which keys work on this page."""
        self._keys.setText(text)
        self._fit()

    def show_auto_lock(self, text: str) -> None:
        """Say when the screen will lock, or nothing."""
        self._lock.setText(text)
        self._divider.setVisible(bool(text))
        self._fit()

    def show_clock(self, text: str) -> None:
        """Show the time."""
        self._clock.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the keys, then the words of facts, where they would be cut."""
        parts = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        needed = 2 * _MARGIN + sum(part.sizeHint().width() + _GAP for part in parts)
        for part in (self._keys, *reversed(self._fact_texts)):
            fits = needed <= self.width()
            part.setVisible(fits)
            needed -= 0 if fits else part.sizeHint().width() + _GAP


def _divider() -> Rule:
    rule = Rule(vertical=True, strong=True)
    rule.setFixedHeight(theme.px(16))
    return rule
