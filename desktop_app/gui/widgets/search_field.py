"""The search box: reacts to the text still being composed and forwards the arrow keys."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.label import Label, icon_label

_ROW_KEYS = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class _SearchLine(QLineEdit):
    """A line edit that tells its text with the syllable being composed."""

    composed = Signal(str)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        cursor = self.cursorPosition()
        text = self.text()
        self.composed.emit(text[:cursor] + event.preeditString() + text[cursor:])


class SearchField(QFrame):
    """Icon, text, number of matches, hint of the key, and a button that clears.

    `text_edited` carries the text as seen, half-composed syllable included. `row_key_pressed`
    carries arrows and page keys, `entered` the Enter key; both are for the list below.
    """

    text_edited = Signal(str)
    row_key_pressed = Signal(QKeyEvent)
    entered = Signal()

    def __init__(
        self, placeholder: str, *, clear_text: str, key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("field", "true")
        self.setFixedHeight(theme.px(32))
        self._seen = ""
        self.line = _SearchLine()
        self.line.setObjectName("search")
        self.line.setProperty("bare", "true")
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(placeholder)
        self.line.composed.connect(self._on_seen)
        self.line.textChanged.connect(self._on_seen)
        self.line.installEventFilter(self)
        self._matches = Label("", "small", "t2")
        self._key = Label(key, "small")
        self._key.setProperty("key", "true")
        self._key.setFixedHeight(theme.px(20))
        self._clear = QToolButton()
        self._clear.setObjectName("search_clear")
        self._clear.setProperty("kind", "icon")
        self._clear.setFixedSize(theme.px(26), theme.px(26))
        self._clear.setToolTip(clear_text)
        self._clear.setAccessibleName(clear_text)
        self._clear.hide()
        self._clear.clicked.connect(self.clear)
        theme.set_icon(self._clear, "x", "t2")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(icon_label("search", "t2"))
        row.addWidget(self.line, 1)
        row.addWidget(self._matches)
        row.addWidget(self._key)
        self._key.setVisible(bool(key))
        row.addWidget(self._clear)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """Return the text as seen, half-composed syllable included."""
        return self._seen

    def set_text(self, text: str) -> None:
        """Put a text in, as when a page comes back."""
        self.line.setText(text)

    def show_matches(self, text: str) -> None:
        """Say how many records match; empty for none to say."""
        self._matches.setText(text)

    def clear(self) -> None:
        """Empty the field and keep the keyboard in it."""
        self.line.clear()
        self.line.setFocus()

    def _on_seen(self, text: str) -> None:
        if text == self._seen:
            return
        self._seen = text
        self._clear.setVisible(bool(text))
        self._key.setVisible(bool(self._key.text()) and not text)
        self.text_edited.emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            theme.set_state(self, "focused", str(kind == QEvent.Type.FocusIn).lower())
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._on_key(event)
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() in _ROW_KEYS:
            self.row_key_pressed.emit(event)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            return True
        if event.key() == Qt.Key.Key_Escape and self.line.text():
            self.clear()
            return True
        return False
