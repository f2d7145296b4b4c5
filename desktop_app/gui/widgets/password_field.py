"""A password: hidden, shown on demand, with a word about Hangul mode and caps lock."""

from PySide6.QtCore import QEvent, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import Label, icon_label


class PasswordField(QWidget):
    """The line with its eye button, and below it what the keyboard may do unseen."""

    submitted = Signal()

    def __init__(self, label: str, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = QFrame()
        self._frame.setProperty("field", "true")
        self._frame.setFixedHeight(theme.px(38))
        self.line = QLineEdit()
        self.line.setObjectName(name)
        self.line.setProperty("bare", "true")
        self.line.setAccessibleName(label)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.returnPressed.connect(self.submitted)
        self.line.installEventFilter(self)
        self._eye = QToolButton()
        self._eye.setObjectName(f"{name}_eye")
        self._eye.setProperty("kind", "icon")
        self._eye.setFixedSize(theme.px(30), theme.px(30))
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._show_text)
        self._show_text(False)
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(10, 0, 4, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self._eye)
        self._hint = QWidget()
        hint_row = QHBoxLayout(self._hint)
        hint_row.setContentsMargins(0, 0, 0, 0)
        hint_row.setSpacing(8)
        self._hint_text = Label("", "small", "t1", name=f"{name}_hint")
        hint_row.addWidget(icon_label("keyboard", "warn"))
        hint_row.addWidget(self._hint_text, 1)
        self._hint.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._frame)
        column.addWidget(self._hint)
        self.setFocusProxy(self.line)
        QGuiApplication.inputMethod().localeChanged.connect(self._show_keyboard)

    def text(self) -> str:
        """Return what was typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forget what was typed."""
        self.line.clear()

    def set_refused(self, refused: bool) -> None:
        """Mark the field as refused, or no longer."""
        theme.set_state(self._frame, "state", "refused" if refused else "")

    def _show_text(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.line.setEchoMode(mode)
        hint = tr("common.hide_password") if shown else tr("common.show_password")
        self._eye.setToolTip(hint)
        self._eye.setAccessibleName(hint)
        theme.set_icon(self._eye, "eye-off" if shown else "eye", "t2")

    def _show_keyboard(self) -> None:
        """Say that the keyboard is in Hangul mode, as far as the input method tells."""
        locale = QGuiApplication.inputMethod().locale()
        korean = locale.language() == QLocale.Language.Korean and self.line.hasFocus()
        self._show_hint(tr("common.hangul_mode") if korean else "")

    def _show_hint(self, text: str) -> None:
        self._hint_text.setText(text)
        self._hint.setVisible(bool(text))

    def _note_key(self, event: QKeyEvent) -> None:
        """Read Hangul mode and caps lock from a typed letter; Qt has no other portable sign."""
        typed = event.text()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if any("ㄱ" <= char <= "힣" for char in typed):
            self._show_hint(tr("common.hangul_mode"))
        elif typed.isascii() and typed.isalpha():
            self._show_hint(tr("common.caps_lock") if typed.isupper() != shift else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            theme.set_state(self._frame, "focused", str(kind == QEvent.Type.FocusIn).lower())
            self._show_keyboard()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._note_key(event)
        return super().eventFilter(watched, event)
