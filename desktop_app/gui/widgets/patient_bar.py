"""The bar that says whose page this is; it never scrolls."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import ElidedLabel, Label
from desktop_app.gui.widgets.layouts import empty

_IDENTITY_FACTS = 2  # birth date and chart number


class PageHeader(QWidget):
    """The bar at the top of a page: what stands in `row` from left to right, the title first."""

    badge_place = 1

    def __init__(self, height: int = 52, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(theme.px(height))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(16, 0, 16, 0)
        self.row.setSpacing(10)

    def mark_demonstration(self, text: str) -> None:
        """Put a badge behind the title: what is shown here is fictional."""
        badge = Label(text, "smallStrong", name="demo_badge")
        badge.setProperty("tag", "demo")
        badge.setFixedHeight(theme.px(24))
        self.row.insertWidget(self.badge_place, badge)


class PatientBar(PageHeader):
    """Back, name, sex and age, then labelled facts; actions go to the right."""

    back_chosen = Signal()
    badge_place = 5

    def __init__(self, back_text: str, parent: QWidget | None = None) -> None:
        super().__init__(56, parent)
        self.setObjectName("patient_bar")
        self._back = Button(back_text, kind="plain", icon="chevron-left", name="back")
        self._back.clicked.connect(self.back_chosen)
        self.name = ElidedLabel("", "pageTitle", name="patient_name")
        self.about = Label("", "body", "t2", name="patient_about")
        self._shown_facts: list[tuple[QWidget, QWidget]] = []
        self._facts = QHBoxLayout()
        self._facts.setSpacing(14)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        self.row.setContentsMargins(8, 8, 16, 8)
        self.row.addWidget(self._back)
        self.row.addWidget(Rule(vertical=True))
        self.row.addSpacing(4)
        self.row.addWidget(self.name)
        self.row.addWidget(self.about)
        self.row.addSpacing(6)
        self.row.addLayout(self._facts)
        self.row.addStretch(1)
        self.row.addLayout(self.tools)

    def show_patient(self, name: str, about: str, facts: Sequence[tuple[str, str]]) -> None:
        """Show name, sex and age, and (label, value) pairs such as birth date and chart number."""
        self.name.setText(name)
        self.about.setText(about)
        empty(self._facts)
        self._shown_facts = [(Rule(vertical=True), _Fact(label, value)) for label, value in facts]
        for rule, fact in self._shown_facts:
            self._facts.addWidget(rule)
            self._facts.addWidget(fact)
        self._fit()
        spoken = ", ".join([name, about, *(f"{label} {value}" for label, value in facts)])
        self.setAccessibleName(spoken)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the last facts, hints of keys and words beside icons where there is no room.

        What tells people apart stays.
        """
        for parts in self._shown_facts:
            for part in parts:
                part.setVisible(True)
        tools = [tool for tool in self.findChildren(Button) if tool is not self._back]
        for tool in (self._back, *tools):
            tool.show_words(is_shown=True)
            tool.show_key(is_shown=tool.has_key)
        for parts in reversed(self._shown_facts[_IDENTITY_FACTS:]):
            if self._has_room():
                return
            for part in parts:
                part.setVisible(False)
        for tool in tools:
            if not self._has_room():
                tool.show_key(is_shown=False)
        for tool in (self._back, *tools):
            if not self._has_room() and tool.has_icon:
                tool.show_words(is_shown=False)

    def _has_room(self) -> bool:
        for layout in (self._facts, self.tools, self.row):
            layout.invalidate()
        return self.row.sizeHint().width() <= self.width()


class _Fact(QWidget):
    """A small label above its value."""

    def __init__(self, label: str, value: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(Label(label, "small", "t3"))
        column.addWidget(Label(value, "strong"))
        column.addStretch(1)
