"""What is known of the chosen record, and what can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.application.sync_ports import OutboxRow
from desktop_app.domain.exchange import Delivery
from desktop_app.gui.sync.words import detail_text, record_text
from desktop_app.gui.texts import format_moment, tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import ElidedLabel, Label
from desktop_app.gui.widgets.scrolled import Ground, ShrinkingArea
from desktop_app.gui.widgets.sync_chip import SyncChip

_LEAST_TEXT = 40


class DetailPane(QWidget):
    """Title and chip, the reason in a sentence, buttons."""

    send_again_chosen = Signal()
    copy_chosen = Signal()
    resolve_chosen = Signal()
    patient_chosen = Signal()

    def __init__(self, *, may_decide: bool) -> None:
        super().__init__()
        self._may_decide = may_decide
        self.setObjectName("detail_pane")
        self.setProperty("bar", "detail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = ElidedLabel("", "cardTitle", name="detail_title")
        self._chip = SyncChip()
        self._tried = Label("", "small", "t2", name="detail_tried")
        self._text = Label("", wrap=True, rich=True, name="detail_text")
        self.resolve = Button(
            tr("sync.resolve"), icon="git-compare", key="Enter", name="resolve_conflict"
        )
        self.again = Button(tr("sync.send_again"), icon="rotate-cw", key="R", name="send_again")
        self.copy = Button(tr("sync.copy"), icon="copy", name="copy_for_server")
        self.patient = Button(
            tr("sync.open_patient"), icon="folder-open", key="Enter", name="open_patient"
        )
        self.resolve.clicked.connect(self.resolve_chosen)
        self.again.clicked.connect(self.send_again_chosen)
        self.copy.clicked.connect(self.copy_chosen)
        self.patient.clicked.connect(self.patient_chosen)
        self._lay_out()
        self.clear()

    def _lay_out(self) -> None:
        ground = Ground()
        ground.setProperty("page", "true")
        words = QVBoxLayout(ground)
        words.setContentsMargins(0, 0, 0, 0)
        words.addWidget(self._text)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._chip)
        head.addStretch(1)
        head.addWidget(self._tried)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.resolve, self.again, self.copy, self.patient):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(ShrinkingArea(ground, _LEAST_TEXT))
        column.addLayout(buttons)

    def clear(self) -> None:
        """Say what this pane is for, while no row is chosen."""
        self._title.setText("")
        self._text.setText(tr("sync.detail_none"))
        for widget in (self._chip, self._tried, *self._buttons):
            widget.hide()

    def show_row(self, row: OutboxRow) -> None:
        """Show a record and offer what fits its state."""
        title = tr("sync.detail_title", patient=row.patient.name, record=record_text(row))
        self._title.setText(title)
        self._chip.show_state(row.state)
        tried = format_moment(row.tried_at) if row.tried_at is not None else ""
        self._tried.setText(tr("sync.detail_tried", when=tried) if tried else "")
        self._text.setText(detail_text(row, may_decide=self._may_decide))
        is_refused = row.state is Delivery.REFUSED
        is_decided_here = row.state is Delivery.CONFLICT and self._may_decide
        self._chip.show()
        self._tried.setVisible(bool(tried))
        self.again.setVisible(is_refused)
        self.copy.setVisible(is_refused)
        self.resolve.setVisible(is_decided_here)
        self.patient.show_key(is_shown=not is_decided_here)
        self.patient.show()

    @property
    def _buttons(self) -> tuple[Button, ...]:
        return (self.resolve, self.again, self.copy, self.patient)
