"""The server is named, checked, signed in to and enrolled at; nothing is sent before."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.domain.account import Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import ProxyUse, ServerSettings
from desktop_app.gui import routes
from desktop_app.gui.sync.enrolment_dialog import EnrolmentDialog
from desktop_app.gui.sync.server_dialog import ServerDialog
from desktop_app.gui.sync.server_presenter import ServerPresenter
from desktop_app.gui.sync.sign_in_dialog import ServerSignInDialog
from tests.backend.deployment import write_certificates
from tests.fakes.vault import FakeSecretStore
from tests.functional.opened_clinic import OpenedClinic
from tests.functional.record_states import register
from tests.functional.scripted_server import ScriptedServer
from tests.functional.sync_clinic import ADDRESS, SETTINGS, sync_clinic

Asked = TypeVar("Asked", bound=QWidget)
Open = Callable[[Role, ServerSettings | None], OpenedClinic]


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path, server: ScriptedServer) -> Iterator[OpenedClinic]:
    """An administrator's clinic before anybody named a server."""
    with sync_clinic(qtbot, tmp_path, role=Role.ADMIN, settings=None, server=server) as opened:
        show(opened)
        yield opened


@pytest.fixture
def connected(qtbot: QtBot, tmp_path: Path, server: ScriptedServer) -> Iterator[OpenedClinic]:
    """A doctor's clinic with a server to which nobody signed in yet."""
    settings = replace(SETTINGS, account="")
    with sync_clinic(qtbot, tmp_path, settings=settings, server=server) as opened:
        register(opened, "홍길동", "00417")
        show(opened)
        yield opened


def show(opened: OpenedClinic) -> None:
    opened.show()
    # Shortcuts and the keyboard reach an active window only.
    opened.qtbot.waitUntil(opened.window.isActiveWindow)
    opened.navigator.go(routes.sync())
    opened.settle()


def asked(opened: OpenedClinic, kind: type[Asked], name: str) -> Asked:
    """Press what opens a dialog and return the dialog."""
    opened.find(QPushButton, name).click()
    opened.settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, kind)
    return dialog


