"""A field of the patient form with its label above and its problem or hint below."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.banner import announce
from desktop_app.gui.widgets.label import Label


class LabelledField(QWidget):
    """Label, editor and one line below, which keeps its height so that nothing jumps."""

    def __init__(self, label: str, editor: QWidget, width: int, *, is_required: bool) -> None:
        super().__init__()
        self.editor = editor
        self._hint = ""
        self._plain = label.replace("&", "")
        head = Label(f"{label} *" if is_required else label, "small", "t2")
        head.setBuddy(editor.focusProxy() or editor)
        self._line = Label("", "small", "t2", wrap=True)
        self._line.setMinimumHeight(theme.px(20))
        editor.setFixedWidth(theme.px(width))
        editor.setAccessibleName(self._plain)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(head)
        column.addWidget(editor)
        column.addWidget(self._line)
        self.setFixedWidth(theme.px(width))

    def show_hint(self, text: str) -> None:
        """Say something helpful below, while there is no problem."""
        self._hint = text
        if self.editor.property("state") != "refused":
            self._line.setText(text)

    def show_problem(self, text: str) -> None:
        """Say what is wrong below the field, or nothing."""
        is_new = bool(text) and text != self._line.text()
        self._line.setText(text or self._hint)
        self._line.set_tone("err" if text else "t2")
        theme.set_state(self.editor, "state", "refused" if text else "")
        self.editor.setAccessibleDescription(text or self._hint)
        if is_new and self.isVisible():
            announce(self.editor, f"{self._plain}: {text}", assertive=True)

    @property
    def message(self) -> str:
        """Return what stands below the field."""
        return self._line.text()
