"""A few lines of text up to a length."""

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget


class NoteField(QPlainTextEdit):
    """Takes no more than `longest` characters, as a single line does; Tab goes on."""

    def __init__(self, text: str = "", *, longest: int, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._longest = longest
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._hold)

    def _hold(self) -> None:
        """Take away the surplus where it came in: before the cursor."""
        surplus = self.document().characterCount() - 1 - self._longest
        if surplus > 0:
            cursor = self.textCursor()
            end = max(cursor.position(), surplus)
            cursor.setPosition(end - surplus)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
