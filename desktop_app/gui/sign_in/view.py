"""The sign-in page: who, the password, and what the program is and is not."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.page import FrontPage
from desktop_app.gui.sign_in.account_list import AccountList, AccountRow
from desktop_app.gui.sign_in.password_panel import PasswordPanel
from desktop_app.gui.texts import LANGUAGES, language, tr
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import ElidedLabel, Label, icon_label
from desktop_app.gui.widgets.logo import Logo
from desktop_app.gui.widgets.scrolled import Ground, scrolled
from desktop_app.gui.widgets.text_field import TextField

_PANEL_WIDTH, _PEOPLE_WIDTH, _PANEL_HEIGHT = 820, 330, 398
_WIDEST_PANEL = 1200  # what the smallest window has room for, at any text size


class SignInView(FrontPage):
    """`submitted` carries login and password."""

    submitted = Signal(str, str)
    account_chosen = Signal(str)
    other_account_requested = Signal()
    recovery_requested = Signal()
    help_requested = Signal()

    def __init__(self) -> None:
        super().__init__(tr("sign_in.title"))
        self.setObjectName("sign_in_page")
        self._people = AccountList()
        self._people.chosen.connect(self.account_chosen)
        self._people.confirmed.connect(self.focus_first)
        self._hello = Label("", "bigHeading", wrap=True, name="hello")
        self._login = TextField()
        self._login.setObjectName("login")
        self._login.setAccessibleName(tr("sign_in.login").replace("&", ""))
        self._login.returnPressed.connect(self._on_login_entered)
        self._login_part = self._labelled_login()
        recover = Button(tr("sign_in.use_recovery_key"), kind="plain", name="use_recovery_key")
        recover.clicked.connect(self.recovery_requested)
        self._password = PasswordPanel(tr("sign_in.sign_in"), recover)
        self._password.submitted.connect(self._on_password_submitted)
        self._notice = Banner("ok", "", name="sign_in_notice")
        self._notice.hide()
        self._trouble = Banner("err", "", name="sign_in_trouble")
        self._trouble.hide()
        self._honest = Label("", "small", "t2", wrap=True, rich=True, name="honest")
        self._lay_out()

    def show_clinic(self, line: str) -> None:
        """Name the clinic and this computer's seat."""
        self._clinic.setText(line)

    def show_accounts(self, rows: Sequence[AccountRow]) -> None:
        """List the people; with none of them the login is typed."""
        self._people.show_rows(rows)
        self._people_part.setVisible(bool(rows))

    def choose(self, login: str) -> None:
        """Choose a person of the list; an empty login asks to type one."""
        self._people.choose(login)

    def show_person(self, hello: str, *, types_login: bool) -> None:
        """Greet the chosen person, or ask for a login."""
        self._hello.setText(hello)
        self._login_part.setVisible(types_login)
        self._password.clear()

    def show_honest_line(self, text: str) -> None:
        """Say what the program is and is not."""
        self._honest.setText(text)

    def show_problem(self, text: str, *, is_refused: bool = True) -> None:
        """Say why the last try failed, or nothing."""
        self._password.show_problem(text, is_refused=is_refused)

    def show_notice(self, text: str) -> None:
        """Confirm something above the fields."""
        self._notice.show_message("ok", text)
        self._notice.show()

    def show_trouble(self, strong: str, text: str) -> None:
        """Say why nobody can sign in at all."""
        self._trouble.show_message("err", strong, text)
        self._trouble.show()
        self._panel.hide()

    def set_busy(self, busy: bool) -> None:
        """Hold everything while a password is being checked; the page stays alive."""
        self._password.set_busy(busy)
        self._people_part.setEnabled(not busy)

    def forget_password(self) -> None:
        """Empty the password field."""
        self._password.clear()

    def focus_first(self) -> None:
        """Put the keyboard on the login where it must be typed, else on the password."""
        wants_login = self._login_part.isVisibleTo(self) and not self._login.text()
        (self._login if wants_login else self._password).setFocus()

    def _on_login_entered(self) -> None:
        self._password.setFocus()

    def _on_password_submitted(self, password: str) -> None:
        typed = self._login_part.isVisibleTo(self)
        login = self._login.seen_text() if typed else self._people.chosen_login()
        self.submitted.emit(login, password)

    def _lay_out(self) -> None:
        content = Ground()
        content.setProperty("page", "true")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(content))
        column = QVBoxLayout(content)
        column.setContentsMargins(28, 16, 28, 16)
        column.setSpacing(0)
        column.addLayout(self._top_row())
        column.addStretch(2)
        middle = QVBoxLayout()
        middle.setSpacing(theme.px(20))
        middle.addLayout(self._head())
        middle.addWidget(self._trouble)
        self._panel = self._build_panel()
        middle.addWidget(self._panel)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(icon_label("stethoscope", "t2"))
        foot.addWidget(self._honest, 1)
        middle.addSpacing(-theme.px(6))
        middle.addLayout(foot)
        column.addLayout(_centred(middle))
        column.addStretch(3)

    def _top_row(self) -> QHBoxLayout:
        self._language = QComboBox()
        self._language.setObjectName("language")
        self._language.setAccessibleName(tr("sign_in.language"))
        for code, text in (("ko", tr("common.korean")), ("en", tr("common.english"))):
            self._language.addItem(theme.icon("languages", "t2"), text, code)
        self._language.setCurrentIndex(LANGUAGES.index(language()))
        self._language.setMinimumWidth(theme.px(132))
        self._language.activated.connect(
            lambda _index: self.language_chosen.emit(self._language.currentData())
        )
        help_button = Button(
            tr("sign_in.help"), kind="plain", icon="circle-help", key="F1", name="help"
        )
        help_button.clicked.connect(self.help_requested)
        QShortcut(QKeySequence("F1"), self, self.help_requested.emit)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._language)
        row.addWidget(help_button)
        return row

    def _head(self) -> QHBoxLayout:
        self._clinic = ElidedLabel("", "body", "t2", most=_PANEL_WIDTH - 70, name="clinic")
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Label("MesoDesk", "bigHeading"))
        names.addWidget(self._clinic)
        row = QHBoxLayout()
        row.setSpacing(theme.px(14))
        row.addWidget(Logo())
        row.addLayout(names, 1)
        return row

    def _build_panel(self) -> QFrame:
        panel = QFrame()
        panel.setProperty("card", "true")
        panel.setFixedWidth(min(theme.px(_PANEL_WIDTH), _WIDEST_PANEL))
        panel.setMinimumHeight(theme.px(_PANEL_HEIGHT))
        row = QHBoxLayout(panel)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        self._people_part = self._build_people()
        row.addWidget(self._people_part)
        row.addLayout(self._build_form(), 1)
        return panel

    def _build_people(self) -> QWidget:
        part = QWidget()
        part.setProperty("front", "people")
        part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        part.setFixedWidth(theme.px(_PEOPLE_WIDTH))
        other = Button(tr("sign_in.other_account"), kind="plain", icon="user", name="other_account")
        other.clicked.connect(self.other_account_requested)
        head = Label(tr("sign_in.who"), "strong")
        head.setContentsMargins(theme.px(20), theme.px(16), 0, theme.px(8))
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._people, 1)
        column.addWidget(Rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.px(8), theme.px(9), theme.px(8), theme.px(9))
        foot.addWidget(other)
        foot.addStretch(1)
        column.addLayout(foot)
        return part

    def _build_form(self) -> QVBoxLayout:
        form = QVBoxLayout()
        form.setContentsMargins(theme.px(40), theme.px(30), theme.px(40), theme.px(14))
        form.setSpacing(0)
        form.addWidget(self._notice)
        form.addWidget(self._hello)
        form.addWidget(Label(tr("sign_in.offline"), "body", "t2", wrap=True))
        form.addSpacing(theme.px(24))
        form.addWidget(self._login_part)
        form.addWidget(self._password)
        form.addStretch(1)
        form.addWidget(Rule())
        form.addSpacing(theme.px(10))
        form.addWidget(Label(tr("sign_in.delay_rule"), "small", "t2", wrap=True))
        return form

    def _labelled_login(self) -> QWidget:
        part = QWidget()
        label = Label(tr("sign_in.login"), "small", "t2")
        label.setBuddy(self._login)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, theme.px(12))
        column.setSpacing(theme.px(6))
        column.addWidget(label)
        column.addWidget(self._login)
        return part


def _centred(column: QVBoxLayout) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addStretch(1)
    row.addLayout(column)
    row.addStretch(1)
    return row
