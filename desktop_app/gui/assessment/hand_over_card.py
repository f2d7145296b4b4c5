"""The card of a person who enters values for a doctor: which doctor, and what to tell."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from desktop_app.domain.account import Account
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.note_field import NoteField

_LONGEST_MESSAGE = 500
_MESSAGE_LINES = 56  # design pixels: two lines of text and the border


class HandOverCard(Card):
    """Says who assesses, and takes the doctor and a message."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(tr("assessment.hand_over"), name="hand_over")
        enters, assesses = tr("assessment.staff_enter"), tr("assessment.doctor_assesses")
        why = Label(f"{enters} <b>{assesses}</b>", "small", wrap=True, rich=True)
        self._doctors = QComboBox()
        self._doctors.setObjectName("doctor")
        self._doctors.setPlaceholderText(tr("assessment.choose_doctor"))
        self._message = NoteField(longest=_LONGEST_MESSAGE)
        self._message.setObjectName("hand_over_message")
        self._message.setFixedHeight(theme.px(_MESSAGE_LINES))
        self.body.addWidget(why)
        for text, widget in (
            (tr("assessment.doctor"), self._doctors),
            (tr("assessment.message"), self._message),
        ):
            label = Label(text, "small", "t2")
            widget.setAccessibleName(text)
            label.setBuddy(widget)
            self.body.addWidget(label)
            self.body.addWidget(widget)
        self._doctors.currentIndexChanged.connect(self.changed)
        self._message.textChanged.connect(self.changed)

    def show_doctors(
        self, doctors: Sequence[Account], chosen: RecordId | None, message: str
    ) -> None:
        """Offer these doctors; nobody is chosen where it is not clear who it is."""
        self._doctors.clear()
        for doctor in doctors:
            self._doctors.addItem(theme.icon("stethoscope", "t2"), doctor.name, doctor)
        ids = [doctor.account_id for doctor in doctors]
        if chosen in ids:
            self._doctors.setCurrentIndex(ids.index(chosen))
        else:
            self._doctors.setCurrentIndex(0 if len(ids) == 1 else -1)
        self._message.setPlainText(message)

    @property
    def doctor(self) -> Account | None:
        """Return the doctor who is chosen."""
        chosen = self._doctors.currentData()
        return chosen if isinstance(chosen, Account) else None

    @property
    def message(self) -> str:
        """Return what the doctor should know."""
        return self._message.toPlainText()
