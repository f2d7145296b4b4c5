"""The line below a row: an error, a question with its answers, or the reasons for a gap."""

from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QRadioButton, QWidget

from desktop_app.domain.panel import MissingReason
from desktop_app.gui import theme
from desktop_app.gui.assessment.row_display import MessageKind, RowMessage
from desktop_app.gui.findings import reason_text
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label, icon_label

_LOOKS = {
    MessageKind.REFUSED: ("octagon-x", "err"),
    MessageKind.UNIT: ("arrow-left-right", "acc"),
    MessageKind.CONFIRM: ("triangle-alert", "warn"),
    MessageKind.REASON: ("circle-dashed", "t2"),
}
_TEXT_TONES = {MessageKind.REFUSED: "err", MessageKind.REASON: "t2"}


class MessageLine(QWidget):
    """Shows one message; what the person answers comes out as a signal."""

    suggestion_taken = Signal()
    confirmed = Signal()
    retype_wanted = Signal()
    reason_given = Signal(MissingReason)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"message_{name}")
        self._name = name
        self._icon = icon_label("circle-dashed", "t2")
        self._text = Label("", "small", wrap=True, rich=True, name=f"message_text_{name}")
        self._take = Button("", kind="primary", key="Alt+U", name=f"take_unit_{name}")
        self._right = Button(tr("assessment.right"), key="Alt+K", name=f"confirm_{name}")
        self._retype = Button(tr("assessment.retype"), kind="plain", name=f"retype_{name}")
        self._take.clicked.connect(self.suggestion_taken)
        self._right.clicked.connect(self.confirmed)
        self._retype.clicked.connect(self.retype_wanted)
        self._frame = QFrame()
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, theme.px(12), 0)
        outer.addWidget(self._frame)
        self._row = QHBoxLayout(self._frame)
        self._row.setSpacing(theme.px(8))
        self._row.addWidget(self._icon)
        self._row.addWidget(self._text, 1)
        self._reasons = _Reasons(name)
        self._reasons.chosen.connect(self.reason_given)
        self._row.addWidget(self._reasons, 1)
        for button in (self._take, self._right, self._retype):
            button.setProperty("compact", "true")
            self._row.addWidget(button)
        self.hide()

    def show_message(self, message: RowMessage | None) -> None:
        """Show a message, or nothing."""
        if message is None:
            self.hide()
            return
        kind = message.kind
        is_question = kind in (MessageKind.UNIT, MessageKind.CONFIRM)
        is_gap = kind is MessageKind.REASON
        theme.set_icon(self._icon, *_LOOKS[kind])
        theme.set_state(self._frame, "banner", _banner(kind))
        self._row.setContentsMargins(*((12, 3, 8, 3) if is_question else (0, 0, 0, 0)))
        theme.set_role(
            self._text,
            "smallStrong" if kind is MessageKind.REFUSED else "small",
            _TEXT_TONES.get(kind, "t1"),
        )
        self._text.setText(_emphasised(message))
        self._row.setStretchFactor(self._text, 0 if is_gap else 1)
        self._text.setWordWrap(not is_gap)
        self._reasons.setVisible(is_gap)
        self._reasons.show_reason(message.reason)
        self._take.setText(tr("assessment.as_unit", unit=message.suggested_unit))
        self._take.setAccessibleName(self._take.text())
        self._take.setVisible(bool(message.suggested_unit))
        self._right.setVisible(message.can_confirm)
        self._retype.setVisible(is_question)
        self.setAccessibleName(message.spoken)
        self.show()


class _Reasons(QWidget):
    """The four reasons for a gap."""

    chosen = Signal(MissingReason)

    def __init__(self, name: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(14))
        self._group = QButtonGroup(self)
        self._buttons: dict[MissingReason, QRadioButton] = {}
        for reason in MissingReason:
            button = QRadioButton(reason_text(reason))
            button.setObjectName(f"reason_{name}_{reason.value}")
            button.setAccessibleName(button.text())
            theme.set_role(button, "small")
            button.clicked.connect(lambda _on=False, chosen=reason: self.chosen.emit(chosen))
            self._group.addButton(button)
            self._buttons[reason] = button
            row.addWidget(button)
        row.addStretch(1)

    def show_reason(self, reason: MissingReason | None) -> None:
        """Mark a reason, or none."""
        self._group.setExclusive(False)
        for one, button in self._buttons.items():
            button.setChecked(one is reason)
        self._group.setExclusive(True)


def _banner(kind: MessageKind) -> str:
    return {MessageKind.UNIT: "question", MessageKind.CONFIRM: "warn"}.get(kind, "")


def _emphasised(message: RowMessage) -> str:
    text, strong = escape(message.text), escape(message.strong)
    return text.replace(strong, f"<b>{strong}</b>", 1) if strong else text