def press(opened: OpenedClinic, dialog: QWidget, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    button.click()
    opened.settle()


def choose(dialog: QWidget, name: str) -> None:
    choice = dialog.findChild(QRadioButton, name)
    assert choice is not None
    choice.click()


def part(dialog: QWidget, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return label.text()


def settings_of(opened: OpenedClinic) -> ServerSettings:
    with opened.session.unit_of_work() as work:
        return work.sync.settings()


def presenter_of(opened: OpenedClinic) -> ServerPresenter:
    found = opened.page.findChild(ServerPresenter)
    assert found is not None
    return found


# -- naming the server ---------------------------------------------------------------------------


def test_the_administrator_names_the_server_and_nothing_is_sent(
    clinic: OpenedClinic, server: ScriptedServer
) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    QTest.keyClicks(dialog.address, ADDRESS)
    press(clinic, dialog, "dialog_accept")
    assert settings_of(clinic).address == ADDRESS
    assert not settings_of(clinic).is_automatic
    assert not server.calls
    assert not dialog.isVisible()
    assert clinic.find(QLabel, "server_0").text() == "sync.ganada.example:8443"


def test_an_address_that_is_none_is_said_in_the_dialog(clinic: OpenedClinic) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    QTest.keyClicks(dialog.address, "http://sync.ganada.example")
    QTest.keyPress(dialog.address, Qt.Key.Key_Return)
    clinic.settle()
    assert "https" in part(dialog, "dialog_problem")
    assert dialog.isVisible()
    # The keyboard is where it was, to put it right.
    assert dialog.focusWidget() is dialog.address
    assert not settings_of(clinic).is_set
    dialog.reject()


def test_enter_presses_the_button_that_has_the_keyboard(clinic: OpenedClinic) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    dialog.address.setText(ADDRESS)
    leave = dialog.findChild(QPushButton, "dialog_reject")
    assert leave is not None
    leave.setFocus()
    QTest.keyPress(leave, Qt.Key.Key_Return)
    clinic.settle()
    assert not dialog.isVisible()
    assert not settings_of(clinic).is_set


def test_everything_that_was_decided_is_stored_and_shown_again(clinic: OpenedClinic) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    dialog.address.setText(ADDRESS)
    choose(dialog, "proxy_explicit")
    dialog.proxy_address.setText("http://proxy.ganada.example:3128")
    dialog.proxy_login.setText("kim")
    dialog.proxy_password.line.setText("secret")
    dialog.automatic.setChecked(True)
    dialog.interval.setCurrentIndex(dialog.interval.findData(30))
    press(clinic, dialog, "dialog_accept")
    stored = settings_of(clinic)
    assert stored.proxy_use is ProxyUse.EXPLICIT
    assert (stored.proxy_login, stored.proxy_password) == ("kim", "secret")
    assert (stored.is_automatic, stored.interval_minutes) == (True, 30)
    assert clinic.find(QLabel, "server_3").text() == "30분마다"
    again = asked(clinic, ServerDialog, "change_server")
    assert again.settings() == stored
    again.reject()


def test_the_fields_of_a_proxy_come_only_with_one(clinic: OpenedClinic) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    assert not dialog.proxy_address.isVisible()
    choose(dialog, "proxy_explicit")
    assert dialog.proxy_address.isVisible()
    dialog.reject()


def test_a_certificate_file_is_shown_by_subject_and_fingerprint(
    clinic: OpenedClinic, tmp_path: Path
) -> None:
    write_certificates(tmp_path)
    dialog = asked(clinic, ServerDialog, "empty_action")
    presenter_of(clinic).take_authority(dialog, tmp_path / "ca.pem")
    clinic.settle()
    assert part(dialog, "ca_subject").startswith("Tests' CA · ")
    fingerprint = part(dialog, "ca_fingerprint").removeprefix("SHA-256 ")
    assert [len(group) for group in fingerprint.split(" ")] == [4] * 16
    press(clinic, dialog, "remove_ca")
    assert dialog.settings().ca_file == ""
    (tmp_path / "note.txt").write_text("no certificate")
    presenter_of(clinic).take_authority(dialog, tmp_path / "note.txt")
    clinic.settle()
    assert "인증서(PEM)가 없습니다" in part(dialog, "dialog_problem")
    dialog.reject()


@pytest.mark.parametrize("is_secure", [True, False])
def test_syncing_while_locked_needs_a_secure_key_store(
    clinic: OpenedClinic, *, is_secure: bool
) -> None:
    assert isinstance(clinic.entrance.secrets, FakeSecretStore)
    clinic.entrance.secrets.is_kept_securely = is_secure
    dialog = asked(clinic, ServerDialog, "empty_action")
    dialog.address.setText(ADDRESS)
    dialog.automatic.setChecked(True)
    assert dialog.unattended.isEnabled() == is_secure
    hint = part(dialog, "unattended_hint")
    assert ("안전한 키 저장소가 없어" in hint) != is_secure
    assert dialog.unattended.accessibleDescription() == hint
    dialog.reject()


def test_what_was_allowed_stays_so_until_the_key_store_has_answered(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    allowed = ServerSettings(ADDRESS, is_automatic=True, is_unattended=True)
    dialog = ServerDialog(window, allowed)
    assert not dialog.unattended.isEnabled()
    wanted = [dialog.wants_unattended]
    for is_secure in (False, True):
        dialog.show_key_store(is_secure=is_secure)
        wanted.append(dialog.wants_unattended)
    assert wanted == [True, False, True]


# -- the check -----------------------------------------------------------------------------------


def states(dialog: ServerDialog) -> list[str]:
    spoken = [row.accessibleName() for row in dialog.steps._rows]
    return [one.rpartition(": ")[2] for one in spoken]


def test_a_check_in_the_dialog_shows_every_step(
    clinic: OpenedClinic, server: ScriptedServer
) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    dialog.address.setText(ADDRESS)
    press(clinic, dialog, "check_settings")
    assert states(dialog) == ["끝남"] * 5
    assert dialog.steps._rows[4].accessibleName() == "서버 로그인 (haneul.kim · 의사): 끝남"
    assert part(dialog, "check_text") == "서버에 연결됩니다."
    assert not settings_of(clinic).is_set
    server.error = AppError(ErrorCode.SERVER_UNTRUSTED, issuer="Evil CA")
    press(clinic, dialog, "check_settings")
    assert states(dialog) == ["끝남", "끝남", "살펴볼 것", "할 일", "할 일"]
    assert "Evil CA" in part(dialog, "check_text")
    server.error = AppError(ErrorCode.SERVER_SIGN_IN_NEEDED)
    press(clinic, dialog, "check_settings")
    assert states(dialog) == ["끝남", "끝남", "끝남", "할 일", "할 일"]
    assert "저장한 뒤 서버에 로그인하세요" in part(dialog, "check_text")
    dialog.reject()


def test_a_check_without_an_address_asks_for_one(
    clinic: OpenedClinic, server: ScriptedServer
) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    press(clinic, dialog, "check_settings")
    assert part(dialog, "check_text") == "확인할 서버 주소를 적으세요."
    assert states(dialog) == ["할 일"] * 5
    assert dialog.focusWidget() is dialog.address
    assert not server.calls
    dialog.reject()


# -- signing in ----------------------------------------------------------------------------------


def test_a_doctor_signs_in_to_the_server_and_the_computer_is_enrolled(
    connected: OpenedClinic, server: ScriptedServer
) -> None:
    assert not connected.find(QPushButton, "sync_now").isEnabled()
    server.greeting = replace(server.greeting, server=server.keys)
    dialog = asked(connected, ServerSignInDialog, "server_sign_in")
    assert "이 프로그램의 계정이나 암호와는 다르며" in part(dialog, "dialog_text")
    QTest.keyClicks(dialog.account, "haneul.kim")
    QTest.keyClicks(dialog.password.line, "secret")
    QTest.keyClick(dialog.password.line, Qt.Key.Key_Return)
    connected.settle()
    assert server.calls[0] == "sign in haneul.kim"
    assert not dialog.isVisible()
    assert settings_of(connected).account == "haneul.kim"
    assert connected.find(QLabel, "server_2").text() == "haneul.kim · 로그인됨"
    assert connected.find(QPushButton, "sync_now").isEnabled()
    assert connected.find(QPushButton, "export_transfer").isVisible()


def test_a_wrong_password_is_said_in_the_dialog(
    connected: OpenedClinic, server: ScriptedServer
) -> None:
    server.sign_in_error = AppError(ErrorCode.SERVER_CREDENTIALS_WRONG)
    dialog = asked(connected, ServerSignInDialog, "server_sign_in")
    dialog.account.setText("haneul.kim")
    press(connected, dialog, "dialog_accept")
    assert part(dialog, "dialog_problem") == "서버 암호를 적으세요."
    dialog.password.line.setText("wrong")
    press(connected, dialog, "dialog_accept")
    assert "맞지 않습니다" in part(dialog, "dialog_problem")
    assert dialog.password.text() == ""
    assert dialog.focusWidget() is dialog.password.line
    dialog.reject()
    assert not connected.errors


def test_signing_out_leaves_the_records_waiting(
    connected: OpenedClinic, server: ScriptedServer
) -> None:
    with connected.session.unit_of_work() as work:
        work.sync.save_settings(SETTINGS)
        work.commit()
    connected.navigator.records_synced.emit()
    connected.settle()
    connected.click("server_sign_out")
    assert server.calls == ["sign out"]
    assert connected.find(QPushButton, "server_sign_in").isVisible()
    # The next start knows it too.
    assert settings_of(connected).account == ""
    assert connected.find(QLabel, "server_2").text() == "로그인하지 않음"
    with connected.session.unit_of_work() as work:
        assert work.outbox.counts().waiting == 1


# -- enrolment by file ---------------------------------------------------------------------------


def test_a_computer_without_a_network_is_enrolled_by_file_after_a_comparison(
    clinic: OpenedClinic, server: ScriptedServer, tmp_path: Path
) -> None:
    dialog = asked(clinic, EnrolmentDialog, "enrol_by_file")
    presenter = presenter_of(clinic)
    presenter.write_request(dialog, tmp_path / "room2.enrolment")
    clinic.settle()
    assert (tmp_path / "room2.enrolment").read_bytes().startswith(b"MESODESK-FILE 1\n")
    own = part(dialog, "own_fingerprint")
    assert [len(group) for group in own.split(" ")] == [4] * 4
    with clinic.session.unit_of_work() as work:
        workstation = work.sync.workstation()
    assert workstation is not None
    answer = tmp_path / "room2.enrolment-answer"
    server.write_enrolment_answer(answer, workstation, "haneul.kim")
    presenter.read_answer(dialog, answer)
    clinic.settle()
    theirs = clinic.session.link.files().fingerprint(server.keys.signing_key)
    assert part(dialog, "server_fingerprint") == theirs
    press(clinic, dialog, "dialog_accept")
    assert part(dialog, "dialog_problem") == "지문을 견주어 보고 표시하세요."
    box = dialog.findChild(QCheckBox, "fingerprint_compared")
    assert box is not None
    box.setChecked(True)
    press(clinic, dialog, "dialog_accept")
    with clinic.session.unit_of_work() as work:
        workstation = work.sync.workstation()
    assert workstation is not None
    assert workstation.server == server.keys
    assert not server.calls
    assert clinic.find(QWidget, "connection_chip").accessibleName() == "USB로만"


def test_a_file_of_another_computer_is_refused_with_a_sentence(
    clinic: OpenedClinic, server: ScriptedServer, tmp_path: Path
) -> None:
    dialog = asked(clinic, EnrolmentDialog, "enrol_by_file")
    answer = tmp_path / "other.enrolment-answer"
    server.write_enrolment_answer(answer, server.centre, "haneul.kim")
    presenter_of(clinic).read_answer(dialog, answer)
    clinic.settle()
    assert "다른 컴퓨터나 다른 서버의 파일입니다" in part(dialog, "dialog_problem")
    press(clinic, dialog, "dialog_accept")
    assert part(dialog, "dialog_problem") == "답 파일을 여세요."
    dialog.reject()


def test_no_field_of_a_dialog_is_without_a_name(clinic: OpenedClinic) -> None:
    dialog = asked(clinic, ServerDialog, "empty_action")
    unnamed = [
        one.objectName() for one in dialog.findChildren(QLineEdit) if not one.accessibleName()
    ]
    assert not unnamed
    dialog.reject()
