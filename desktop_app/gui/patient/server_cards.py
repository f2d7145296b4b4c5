"""What other programs recorded about the patient: outcomes, prescriptions and notes, to read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_app.domain.exchange import RecordKind, ServerRecord
from desktop_app.gui import theme
from desktop_app.gui.texts import format_relative, tr
from desktop_app.gui.widgets.card import Card, Rule
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.layouts import empty
from desktop_app.gui.widgets.scrolled import Ground

RING = 2  # as the style sheet has it
_CARDS = {
    RecordKind.OUTCOME: ("outcomes_card", "patient.outcome"),
    RecordKind.PRESCRIPTION: ("prescriptions_card", "patient.prescriptions"),
}


class ServerCards(QScrollArea):
    """A card for each kind of record that there is; arrow keys scroll."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("server_cards")
        self.setAccessibleName(tr("patient.elsewhere_all"))
        self.setProperty("pane", "true")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(theme.px(200))
        ground = Ground()
        ground.setProperty("page", "true")
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._cards = {kind: _RecordsCard(name, tr(key)) for kind, (name, key) in _CARDS.items()}
        for card in self._cards.values():
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(ground)
        self.hide()

    def show_records(self, records: Sequence[ServerRecord], now: datetime) -> None:
        """Show these, newest first; predictions stand in the timeline instead."""
        for kind, card in self._cards.items():
            card.show_records([one for one in records if one.kind is kind], now)
        self.setVisible(any(one.kind in self._cards for one in records))


class _RecordsCard(Card):
    """The records of one kind, one below the other."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(title, tr("patient.elsewhere"), name=name)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)

    def show_records(self, records: Sequence[ServerRecord], now: datetime) -> None:
        """Replace what is shown; without a record there is no card."""
        empty(self.body)
        for at, record in enumerate(records):
            if at:
                self.body.addWidget(Rule())
            self.body.addWidget(_Entry(record, now))
        self.setVisible(bool(records))


class _Entry(QWidget):
    """One record: what, when and by whom; struck and said so where the server has deleted it."""

    def __init__(self, record: ServerRecord, now: datetime) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 9, 14, 10)
        column.setSpacing(4)
        for label in _labels(record, now):
            column.addWidget(label)


def _labels(record: ServerRecord, now: datetime) -> Iterator[Label]:
    when = format_relative(record.recorded_at, now)
    about = [when, record.author_name, tr("patient.deleted_there") if record.is_deleted else ""]
    for text, role, tone in (
        (record.title, "strong", "t1"),
        (" · ".join(filter(None, about)), "small", "t2"),
        (record.words, "body", "t1"),
    ):
        if text:
            label = Label("", role, tone, wrap=True)
            # Somebody else's words are never markup.
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setText(text)
            if record.is_deleted and role != "small":
                label.setProperty("struck", "true")
            yield label
