"""The accounts of the clinic in the settings, and the person's own password."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
)

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.label import Label

_ROW_HEIGHT = 36
_MOST_ROWS_SHOWN = 12


class AccountsView(Card):
    """A table of accounts; the buttons act on the chosen one."""

    create_requested = Signal()
    change_requested = Signal()
    password_requested = Signal()

    def __init__(self) -> None:
        super().__init__(tr("accounts.title"), name="accounts_section")
        heads = [
            tr("accounts.name"),
            tr("accounts.login"),
            tr("accounts.roles"),
            tr("accounts.department"),
            tr("accounts.last_sign_in"),
            tr("accounts.state"),
        ]
        self.table = QTableWidget(0, len(heads))
        self.table.setObjectName("accounts_table")
        self.table.setAccessibleName(tr("accounts.title"))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.itemSelectionChanged.connect(self._show_buttons)
        self.table.activated.connect(self.change_requested)
        create = Button(tr("accounts.create"), icon="user-plus", name="create_account")
        create.clicked.connect(self.create_requested)
        self._change = Button(tr("accounts.change"), name="change_account")
        self._change.clicked.connect(self.change_requested)
        self._password = Button(tr("accounts.give_password"), name="give_password")
        self._password.clicked.connect(self.password_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (create, self._change, self._password):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.body.addWidget(Label(tr("accounts.line"), "small", "t2", wrap=True))
        self.body.addWidget(self.table)
        self.body.addLayout(buttons)
        self._show_buttons()

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show one row of texts an account."""
        chosen = self.chosen_row()
        self.table.setRowCount(len(rows))
        for number, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.table.setItem(number, column, QTableWidgetItem(text))
        shown = min(len(rows), _MOST_ROWS_SHOWN) + 1
        self.table.setMinimumHeight(theme.px(_ROW_HEIGHT) * shown)
        if chosen >= 0:
            self.table.selectRow(chosen)
        self._show_buttons()

    def chosen_row(self) -> int:
        """Return the row under the cursor, -1 if there is none."""
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() if rows else -1

    def _show_buttons(self) -> None:
        is_chosen = self.chosen_row() >= 0
        self._change.setEnabled(is_chosen)
        self._password.setEnabled(is_chosen)


class OwnPasswordView(Card):
    """The way to a new password of one's own."""

    change_requested = Signal()

    def __init__(self) -> None:
        super().__init__(tr("accounts.own_title"), name="own_password_section")
        button = Button(tr("accounts.own_change"), icon="key-round", name="change_own_password")
        button.clicked.connect(self.change_requested)
        self.body.addWidget(Label(tr("accounts.own_line"), "small", "t2", wrap=True))
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
