"""The field a value is typed into, and the list of units beside it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from desktop_app.gui import theme
from desktop_app.gui.assessment.row_display import FieldState
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.text_field import TextField

_LONGEST = 40
# A menu or another window borrows the keyboard; the person has not left the value.
_BORROWED = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
_WORDS_INSTEAD = (FieldState.MISSING, FieldState.NO_FLUID)


class ValueField(TextField):
    """A right-aligned figure; Enter asks for the next value, Alt+Down for the units."""

    entered = Signal()
    left = Signal()
    next_wanted = Signal()
    units_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setProperty("compact", "true")
        self.setMaxLength(_LONGEST)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.show_state(FieldState.PLAIN)

    def show_state(self, state: FieldState) -> None:
        """Look like this state; a gap and "no fluid" are said in words."""
        theme.set_state(self, "state", state.value)
        is_closed = state in (FieldState.NO_FLUID, FieldState.COMPUTED)
        self.setReadOnly(is_closed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus if is_closed else Qt.FocusPolicy.StrongFocus)
        self.setPlaceholderText(
            {
                FieldState.MISSING: tr("common.missing"),
                FieldState.NO_FLUID: tr("common.no_fluid"),
            }.get(state, "")
        )
        side = Qt.AlignmentFlag.AlignRight
        if state in _WORDS_INSTEAD and not self.text():
            side = Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.units_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.next_wanted.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _BORROWED:
            self.left.emit()


class UnitBox(QComboBox):
    """The accepted units of a value; the wheel never changes one by accident."""

    unit_chosen = Signal(str)
    left = Signal()

    def __init__(self, units: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("compact", "true")
        for ucum, text in units:
            self.addItem(text, ucum)
        self.activated.connect(lambda index: self.unit_chosen.emit(self.itemData(index)))

    def show_unit(self, ucum: str) -> None:
        """Show a unit without telling anyone."""
        self.setCurrentIndex(max(0, self.findData(ucum)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _BORROWED:
            self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
