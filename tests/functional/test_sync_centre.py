"""The sync centre: every state in words, every action by keyboard."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.account import Role
from desktop_app.domain.clinic import Clinic
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    Delivery,
    Held,
    HeldReason,
    Incoming,
    RecordKind,
)
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.sync.model import Column
from desktop_app.gui.sync.view import SyncPage
from desktop_app.gui.widgets.buttons import Button
from tests.fakes.samples import NOON
from tests.functional.opened_clinic import OpenedClinic
from tests.functional.record_states import assess, differ, register, remember_runs, stand
from tests.functional.scripted_server import ScriptedServer
from tests.functional.sync_clinic import SETTINGS, sync_clinic

NAMES = ("임꺽정", "전우치", "홍길동", "심학규")


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path, server: ScriptedServer) -> Iterator[OpenedClinic]:
    """A conflict, a refused assessment and two that wait."""
    with sync_clinic(qtbot, tmp_path, server=server) as opened:
        people = [register(opened, name, f"0041{at}") for at, name in enumerate(NAMES)]
        for person in people[1:]:
            stand(opened, person)
        differ(opened, people[0], here={"phone": "010-1"}, there={"phone": "010-2"})
        refused = assess(opened, people[1], "A-2026-0313-001")
        stand(opened, people[1], refused, state=Delivery.REFUSED)
        for at, person in enumerate(people[2:], 1):
            assess(opened, person, f"A-2026-0316-00{at}")
        remember_runs(opened)
        show(opened)
        yield opened


def show(opened: OpenedClinic) -> SyncPage:
    opened.show()
    # Shortcuts and the keyboard reach an active window only.
    opened.qtbot.waitUntil(opened.window.isActiveWindow)
    opened.navigator.go(routes.sync())
    opened.settle()
    opened.opened.clear()
    return page_of(opened)


def page_of(opened: OpenedClinic) -> SyncPage:
    assert isinstance(opened.page, SyncPage)
    return opened.page


def text(opened: OpenedClinic, name: str) -> str:
    return opened.find(QLabel, name).text()


def said(opened: OpenedClinic, name: str) -> str:
    return opened.find(QWidget, name).accessibleName()


def is_seen(opened: OpenedClinic, name: str) -> bool:
    found = opened.page.findChild(QWidget, name)
    return found is not None and found.isVisible()


def rows(opened: OpenedClinic) -> list[tuple[str, Delivery]]:
    return [(row.patient.name, row.state) for row in page_of(opened).model.rows]


def pressed(opened: OpenedClinic, key: int, typed: str, virtual: int = 0) -> None:
    """Press a key as the system of that keyboard reports it."""
    event = QKeyEvent(
        QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, 0, virtual, 0, typed
    )
    QApplication.sendEvent(opened.focused, event)
    opened.settle()


# -- what stands there ---------------------------------------------------------------------------


def test_conflicts_come_first_then_what_was_refused_then_what_waits(clinic: OpenedClinic) -> None:
    assert rows(clinic) == [
        ("임꺽정", Delivery.CONFLICT),
        ("전우치", Delivery.REFUSED),
        ("홍길동", Delivery.WAITING),
        ("심학규", Delivery.WAITING),
    ]
    assert text(clinic, "sync_counts") == (
        "대기 2 · 거절 1 · 충돌 1 · 서버가 확인한 기록 4. 모두 이 컴퓨터에 있습니다."
    )
    assert text(clinic, "sync_totals") == "환자 4명 · 기록 4건"
    assert said(clinic, "connection_chip") == "지금은 연결하지 않음"


def test_a_row_is_read_whole_by_a_screen_reader(clinic: OpenedClinic) -> None:
    model = page_of(clinic).model
    spoken = [
        model.index(1, column).data(Qt.ItemDataRole.AccessibleTextRole)
        for column in range(model.columnCount())
    ]
    assert spoken == [
        "환자 전우치",
        "바뀐 기록 평가 A-2026-0313-001",
        "바뀐 때 오늘 03:00",
        "상태 거절됨",
        "이유 서버: model meso_xgb_v1 is not registered (409)",
        "시도 3회",
    ]


def test_the_pane_says_what_the_server_answered_and_what_is_safe(clinic: OpenedClinic) -> None:
    clinic.press(Qt.Key.Key_Down)
    assert "model meso_xgb_v1 is not registered" in text(clinic, "detail_text")
    assert "그대로 있습니다" in text(clinic, "detail_text")
    assert is_seen(clinic, "send_again")
    assert not is_seen(clinic, "resolve_conflict")
    clinic.press(Qt.Key.Key_Down)
    assert not is_seen(clinic, "send_again")
    assert "한 번만" in text(clinic, "detail_text")


def test_the_filters_show_one_state_and_say_how_many(clinic: OpenedClinic) -> None:
    assert said(clinic, "filter_waiting") == "대기 2"
    clinic.click("filter_waiting")
    assert [state for _, state in rows(clinic)] == [Delivery.WAITING] * 2
    clinic.click("filter_refused")
    assert rows(clinic) == [("전우치", Delivery.REFUSED)]
    clinic.click("filter_all")
    assert len(rows(clinic)) == 4


def test_the_cards_name_the_server_and_the_last_runs(clinic: OpenedClinic) -> None:
    assert text(clinic, "server_0") == "sync.ganada.example:8443"
    assert text(clinic, "server_2") == "haneul.kim"
    assert said(clinic, "run_0") == "03-16 03:00 서버 보냄 12, 받음 5 거절 1"
    assert said(clinic, "run_1") == "03-15 03:00 USB 내보냄 21"


def test_many_rows_come_page_by_page(qtbot: QtBot, tmp_path: Path, server: ScriptedServer) -> None:
    with sync_clinic(qtbot, tmp_path, server=server) as opened:
        patient = register(opened, "홍길동", "00417")
        stand(opened, patient)
        for number in range(1, 231):
            assess(opened, patient, f"A-2026-0316-{number:03}")
        page = show(opened)
        assert len(page.model.rows) == 200
        page.table.choose(199)
        page.table.scrollToBottom()
        opened.qtbot.waitUntil(lambda: len(page.model.rows) == 230)
        opened.press(Qt.Key.Key_End)
        assert page.table.chosen == 229


# -- what can be done ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "typed", "virtual"),
    [
        (int(Qt.Key.Key_R), "r", 0),
        (int(Qt.Key.Key_unknown), "ㄱ", 0),
        (0x1100, "", 0x52),
    ],
)
def test_r_sends_again_whatever_language_the_keyboard_is_in(
    clinic: OpenedClinic, key: int, typed: str, virtual: int
) -> None:
    clinic.press(Qt.Key.Key_Down)
    pressed(clinic, key, typed, virtual)
    assert ("전우치", Delivery.WAITING) in rows(clinic)
    assert clinic.notices == ["다음 동기화에서 다시 보냅니다."]


def test_r_does_nothing_to_what_was_not_refused(clinic: OpenedClinic) -> None:
    clinic.press(Qt.Key.Key_End)
    clinic.type("r")
    assert not clinic.notices


def test_enter_opens_the_patient_or_the_conflict(clinic: OpenedClinic) -> None:
    conflict, refused = (row.patient.patient_id for row in page_of(clinic).model.rows[:2])
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Return)
    assert clinic.opened == [routes.patient(refused)]
    clinic.navigator.go(routes.sync())
    clinic.settle()
    clinic.press(Qt.Key.Key_Home)
    clinic.press(Qt.Key.Key_Return)
    assert clinic.opened[-1] == routes.conflict(conflict)


def test_what_is_copied_for_the_server_names_no_patient(clinic: OpenedClinic) -> None:
    clinic.press(Qt.Key.Key_Down)
    row = page_of(clinic).model.rows[1]
    clinic.click("copy_for_server")
    copied = QGuiApplication.clipboard().text()
    assert "A-2026-0313-001" in copied
    assert str(row.record_id) in copied
    assert "model meso_xgb_v1 is not registered (409)" in copied
    assert not [name for name in NAMES if name in copied]
    assert row.patient.chart_number not in copied


def test_f5_syncs_and_says_what_came_of_it(clinic: OpenedClinic, server: ScriptedServer) -> None:
    clinic.press(Qt.Key.Key_F5)
    clinic.qtbot.waitUntil(lambda: not clinic.sync.standing.is_running)
    clinic.settle()
    assert "push" in server.calls
    assert [state for _, state in rows(clinic)] == [Delivery.CONFLICT, Delivery.REFUSED]
    assert said(clinic, "connection_chip") == "연결됨"
    assert any("확인됨 2" in notice for notice in clinic.notices)


def test_f6_goes_round_the_panes(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    assert clinic.focused is page.table
    stops = []
    for _ in range(4):
        clinic.press(Qt.Key.Key_F6)
        stops.append(clinic.focused.objectName())
    assert stops == ["resolve_conflict", "server_sign_out", "filter_all", "outbox_table"]


def test_the_menu_offers_what_fits_the_row(clinic: OpenedClinic) -> None:
    actions = clinic.window.actions_by_name
    assert actions["resolve_conflict"].isEnabled()
    assert not actions["send_again"].isEnabled()
    clinic.press(Qt.Key.Key_Down)
    assert actions["send_again"].isEnabled()
    assert actions["copy_for_server"].isEnabled()
    actions["send_again"].trigger()
    clinic.settle()
    assert ("전우치", Delivery.WAITING) in rows(clinic)


def test_progress_and_a_way_to_stop_come_after_two_seconds(
    clinic: OpenedClinic, server: ScriptedServer
) -> None:
    server.is_open.clear()
    clinic.press(Qt.Key.Key_F5)
    assert not is_seen(clinic, "cancel_sync")
    assert text(clinic, "why_off") == "지금 동기화하는 중입니다"
    clinic.qtbot.waitUntil(lambda: is_seen(clinic, "cancel_sync"), timeout=4000)
    assert text(clinic, "progress_text")
    clinic.find(Button, "cancel_sync").click()
    server.is_open.set()
    clinic.qtbot.waitUntil(lambda: not clinic.sync.standing.is_running)
    clinic.settle()
    assert not is_seen(clinic, "progress_text")
    assert clinic.notices[-1].startswith("멈췄습니다")


# -- every state ---------------------------------------------------------------------------------


def after_check(clinic: OpenedClinic, server: ScriptedServer, error: AppError) -> None:
    server.error = error
    clinic.click("check_connection")


@pytest.mark.parametrize(
    ("code", "chip", "words"),
    [
        (ErrorCode.SERVER_NO_ROUTE, "오프라인", "서버로 가는 길이 없습니다"),
        (ErrorCode.SERVER_NAME_UNKNOWN, "오프라인", "서버 이름을 찾지 못했습니다"),
        (ErrorCode.SERVER_SIGN_IN_NEEDED, "로그인 필요", "서버 로그인이 끝났습니다"),
        (ErrorCode.SERVER_UNTRUSTED, "멈춤", "서버의 인증서를 믿을 수 없습니다"),
        (ErrorCode.SERVER_FORBIDS, "멈춤", "서버가 이 계정에 허락하지 않습니다"),
        (ErrorCode.SERVER_FAILED, "멈춤", "서버에 문제가 있습니다"),
        (ErrorCode.CLOCK_WRONG, "멈춤", "인증서의 날짜가"),
    ],
)
def test_each_error_is_told_in_words_over_the_list(
    clinic: OpenedClinic, server: ScriptedServer, code: ErrorCode, chip: str, words: str
) -> None:
    after_check(clinic, server, AppError(code))
    assert said(clinic, "connection_chip") == chip
    assert words in said(clinic, "sync_banner")
    assert not clinic.errors


def test_who_is_signed_out_of_the_server_is_offered_the_way_in(
    clinic: OpenedClinic, server: ScriptedServer
) -> None:
    after_check(clinic, server, AppError(ErrorCode.SERVER_SIGN_IN_NEEDED))
    assert not clinic.find(Button, "sync_now").isEnabled()
    assert text(clinic, "why_off") == "먼저 서버에 로그인하세요"
    assert is_seen(clinic, "server_sign_in")
    assert text(clinic, "server_2") == "haneul.kim · 로그인 필요"
    assert clinic.find(QLabel, "detail_text").accessibleName().startswith("같은 환자")
    # No key is named that does nothing now, and what waits says for what.
    assert clinic.page.context_keys == "Enter 충돌 해결"
    waiting = page_of(clinic).model
    assert waiting.text(waiting.rows[-1], Column.REASON) == "서버 로그인을 기다림"


def test_a_line_that_is_down_promises_another_try_only_where_there_will_be_one(
    clinic: OpenedClinic, server: ScriptedServer
) -> None:
    after_check(clinic, server, AppError(ErrorCode.SERVER_NO_ROUTE))
    assert "F5로 다시" in said(clinic, "sync_banner")
    with clinic.session.unit_of_work() as work:
        work.sync.save_settings(replace(SETTINGS, is_automatic=True))
        work.commit()
    clinic.navigator.records_synced.emit()
    clinic.settle()
    assert "네트워크가 돌아오면 다시 보냅니다" in said(clinic, "sync_banner")


def test_where_all_is_confirmed_the_list_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    with sync_clinic(qtbot, tmp_path) as opened:
        stand(opened, register(opened, "홍길동", "00417"))
        remember_runs(opened)
        page = show(opened)
        assert page._empty.accessibleName() == (
            "서버가 모든 기록을 확인했습니다 확인된 기록 1건 · 마지막 확인 2026-03-16 03:00"
        )
        assert not is_seen(opened, "filter_all")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DOCTOR])
def test_without_a_server_an_administrator_is_led_on_and_others_are_told_who_is(
    qtbot: QtBot, tmp_path: Path, role: Role
) -> None:
    with sync_clinic(qtbot, tmp_path, role=role, settings=None) as opened:
        register(opened, "홍길동", "00417")
        page = show(opened)
        is_admin = role is Role.ADMIN
        assert page._empty.accessibleName().startswith("동기화할 서버가 없습니다")
        assert ("관리자가" in page._empty.accessibleName()) != is_admin
        assert is_seen(opened, "empty_action") == is_admin
        assert not opened.find(Button, "sync_now").isEnabled()
        assert said(opened, "connection_chip") == "서버 없음"


def test_the_demonstration_sends_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with sync_clinic(qtbot, tmp_path, role=Role.ADMIN, settings=None) as opened:
        with opened.session.unit_of_work() as work:
            work.save_clinic(Clinic("시연", "1", is_demonstration=True))
            work.commit()
        page = show(opened)
        assert "어디로도 보내지 않습니다" in page._empty.accessibleName()
        assert not is_seen(opened, "empty_action")
        assert not is_seen(opened, "enrol_by_file")


def test_records_that_wait_from_the_server_are_named_with_what_is_missing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with sync_clinic(qtbot, tmp_path) as opened:
        fields: dict[str, Any] = {"name": "성춘향", "birth_year": 1950}
        incomplete = Incoming(RecordKind.PATIENT, new_record_id(), 5, 1, fields=fields)
        unknown = Incoming(RecordKind.ASSESSMENT, new_record_id(), 6, 1, patient_id=new_record_id())
        with opened.session.unit_of_work() as work:
            work.sync.hold(Held(incomplete, HeldReason.INCOMPLETE, NOON))
            work.sync.hold(Held(unknown, HeldReason.PATIENT_UNKNOWN, NOON))
            work.commit()
        page = show(opened)
        assert page.held.isVisible()
        words = [label.text() for label in page.held.findChildren(QLabel)]
        assert "서버에서 온 기록 2건이 기다립니다" in words
        assert "성춘향: 차트번호, 성별, 생년월일 없음" in words
        assert "이 컴퓨터에 없는 환자의 기록 1건" in words


def test_the_administrator_reads_the_conflict_and_leaves_it_to_a_doctor(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with sync_clinic(qtbot, tmp_path, role=Role.ADMIN) as opened:
        patient: Patient = register(opened, "임꺽정", "00417")
        differ(opened, patient, here={"phone": "010-1"}, there={"phone": "010-2"})
        show(opened)
        assert not is_seen(opened, "resolve_conflict")
        assert "의사가" in text(opened, "detail_text")
        opened.press(Qt.Key.Key_Return)
        assert opened.opened == [routes.patient(patient.patient_id)]


def test_a_change_of_language_comes_back_to_the_same_record(clinic: OpenedClinic) -> None:
    clinic.click("filter_waiting")
    clinic.press(Qt.Key.Key_Down)
    chosen = page_of(clinic).model.rows[page_of(clinic).table.chosen].record_id
    clinic.window.rebuild()
    clinic.settle()
    page = page_of(clinic)
    assert [state for _, state in rows(clinic)] == [Delivery.WAITING] * 2
    assert page.model.rows[page.table.chosen].record_id == chosen
