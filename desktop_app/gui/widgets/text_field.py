"""A line of text that never loses a syllable which the input method is still composing."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

# Pressed in the middle of a syllable (Shift for ㅆ), or handled by the input method itself.
_KEYS_WHILE_COMPOSING = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_Hangul,
    Qt.Key.Key_Hangul_Hanja,
    Qt.Key.Key_unknown,
}


def commit_composition() -> None:
    """Finish the syllable being composed, so that what is read next holds what is seen."""
    focused = QApplication.focusWidget()
    if isinstance(focused, TextField):
        focused.commit()
    else:
        QGuiApplication.inputMethod().commit()


class TextField(QLineEdit):
    """A line edit whose half-composed syllable is committed before it could be dropped.

    Qt drops the composed text when the cursor moves, and a shortcut acts before the input method
    ends the syllable. `typed` carries the text as seen, half-composed syllable included.
    """

    typed = Signal(str)

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composed = ""
        self._seen = text
        self.setText(text)
        self.textChanged.connect(self._on_changed)

    def seen_text(self) -> str:
        """Return the text as seen, half-composed syllable included."""
        cursor, text = self.cursorPosition(), self.text()
        return text[:cursor] + self._composed + text[cursor:]

    def commit(self) -> None:
        """Make the syllable being composed part of the text."""
        if not self._composed:
            return
        QGuiApplication.inputMethod().commit()
        if rest := self._composed:  # this input method does not answer at once
            event = QInputMethodEvent("", [])
            event.setCommitString(rest)
            self.inputMethodEvent(event)
            QGuiApplication.inputMethod().reset()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composed = event.preeditString()
        super().inputMethodEvent(event)
        self._on_changed()

    def setText(self, text: str | None) -> None:
        self._composed = ""
        super().setText(text or "")

    def event(self, event: QEvent) -> bool:
        if self._composed and _ends_composition(event):
            self.commit()
        return super().event(event)

    def _on_changed(self, _text: str = "") -> None:
        seen = self.seen_text()
        if seen != self._seen:
            self._seen = seen
            self.typed.emit(seen)


def _ends_composition(event: QEvent) -> bool:
    kind, kinds = event.type(), QEvent.Type
    if isinstance(event, QKeyEvent) and kind in (kinds.ShortcutOverride, kinds.KeyPress):
        return event.key() not in _KEYS_WHILE_COMPOSING
    return kind in (kinds.MouseButtonPress, kinds.FocusOut, kinds.Hide)
