"""A list of steps and how far each is: to do, running, done, or to look at."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import Label, icon_label

StepState = Literal["todo", "running", "done", "problem"]
_LOOKS: dict[StepState, tuple[str, str, str]] = {
    "todo": ("circle", "t3", "common.step_todo"),
    "running": ("loader-circle", "acc", "common.step_running"),
    "done": ("circle-check", "ok", "common.step_done"),
    "problem": ("triangle-alert", "warn", "common.step_problem"),
}


class CheckList(QWidget):
    """Steps from top to bottom."""

    def __init__(self, steps: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._rows = [self._add(step) for step in steps]

    def _add(self, text: str) -> "_Step":
        row = _Step(text)
        self._column.addWidget(row)
        return row

    def set_state(self, index: int, state: StepState, text: str = "") -> None:
        """Mark a step, and word it anew where more is known of it."""
        self._rows[index].show_state(state, text)


class _Step(QWidget):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = Label(text, wrap=True)
        self._icon = icon_label("circle", "t3")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        self.show_state("todo")

    def show_state(self, state: StepState, text: str = "") -> None:
        if text:
            self._text.setText(text)
        icon, ink, word = _LOOKS[state]
        theme.set_icon(self._icon, icon, ink)
        self._text.set_tone("t2" if state == "todo" else "t1")
        self.setAccessibleName(f"{self._text.text()}: {tr(word)}")
