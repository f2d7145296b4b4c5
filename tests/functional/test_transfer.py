"""Records go out by stick and come back confirmed; every file says what it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.assessment import Assessment
from desktop_app.domain.errors import ErrorCode
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.sync import Transfer, Workstation
from desktop_app.gui import routes
from desktop_app.gui.sync.transfer_dialogs import ExportDialog, ReceiptDialog
from desktop_app.gui.sync.transfer_presenter import TransferPresenter
from desktop_app.gui.sync.view import SyncPage
from tests.functional.opened_clinic import OpenedClinic
from tests.functional.record_states import assess, differ, register, stand
from tests.functional.scripted_server import ScriptedServer
from tests.functional.sync_clinic import sync_clinic


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path, server: ScriptedServer) -> Iterator[OpenedClinic]:
    """Two assessments wait; one was refused and one patient is in conflict."""
    with sync_clinic(qtbot, tmp_path, server=server, is_enrolled=True) as opened:
        names = ("홍길동", "심학규", "전우치")
        people = [register(opened, name, f"0041{at}") for at, name in enumerate(names)]
        for at, person in enumerate(people):
            stand(opened, person)
            assess(opened, person, f"A-2026-0316-00{at + 1}")
        stand(opened, people[-1], made(opened)[-1], state=Delivery.REFUSED)
        other = register(opened, "임꺽정", "00419")
        differ(opened, other, here={"phone": "1"}, there={"phone": "2"})
        opened.show()
        opened.qtbot.waitUntil(opened.window.isActiveWindow)
        opened.navigator.go(routes.sync())
        opened.settle()
        yield opened


def made(opened: OpenedClinic) -> list[Assessment]:
    with opened.session.unit_of_work() as work:
        rows = [row for row in work.outbox.list_rows(None) if row.number]
        found = [work.assessments.get(row.record_id) for row in rows]
    return sorted(found, key=lambda one: one.number)


def page_of(opened: OpenedClinic) -> SyncPage:
    assert isinstance(opened.page, SyncPage)
    return opened.page


def presenter_of(opened: OpenedClinic) -> TransferPresenter:
    found = opened.page.findChild(TransferPresenter)
    assert found is not None
    return found


def export_dialog(opened: OpenedClinic) -> ExportDialog:
    opened.click("export_transfer")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ExportDialog)
    return dialog


def receipt_dialog(opened: OpenedClinic, path: Path) -> ReceiptDialog:
    presenter_of(opened).read_receipt(path)
    opened.settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReceiptDialog)
    return dialog


def part(dialog: Any, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return str(label.text())


def press(opened: OpenedClinic, dialog: Any, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    button.click()
    opened.settle()


def exported(opened: OpenedClinic, path: Path) -> tuple[Workstation, Transfer]:
    """Make a file, and return what the server needs to answer it."""
    dialog = export_dialog(opened)
    dialog.show_place(path)
    press(opened, dialog, "dialog_accept")
    with opened.session.unit_of_work() as work:
        workstation, transfers = work.sync.workstation(), work.sync.waiting_transfers()
    assert workstation is not None
    return workstation, transfers[0]


def confirmed(assessment: Assessment) -> dict[str, Any]:
    return {
        "kind": "assessment",
        "uuid": str(assessment.assessment_id),
        "status": "created",
        "id": 7,
        "version": 1,
        "content_sha256": assessment.digest,
    }


def rejected(assessment: Assessment) -> dict[str, Any]:
    return {
        "kind": "assessment",
        "uuid": str(assessment.assessment_id),
        "status": "rejected",
        "errors": {"detail": ["model meso_xgb_v1 is not registered"]},
    }


def test_the_dialog_says_what_goes_what_stays_for_whom_and_where(
    clinic: OpenedClinic, server: ScriptedServer, tmp_path: Path
) -> None:
    dialog = export_dialog(clinic)
    assert part(dialog, "export_total") == "기록 2건 · 환자 2명"
    assert part(dialog, "left_out") == "담지 않음: 충돌 1건(결정 필요), 서버가 거절한 1건"
    key = clinic.session.link.files().fingerprint(server.keys.signing_key)
    assert part(dialog, "recipient") == f"중앙 서버 · 가나다 네트워크 · 키 {key}"
    assert part(dialog, "file_name") == "mesodesk-진료실-2-0001.transfer"
    press(clinic, dialog, "dialog_accept")
    assert part(dialog, "dialog_problem") == "저장할 곳을 고르세요."
    dialog.show_place(tmp_path / "mesodesk.transfer")
    assert "여유" in part(dialog, "place")
    dialog.reject()


def test_an_exported_file_holds_no_name_and_the_records_go_on_waiting(
    clinic: OpenedClinic, tmp_path: Path
) -> None:
    path = tmp_path / "mesodesk-0001.transfer"
    exported(clinic, path)
    content = path.read_bytes()
    assert content.startswith(b"MESODESK-FILE 1\n")
    assert "홍길동".encode() not in content
    assert any("1번째 파일에 2건" in notice for notice in clinic.notices)
    assert page_of(clinic).usb.isVisible()
    lines = [label.text() for label in page_of(clinic).usb.findChildren(QLabel)]
    assert any("1번째 파일의 접수증을 기다립니다" in line for line in lines)
    with clinic.session.unit_of_work() as work:
        assert work.outbox.counts().waiting == 2


def test_a_place_that_cannot_be_written_is_said_in_the_dialog(
    clinic: OpenedClinic, tmp_path: Path
) -> None:
    dialog = export_dialog(clinic)
    dialog.show_place(tmp_path / "gone" / "mesodesk.transfer")
    press(clinic, dialog, "dialog_accept")
    assert part(dialog, "dialog_problem")
    assert dialog.isVisible()
    dialog.reject()
    assert not clinic.errors


def test_a_receipt_is_shown_before_it_is_taken(
    clinic: OpenedClinic, server: ScriptedServer, tmp_path: Path
) -> None:
    workstation, transfer = exported(clinic, tmp_path / "a.transfer")
    first, second, _ = made(clinic)
    path = tmp_path / "a.receipt"
    server.write_receipt(path, workstation, transfer, [confirmed(first), rejected(second)])
    dialog = receipt_dialog(clinic, path)
    assert part(dialog, "receipt_answered") == "2"
    assert part(dialog, "receipt_confirmed") == "1"
    assert part(dialog, "receipt_refused") == "1"
    with clinic.session.unit_of_work() as work:
        assert work.outbox.counts().waiting == 2
    press(clinic, dialog, "dialog_accept")
    with clinic.session.unit_of_work() as work:
        counts = work.outbox.counts()
    assert (counts.waiting, counts.refused) == (0, 2)
    assert "접수증을 받았습니다. 확인됨 1, 거절됨 1." in clinic.notices


def test_what_the_receipt_refuses_can_be_looked_at_at_once(
    clinic: OpenedClinic, server: ScriptedServer, tmp_path: Path
) -> None:
    workstation, transfer = exported(clinic, tmp_path / "a.transfer")
    first, _, _ = made(clinic)
    server.write_receipt(tmp_path / "a.receipt", workstation, transfer, [rejected(first)])
    dialog = receipt_dialog(clinic, tmp_path / "a.receipt")
    press(clinic, dialog, "take_and_look")
    shown = [row.state for row in page_of(clinic).model.rows]
    assert shown == [Delivery.REFUSED] * 2


def test_the_same_receipt_again_says_that_it_changes_nothing(
    clinic: OpenedClinic, server: ScriptedServer, tmp_path: Path
) -> None:
    workstation, transfer = exported(clinic, tmp_path / "a.transfer")
    results = [confirmed(one) for one in made(clinic)[:2]]
    server.write_receipt(tmp_path / "a.receipt", workstation, transfer, results)
    press(clinic, receipt_dialog(clinic, tmp_path / "a.receipt"), "dialog_accept")
    dialog = receipt_dialog(clinic, tmp_path / "a.receipt")
    words = [label.text() for label in dialog.findChildren(QLabel)]
    assert "이미 받은 접수증입니다. 다시 받아도 달라지지 않습니다." in words
    dialog.reject()


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_receipt_that_was_cut_short_is_refused_whole(
    clinic: OpenedClinic, server: ScriptedServer, tmp_path: Path, cut: int
) -> None:
    workstation, transfer = exported(clinic, tmp_path / "a.transfer")
    path = tmp_path / "a.receipt"
    server.write_receipt(path, workstation, transfer, [confirmed(made(clinic)[0])])
    path.write_bytes(path.read_bytes()[:-cut])
    presenter_of(clinic).read_receipt(path)
    clinic.settle()
    assert [error.code for error in clinic.errors] == [ErrorCode.TRANSFER_DAMAGED]
    with clinic.session.unit_of_work() as work:
        assert work.outbox.counts().waiting == 2


def test_both_ways_stand_in_the_menu(clinic: OpenedClinic) -> None:
    actions = clinic.window.actions_by_name
    assert actions["export_transfer"].isEnabled()
    assert actions["open_receipt"].isEnabled()
