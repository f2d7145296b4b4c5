"""The rows of the settings: a title with a line of help, and the control at the right."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.card import Card, Rule
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.text_field import TextField

T = TypeVar("T")
_ROW_HEIGHT, _FIELD_WIDTH = 58, 220


class SettingRow(QWidget):
    """One setting; `words` is what the search looks through."""

    def __init__(self, title: str, hint: str, control: QWidget) -> None:
        super().__init__()
        self.words = f"{title} {hint}".casefold()
        self.setMinimumHeight(theme.px(_ROW_HEIGHT))
        control.setAccessibleDescription(hint)
        self.title = Label(title, "label")
        self.hint = Label(hint, "small", "t2", wrap=True)
        self.problem = Label("", "small", "err", wrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        for label in (self.title, self.hint, self.problem):
            texts.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(16)
        row.addLayout(texts, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.hint.setVisible(bool(hint))
        self.problem.hide()

    def show_problem(self, text: str) -> None:
        """Say what is wrong with what was typed, or nothing."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))


class SettingCard(Card):
    """A group of rows with hairlines between them."""

    def __init__(self, title: str, rows: Sequence[SettingRow], name: str) -> None:
        super().__init__(title, name=name)
        self.rows = tuple(rows)
        self.body.setContentsMargins(0, 0, 0, 0)
        # Aligned, it would get no more height than a hint without line breaks.
        self.body.setAlignment(Qt.AlignmentFlag(0))
        self.body.setSpacing(0)
        self._rules: dict[SettingRow, Rule] = {}
        for at, row in enumerate(rows):
            if at:
                self._rules[row] = Rule()
                self.body.addWidget(self._rules[row])
            self.body.addWidget(row)

    def filter_rows(self, text: str) -> bool:
        """Show the rows that hold the text and tell whether there are any."""
        is_first = True
        for row in self.rows:
            is_found = text in row.words or text in self.title.text().casefold()
            row.setVisible(is_found)
            if row in self._rules:
                self._rules[row].setVisible(is_found and not is_first)
            is_first = is_first and not is_found
        self.setVisible(not is_first)
        return not is_first


class Choice(QWidget, Generic[T]):
    """Radio buttons side by side; tells the value that a person chooses."""

    def __init__(
        self, name: str, title: str, options: Sequence[tuple[T, str]], chosen: SignalInstance
    ) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[T, QRadioButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        for at, (value, text) in enumerate(options):
            button = QRadioButton(text)
            button.setObjectName(f"{name}_{at}")
            button.setAccessibleName(f"{title}: {text}")
            button.clicked.connect(lambda _=False, value=value: chosen.emit(name, value))
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)

    def show_value(self, value: T) -> None:
        """Mark the present value."""
        self._buttons[value].setChecked(True)


def switch(name: str, title: str, chosen: SignalInstance) -> QCheckBox:
    """Return a check box that tells whether it is on."""
    box = QCheckBox(tr("settings.on"))
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.clicked.connect(lambda is_on: chosen.emit(name, is_on))
    return box


def drop_down(
    name: str, title: str, options: Sequence[tuple[int, str]], chosen: SignalInstance
) -> QComboBox:
    """Return a list of numbers in words."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setMinimumWidth(theme.px(150))
    for value, text in options:
        box.addItem(text, value)
    box.activated.connect(lambda at: chosen.emit(name, box.itemData(at)))
    return box


def text_box(name: str, title: str, chosen: SignalInstance) -> TextField:
    """Return a field that tells its text when the person is done with it."""
    field = TextField()
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setFixedWidth(theme.px(_FIELD_WIDTH))
    field.editingFinished.connect(lambda: chosen.emit(name, field.text()))
    return field
