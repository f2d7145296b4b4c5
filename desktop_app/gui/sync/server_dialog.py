"""The dialog in which an administrator names the server and how it is reached."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.sync import Certificate, ProxyUse, ServerSettings
from desktop_app.gui import theme
from desktop_app.gui.sync.check_steps import Step, first_steps
from desktop_app.gui.texts import format_date, plain, tr
from desktop_app.gui.widgets.banner import announce
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.check_list import CheckList
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.password_field import PasswordField
from desktop_app.gui.widgets.scrolled import Ground, scrolled
from desktop_app.gui.widgets.text_field import TextField
from desktop_app.gui.widgets.work_dialog import WorkDialog

_INTERVALS = (5, 15, 30, 60, 240, 1440)
_PROXIES = {
    ProxyUse.SYSTEM: "server.proxy_system",
    ProxyUse.NONE: "server.proxy_none",
    ProxyUse.EXPLICIT: "server.proxy_explicit",
}
_FORM_HEIGHT, _OF_THE_WINDOW, _AROUND_THE_FORM = 540, 0.95, 190


class ServerDialog(WorkDialog):
    """Address, authority, proxy, the background, and a check of all that before it is saved."""

    check_wanted = Signal()
    file_wanted = Signal()
    file_removed = Signal()

    def __init__(self, parent: QWidget, settings: ServerSettings) -> None:
        super().__init__(parent, tr("server.title"), tr("server.text"), icon="server", width=640)
        self.setObjectName("server_dialog")
        self._settings = settings
        self._ca_file = settings.ca_file
        self._may_be_unattended: bool | None = None
        self._form = QVBoxLayout()
        self._form.setContentsMargins(2, 2, 12, 2)
        self._form.setSpacing(5)
        self._add_address()
        self._add_authority()
        self._add_proxy()
        self._add_background()
        self._add_check()
        ground = Ground()
        ground.setProperty("page", "true")
        ground.setLayout(self._form)
        self._form_area = scrolled(ground)
        # As high as the window leaves room for; the rest scrolls.
        room = round(parent.window().height() * _OF_THE_WINDOW) - theme.px(_AROUND_THE_FORM)
        self._form_area.setMinimumHeight(max(160, min(theme.px(_FORM_HEIGHT), room)))
        self.body.addWidget(self._form_area, 1)
        self.add_buttons(tr("server.save"))
        self._follow_choices()
        self.address.setFocus()

    # -- the form

    def _head(self, text: str) -> None:
        self._form.addSpacing(8)
        self._form.addWidget(Label(text, "strong"))

    def _field(self, label: str, field: QWidget) -> Label:
        named = Label(label, "small", "t2")
        named.setBuddy(field)
        field.setAccessibleName(plain(label))
        self._form.addWidget(named)
        self._form.addWidget(field)
        return named

    def _add_address(self) -> None:
        self.address = TextField(self._settings.address)
        self.address.setObjectName("server_address")
        self.address.setAccessibleDescription(tr("server.address_hint"))
        self._field(tr("server.address"), self.address)
        self._form.addWidget(Label(tr("server.address_hint"), "small", "t2", wrap=True))

    def _add_authority(self) -> None:
        self._head(tr("server.ca"))
        self._authority = Label("", "small", wrap=True, name="ca_subject")
        self._fingerprint = Label("", "mono", "t2", wrap=True, name="ca_fingerprint")
        choose = Button(tr("server.ca_choose"), name="choose_ca")
        choose.clicked.connect(self.file_wanted)
        self._remove = Button(tr("server.ca_remove"), kind="plain", name="remove_ca")
        self._remove.clicked.connect(self.file_removed)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(choose)
        row.addWidget(self._remove)
        row.addStretch(1)
        self._form.addWidget(self._authority)
        self._form.addWidget(self._fingerprint)
        self._form.addLayout(row)
        self.show_authority(self._ca_file, ())

    def _add_proxy(self) -> None:
        self._head(tr("server.proxy"))
        group = QButtonGroup(self)
        self._proxies: dict[ProxyUse, QRadioButton] = {}
        row = QHBoxLayout()
        row.setSpacing(18)
        for use, key in _PROXIES.items():
            button = QRadioButton(tr(key))
            button.setObjectName(f"proxy_{use.value}")
            button.setAccessibleName(f"{tr('server.proxy')}: {tr(key)}")
            button.setChecked(use is self._settings.proxy_use)
            button.toggled.connect(self._follow_choices)
            group.addButton(button)
            self._proxies[use] = button
            row.addWidget(button)
        row.addStretch(1)
        self._form.addLayout(row)
        self.proxy_address = TextField(self._settings.proxy_address)
        self.proxy_address.setObjectName("proxy_address")
        self.proxy_login = TextField(self._settings.proxy_login)
        self.proxy_login.setObjectName("proxy_login")
        label = tr("server.proxy_password")
        self.proxy_password = PasswordField(plain(label), name="proxy_password")
        self.proxy_password.line.setText(self._settings.proxy_password)
        self._proxy_parts: list[QWidget] = []
        for words, field in (
            (tr("server.proxy_address"), self.proxy_address),
            (tr("server.proxy_login"), self.proxy_login),
            (label, self.proxy_password),
        ):
            self._proxy_parts += [self._field(words, field), field]

    def _add_background(self) -> None:
        self._head(tr("server.background"))
        self.automatic = QCheckBox(tr("server.automatic"))
        self.automatic.setObjectName("is_automatic")
        self.automatic.setAccessibleName(plain(self.automatic.text()))
        self.automatic.setChecked(self._settings.is_automatic)
        self.automatic.toggled.connect(self._follow_choices)
        self.interval = QComboBox()
        self.interval.setObjectName("interval")
        self.interval.setAccessibleName(tr("server.interval"))
        for minutes in sorted({*_INTERVALS, self._settings.interval_minutes}):
            self.interval.addItem(_interval_text(minutes), minutes)
        self.interval.setCurrentIndex(self.interval.findData(self._settings.interval_minutes))
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.automatic)
        row.addWidget(self.interval)
        row.addStretch(1)
        self.unattended = QCheckBox(tr("server.unattended"))
        self.unattended.setObjectName("is_unattended")
        self.unattended.setAccessibleName(plain(self.unattended.text()))
        self.unattended.setChecked(self._settings.is_unattended)
        self._unattended_hint = Label("", "small", "t2", wrap=True, name="unattended_hint")
        self._form.addLayout(row)
        self._form.addWidget(self.unattended)
        self._form.addWidget(self._unattended_hint)

    def _add_check(self) -> None:
        self._form.addSpacing(8)
        self.check = Button(tr("server.check"), icon="plug-zap", name="check_settings")
        self.check.clicked.connect(self.check_wanted)
        self._check_text = Label("", "body", "t2", wrap=True, name="check_text")
        row = QHBoxLayout()
        row.addWidget(self.check)
        row.addStretch(1)
        steps = [one.text for one in first_steps(self._settings)]
        self.steps = CheckList(steps)
        self.steps.setObjectName("check_steps")
        self._form.addLayout(row)
        self._form.addWidget(self._check_text)
        self._check_text.hide()
        self._form.addWidget(self.steps)
        self._form.addStretch(1)

    # -- what is chosen

    def settings(self) -> ServerSettings:
        """Return what stands in the dialog; whether it may run unattended is decided apart."""
        return replace(
            self._settings,
            address=self.address.text().strip(),
            ca_file=self._ca_file,
            proxy_use=next(use for use, one in self._proxies.items() if one.isChecked()),
            proxy_address=self.proxy_address.text().strip(),
            proxy_login=self.proxy_login.text().strip(),
            proxy_password=self.proxy_password.text(),
            is_automatic=self.automatic.isChecked(),
            interval_minutes=self.interval.currentData(),
        )

    @property
    def wants_unattended(self) -> bool:
        """Tell whether records are to be synced while the screen is locked.

        Before the key store has answered, it stays as it was.
        """
        may_be = self._may_be_unattended is not False
        return may_be and self.automatic.isChecked() and self.unattended.isChecked()

    def missing(self) -> str:
        """Return what is still to be done, empty when it can be saved."""
        wanted = self.settings()
        if wanted.is_automatic and not wanted.is_set:
            return tr("server.need_address")
        if wanted.proxy_use is ProxyUse.EXPLICIT and not wanted.proxy_address:
            return tr("server.need_proxy")
        return ""

    def _follow_choices(self, _is_on: bool = False) -> None:
        explicit = self._proxies[ProxyUse.EXPLICIT].isChecked()
        for part in self._proxy_parts:
            part.setVisible(explicit)
        is_automatic = self.automatic.isChecked()
        self.interval.setEnabled(is_automatic)
        self.unattended.setEnabled(is_automatic and self._may_be_unattended is True)
        if self._may_be_unattended is False:
            hint = tr("server.unattended_insecure")
        elif not is_automatic:
            hint = tr("server.unattended_needs_automatic")
        else:
            hint = tr("server.unattended_hint")
        self._unattended_hint.setText(hint)
        self.unattended.setAccessibleDescription(hint)

    # -- what is shown

    def show_key_store(self, *, is_secure: bool) -> None:
        """Tell whether the system's key store may hold a key."""
        self._may_be_unattended = is_secure
        self._follow_choices()

    def show_authority(self, text: str, certificates: Sequence[Certificate]) -> None:
        """Show whom a certificate file names, by subject and fingerprint."""
        self._ca_file = text
        lines = [
            tr("server.ca_subject", subject=one.subject, day=format_date(one.valid_until))
            for one in certificates
        ]
        self._authority.setText("\n".join(lines) if lines else tr("server.ca_none"))
        self._authority.set_tone("t1" if lines else "t2")
        prints = [
            tr("server.ca_fingerprint", fingerprint=in_fours(one.fingerprint))
            for one in certificates
        ]
        self._fingerprint.setText("\n".join(prints))
        self._fingerprint.setVisible(bool(prints))
        self._remove.setVisible(bool(text))

    def show_checking(self) -> None:
        """Say that a check is on."""
        self.check.setEnabled(False)
        self._say_of_check(tr("server.checking"))

    def show_steps(self, steps: Sequence[Step], sentence: str) -> None:
        """Show how far a check came, and what to do where it ended."""
        self.check.setEnabled(True)
        for at, step in enumerate(steps):
            self.steps.set_state(at, step.state, step.text)
        is_problem = any(step.state == "problem" for step in steps)
        self._say_of_check(sentence, "err" if is_problem else "t1")

    def _say_of_check(self, text: str, tone: str = "t2") -> None:
        self._check_text.setText(text)
        self._check_text.setVisible(bool(text))
        self._check_text.set_tone(tone)
        announce(self, text, assertive=tone == "err")
        # Steps below the sentence: both are in sight where there is room for both.
        self._form_area.ensureWidgetVisible(self.steps)
        self._form_area.ensureWidgetVisible(self._check_text)


def in_fours(text: str) -> str:
    """Return a fingerprint in groups of four, as people read it out."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _interval_text(minutes: int) -> str:
    if minutes % 60:
        return tr("server.minutes", n=minutes)
    return tr("server.hours", n=minutes // 60)
