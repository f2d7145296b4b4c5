"""The tab of a patient's details, for reading."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.patient.standing import Standing
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.layouts import empty
from desktop_app.gui.widgets.sync_chip import SyncChip

_LABELS_WIDTH = 150


class DetailsTab(QScrollArea):
    """Label and value a row, and the way to change them."""

    edit_chosen = Signal()

    def __init__(self, *, may_edit: bool) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        card = Card(tr("patient.details"), name="details_card")
        self.edit = Button(tr("patient.edit"), icon="pencil", name="edit_details")
        self.edit.clicked.connect(self.edit_chosen)
        self.edit.setProperty("compact", "true")
        card.head.addWidget(self.edit)
        self.edit.setVisible(may_edit)
        self._grid = QGridLayout()
        self._grid.setColumnMinimumWidth(0, theme.px(_LABELS_WIDTH))
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(10)
        self._grid.setHorizontalSpacing(12)
        card.body.addLayout(self._grid)
        card.setMaximumWidth(theme.px(720))
        ground = QWidget()
        ground.setProperty("ground", "canvas")
        column = QVBoxLayout(ground)
        column.setContentsMargins(16, 12, 16, 12)
        row = QHBoxLayout()
        row.addWidget(card, 1)
        row.addStretch(0)
        column.addLayout(row)
        column.addStretch(1)
        self.setWidget(ground)

    def show_details(self, details: Sequence[tuple[str, str]], standing: Standing | None) -> None:
        """Show (label, value) pairs, and how the record stands where there is a server."""
        empty(self._grid)
        cells: list[tuple[str, QWidget]] = [
            (label, Label(value, "label", wrap=True)) for label, value in details
        ]
        if standing is not None:
            cells.append((tr("patient.sync"), _StandingCell(standing)))
        for row, (label, cell) in enumerate(cells):
            self._grid.addWidget(Label(label, "body", "t2"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(cell, row, 1)


class _StandingCell(QWidget):
    """The state of the patient's own record and what it means."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        # A chip is higher than the line beside it.
        column.setContentsMargins(0, -2, 0, 0)
        column.setSpacing(2)
        if not standing.is_deleted_there:
            column.addWidget(SyncChip(standing.state))
        means = Label("", "small", "t2", wrap=True, name="standing")
        # The server's words are never markup.
        means.setTextFormat(Qt.TextFormat.PlainText)
        means.setText(standing.sentence)
        column.addWidget(means)
        column.addStretch(1)
