"""Step 2: the recovery key is printed, and two groups typed from the paper prove it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.domain.recovery_key import GROUP_LENGTH, plain_key_text
from desktop_app.gui import theme
from desktop_app.gui.first_run.key_panel import KeyPanel
from desktop_app.gui.first_run.recovery_paper import Paper, PaperPreview
from desktop_app.gui.first_run.section import is_narrow
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.layouts import discard
from desktop_app.gui.widgets.text_field import TextField


class _ProofField(QWidget):
    """One asked group: its field and a word on how it stands."""

    def __init__(self, group: int) -> None:
        super().__init__()
        self.line = TextField()
        self.line.setObjectName(f"proof_{group}")
        self.line.setAccessibleName(tr("first_run.proof_group", group=group))
        self.line.setMaxLength(GROUP_LENGTH + 3)
        self.line.setFixedWidth(theme.px(190))
        theme.set_role(self.line, "mono")
        self._word = Label("", "small", "t2", name=f"proof_{group}_word")
        label = Label(tr("first_run.proof_group", group=group), "small")
        label.setBuddy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(5))
        for widget in (label, self.line, self._word):
            column.addWidget(widget)

    def show_state(self, is_proved: bool) -> None:
        """Say whether the group matches, or how much is still to come."""
        left = GROUP_LENGTH - len(plain_key_text(self.line.seen_text()))
        if is_proved:
            text, tone = tr("first_run.proof_matches"), "ok"
        elif left > 0:
            text, tone = tr("first_run.proof_more", n=left), "t2"
        else:
            text, tone = tr("first_run.proof_differs"), "err"
        self._word.setText(text)
        self._word.set_tone(tone)


class RecoveryPage(QWidget):
    """`proof_changed` after every key; while a group is typed it is covered above."""

    print_requested = Signal()
    save_requested = Signal()
    proof_changed = Signal()
    submitted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._key = KeyPanel()
        self._preview = PaperPreview()
        self._done = Label("", "smallStrong", "ok", name="print_done")
        self._old_paper = Banner("warn", tr("first_run.old_paper"), name="old_paper")
        self._old_paper.hide()
        self._fields: dict[int, _ProofField] = {}
        self._proof = QHBoxLayout()
        self._proof.setSpacing(theme.px(20))
        self._promise = QCheckBox(tr("first_run.keep_apart"))
        self._promise.setObjectName("keep_apart")
        self._promise.toggled.connect(self.proof_changed)
        row = QVBoxLayout(self) if is_narrow() else QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(6), 0, 0)
        row.setSpacing(theme.px(40))
        row.addLayout(self._left(), 1)
        row.addLayout(self._right())

    def show_key(self, paper: Paper, asked: Sequence[int], *, is_second: bool) -> None:
        """Show a new key and ask for groups of it; `is_second` warns of older paper."""
        self._key.show_groups(paper.groups)
        self._preview.show_paper(paper)
        self._done.setText("")
        self._promise.setChecked(False)
        self._old_paper.setVisible(is_second)
        for field in self._fields.values():
            discard(field)
        self._fields = {group: self._ask(group) for group in asked}

    def typed(self) -> Mapping[int, str]:
        """Return what was typed for each asked group."""
        return {group: field.line.seen_text() for group, field in self._fields.items()}

    def has_promised(self) -> bool:
        """Tell whether the person promised to keep the paper apart."""
        return self._promise.isChecked()

    def show_proof(self, proved: Mapping[int, bool]) -> None:
        """Say of each group whether it matches."""
        for group, is_proved in proved.items():
            self._fields[group].show_state(is_proved)

    def show_done(self, text: str) -> None:
        """Say when the key was printed or saved."""
        self._done.setText(text)

    def focus_first(self) -> None:
        """Put the keyboard on the print button."""
        self._print.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            is_typing = event.type() == QEvent.Type.FocusIn
            hidden = tuple(self._fields) if is_typing else ()
            self._key.hide_groups(hidden)
            self._preview.hide_groups(hidden)
        return super().eventFilter(watched, event)

    def _ask(self, group: int) -> _ProofField:
        field = _ProofField(group)
        field.line.typed.connect(self.proof_changed)
        field.line.returnPressed.connect(self.submitted)
        field.line.installEventFilter(self)
        field.show_state(False)
        self._proof.insertWidget(self._proof.count() - 1, field)
        return field

    def _left(self) -> QVBoxLayout:
        self._print = Button(
            tr("first_run.print"), kind="primary", icon="printer", key="Ctrl+P", name="print_key"
        )
        self._print.clicked.connect(self.print_requested)
        QShortcut(QKeySequence("Ctrl+P"), self, self.print_requested.emit)
        save = Button(tr("first_run.save_pdf"), icon="save", name="save_key")
        save.clicked.connect(self.save_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for widget in (self._print, save, self._done):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        self._proof.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.px(12))
        column.addWidget(Label(tr("first_run.key_line"), "body", "t2", wrap=True))
        column.addWidget(self._old_paper)
        column.addWidget(self._key)
        column.addWidget(Label(tr("first_run.key_letters"), "small", "t2", wrap=True))
        column.addLayout(buttons)
        column.addWidget(Rule())
        column.addWidget(Label(tr("first_run.proof"), "cardTitle"))
        column.addWidget(Label(tr("first_run.proof_hidden"), "small", "t2"))
        column.addLayout(self._proof)
        column.addWidget(self._promise)
        column.addStretch(1)
        return column

    def _right(self) -> QVBoxLayout:
        warning = Banner("warn", tr("first_run.irreversible"), tr("first_run.irreversible_text"))
        warning.setFixedWidth(theme.px(270))
        column = QVBoxLayout()
        column.setSpacing(theme.px(8))
        column.addWidget(Label(tr("first_run.preview"), "small", "t2"))
        column.addWidget(self._preview, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(warning)
        column.addStretch(1)
        return column
