"""The cards beside the list: the server, the way by stick, recent runs, what waits from there."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.domain.sync import SyncRun, Transport
from desktop_app.gui import theme
from desktop_app.gui.sync.words import run_attention, run_text
from desktop_app.gui.texts import local, tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card, Rule
from desktop_app.gui.widgets.folding_row import FoldingRow
from desktop_app.gui.widgets.label import ElidedLabel, Label, icon_label
from desktop_app.gui.widgets.layouts import empty

_LABEL_WIDTH = 76
_MOST_RUNS = 6
_TOP = Qt.AlignmentFlag.AlignTop


class ServerCard(Card):
    """Where the server is, how it is trusted, who is signed in, when it last confirmed."""

    change_chosen = Signal()
    sign_in_chosen = Signal()
    sign_out_chosen = Signal()

    def __init__(self) -> None:
        super().__init__(tr("sync.server"), name="server_card")
        self._change = Button(
            tr("sync.change_server"), kind="plain", icon="pencil", name="change_server"
        )
        self._change.setProperty("compact", "true")
        self._change.clicked.connect(self.change_chosen)
        self.head.addWidget(self._change)
        self._change.hide()
        self._line = Label("", "small", "t2", wrap=True, name="server_line")
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(8)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnMinimumWidth(0, theme.px(_LABEL_WIDTH))
        self._facts.setColumnStretch(1, 1)
        self.sign_in = Button(tr("sync.sign_in"), icon="log-in", name="server_sign_in")
        self.sign_in.clicked.connect(self.sign_in_chosen)
        self.sign_out = Button(tr("sync.sign_out"), icon="log-out", name="server_sign_out")
        self.sign_out.clicked.connect(self.sign_out_chosen)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.sign_in)
        buttons.addWidget(self.sign_out)
        buttons.addStretch(1)
        _let_texts_grow(self)
        self.body.addWidget(self._line)
        self.body.addLayout(self._facts)
        self.body.addLayout(buttons)

    def show_server(
        self, facts: Sequence[tuple[str, str]], line: str, *, signs_in: bool, signs_out: bool
    ) -> None:
        """Show (label, value) pairs, the first value an address, or a line where there is none."""
        empty(self._facts)
        for row, (label, value) in enumerate(facts):
            # An address is one long word: it gives way, the tooltip says all of it.
            shown = ElidedLabel(value, "mono") if row == 0 else Label(value, wrap=True)
            shown.setObjectName(f"server_{row}")
            self._facts.addWidget(Label(label, "small", "t2"), row, 0, _TOP)
            self._facts.addWidget(shown, row, 1)
        self._line.setText(line)
        self._line.setVisible(bool(line))
        self.sign_in.setVisible(signs_in)
        self.sign_out.setVisible(signs_out)

    def name_change(self, text: str, *, is_offered: bool) -> None:
        """Say what the button in the head does, or leave it out."""
        self._change.setText(text)
        self._change.setAccessibleName(text)
        self._change.setVisible(is_offered)


class UsbCard(Card):
    """What would go into a file, what is still out, and the dialogs for both."""

    export_chosen = Signal()
    receipt_chosen = Signal()
    enrol_chosen = Signal()

    def __init__(self) -> None:
        super().__init__(tr("sync.usb"), tr("sync.usb_hint"), name="usb_card")
        self._text = Label("", "small", "t2", wrap=True, name="usb_text")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self.export = Button(tr("sync.export"), icon="usb", name="export_transfer")
        self.receipt = Button(tr("sync.open_receipt"), icon="file-check", name="open_receipt")
        self.enrol = Button(tr("sync.enrol"), icon="key-round", name="enrol_by_file")
        self.export.clicked.connect(self.export_chosen)
        self.receipt.clicked.connect(self.receipt_chosen)
        self.enrol.clicked.connect(self.enrol_chosen)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.export, self.receipt, self.enrol):
            buttons.addWidget(button)
        buttons.addStretch(1)
        _let_texts_grow(self)
        self.body.addWidget(self._text)
        self.body.addLayout(self._lines)
        self.body.addLayout(buttons)

    def show_way(
        self, text: str, lines: Sequence[str], *, has_records: bool, is_open: bool, enrols: bool
    ) -> None:
        """Say how this works now, with small lines below, and offer what can be done."""
        self._text.setText(text)
        empty(self._lines)
        for line in lines:
            self._lines.addWidget(Label(line, "small", "t2", wrap=True))
        self.export.setVisible(is_open)
        self.export.setEnabled(has_records)
        self.receipt.setVisible(is_open)
        self.enrol.setVisible(enrols)


class RunsCard(Card):
    """The last runs, newest first."""

    def __init__(self) -> None:
        super().__init__(tr("sync.runs"), name="runs_card")
        self.body.setContentsMargins(0, 0, 0, 4)
        self.body.setSpacing(0)
        _let_texts_grow(self)

    def show_runs(self, runs: Sequence[SyncRun]) -> None:
        """Show when, by what, and what was carried; what wants attention stands out in words."""
        empty(self.body)
        if not runs:
            nothing = Label(tr("sync.runs_none"), "small", "t2", wrap=True, name="runs_none")
            nothing.setContentsMargins(14, 8, 14, 8)
            self.body.addWidget(nothing)
        for at, run in enumerate(runs[:_MOST_RUNS]):
            if at:
                self.body.addWidget(Rule())
            self.body.addWidget(_RunRow(run, at))


class _RunRow(QWidget):
    def __init__(self, run: SyncRun, at: int) -> None:
        super().__init__()
        self.setObjectName(f"run_{at}")
        is_file = run.transport is Transport.USB
        when = local(run.at).strftime("%m-%d %H:%M")
        way = tr("sync.run_usb" if is_file else "sync.run_server")
        attention = run_attention(run)
        picture = icon_label("usb" if is_file else "server", "t2", 14)
        left = _side_by_side(Label(when, "small", "t2"), picture, Label(way, "small", "t2"))
        words = [Label(run_text(run), "small", "t1")]
        if attention:
            words.append(Label(attention, "smallStrong", "err" if run.refused else "warn"))
        row = QVBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.addWidget(FoldingRow(left, _side_by_side(*words), 2))
        self.setAccessibleName(
            " ".join(one for one in (when, way, run_text(run), attention) if one)
        )


def _side_by_side(*parts: QWidget) -> QWidget:
    frame = QWidget()
    row = QHBoxLayout(frame)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for part in parts:
        row.addWidget(part)
    return frame


class HeldCard(Card):
    """Records from the server that wait for something, by patient."""

    def __init__(self) -> None:
        super().__init__(" ", name="held_card")
        self._hint = Label(tr("sync.held_hint"), "small", "t2", wrap=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        _let_texts_grow(self)
        self.body.addLayout(self._lines)
        self.body.addWidget(self._hint)
        self.hide()

    def show_held(self, title: str, lines: Sequence[str]) -> None:
        """Show what is missing, line by line; without lines the card is left out."""
        self.title.setText(title)
        self.setAccessibleName(title)
        empty(self._lines)
        for line in lines:
            self._lines.addWidget(Label(line, "small", wrap=True))
        self.setVisible(bool(lines))


def _let_texts_grow(card: Card) -> None:
    """Give wrapped texts their height: aligned, they would get one line's."""
    card.body.setAlignment(Qt.AlignmentFlag(0))
