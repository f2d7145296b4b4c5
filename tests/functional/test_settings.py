"""A person sets the screen, an administrator the clinic; each change is stored at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application import settings as use_cases
from desktop_app.application.ports import Door
from desktop_app.application.sign_in import door_of
from desktop_app.domain.account import Role
from desktop_app.domain.clinic import Clinic, ColourScheme, Language, Preferences
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui import routes
from desktop_app.gui.settings.sections import ClinicSection
from desktop_app.gui.settings.view import SettingsPage
from tests.functional.opened_clinic import OpenedClinic, opened_clinic


@pytest.fixture
def doctor(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=("settings",)) as opened:
        yield show(opened)


@pytest.fixture
def administrator(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, role=Role.ADMIN, pages=("settings",)) as opened:
        opened.session.vault.create(present_door(opened), opened.session.person.account_id, "-")
        yield show(opened)


def present_door(clinic: OpenedClinic) -> Door:
    with clinic.session.unit_of_work() as work:
        return door_of(work)


def show(clinic: OpenedClinic) -> OpenedClinic:
    clinic.show()
    clinic.qtbot.waitUntil(clinic.window.isActiveWindow)
    clinic.navigator.go(routes.settings())
    clinic.settle()
    return clinic


def page_of(clinic: OpenedClinic) -> SettingsPage:
    assert isinstance(clinic.page, SettingsPage)
    return clinic.page


def stored(clinic: OpenedClinic) -> Preferences | None:
    with clinic.session.unit_of_work() as work:
        return work.accounts.preferences(clinic.session.person.account_id)


def type_into(clinic: OpenedClinic, name: str, text: str) -> None:
    page_of(clinic).show_section("clinic")
    field = clinic.find(QLineEdit, name)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    if text:
        QTest.keyClicks(field, text)
    else:
        QTest.keyClick(field, Qt.Key.Key_Delete)
    clinic.press(Qt.Key.Key_Return)


def clinic_of(clinic: OpenedClinic) -> Clinic:
    return use_cases.read_clinic(clinic.session)


def press_choice(clinic: OpenedClinic, name: str) -> None:
    button = clinic.find(QRadioButton, name)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    clinic.settle()


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("language_1", "language", Language.ENGLISH),
        ("colour_scheme_2", "colour_scheme", ColourScheme.DARK),
        ("has_compact_rows_1", "has_compact_rows", True),
        ("shows_prevalence_1", "shows_prevalence", False),
    ],
)
def test_a_choice_is_stored_and_told_to_the_window(
    doctor: OpenedClinic, qtbot: QtBot, name: str, attribute: str, value: object
) -> None:
    with qtbot.waitSignal(doctor.navigator.rebuild_requested):
        press_choice(doctor, name)
    assert getattr(stored(doctor), attribute) == value
    assert getattr(doctor.desk.settings, attribute) == value


def test_text_size_and_notices_are_stored_too(doctor: OpenedClinic) -> None:
    box = doctor.find(QComboBox, "text_percent")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    doctor.find(QCheckBox, "shows_notices").setFocus()
    doctor.press(Qt.Key.Key_Space)
    found = stored(doctor)
    assert found is not None
    assert found.text_percent == 110
    assert not found.shows_notices


def test_a_quiet_window_is_spared_what_is_done_but_not_what_can_be_undone(
    doctor: OpenedClinic,
) -> None:
    doctor.navigator.is_quiet = True
    doctor.navigator.notify("저장했습니다.")
    doctor.navigator.notify("보관했습니다.", "실행 취소", lambda: None)
    doctor.navigator.notify("인쇄하지 못했습니다.", kind="err")
    assert doctor.notices == ["보관했습니다.", "인쇄하지 못했습니다."]


def test_a_doctor_sees_neither_clinic_nor_accounts(doctor: OpenedClinic) -> None:
    assert list(page_of(doctor).sections) == ["screen", "lock", "shortcuts"]
    page_of(doctor).show_section("lock")
    fixed = doctor.find(QWidget, "idle_fixed")
    assert fixed.isVisible()
    assert fixed.accessibleName() == "5분"


def test_an_administrator_sees_them_all(administrator: OpenedClinic) -> None:
    names = list(page_of(administrator).sections)
    assert names == ["screen", "lock", "clinic", "accounts", "shortcuts"]


def test_the_clinic_is_renamed_and_the_door_says_so(administrator: OpenedClinic) -> None:
    type_into(administrator, "name", "Seaside  Clinic")
    assert clinic_of(administrator).name == "Seaside Clinic"
    assert administrator.session.vault.door().clinic_name == "Seaside Clinic"


@pytest.mark.parametrize(
    ("typed", "share"), [("5", 0.05), ("0.5%", 0.005), ("40", 0.4), ("", None)]
)
def test_a_prevalence_is_typed_in_per_cent(
    administrator: OpenedClinic, typed: str, share: float | None
) -> None:
    type_into(administrator, "prevalence", "7")
    type_into(administrator, "prevalence", typed)
    found = clinic_of(administrator).prevalence
    assert found == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize("typed", ["41", "0.4", "-3", "many", "3,9"])
def test_an_impossible_prevalence_is_refused_beside_the_field(
    administrator: OpenedClinic, typed: str
) -> None:
    type_into(administrator, "prevalence", typed)
    assert clinic_of(administrator).prevalence is None
    section = page_of(administrator).sections["clinic"]
    assert isinstance(section, ClinicSection)
    texts = [row.problem.text() for row in section.cards[0].rows if row.problem.isVisible()]  # type: ignore[attr-defined]  # a SettingCard
    assert texts == ["0.5–40 사이로 적거나 비워 두세요."]
    assert not administrator.errors


def test_a_clinic_needs_a_name(administrator: OpenedClinic) -> None:
    type_into(administrator, "name", "")
    assert clinic_of(administrator).name == "가나다내과의원"


def test_the_minutes_until_the_lock_are_the_administrators_choice(
    administrator: OpenedClinic,
) -> None:
    page_of(administrator).show_section("lock")
    box = administrator.find(QComboBox, "idle_minutes")
    box.setFocus()
    administrator.press(Qt.Key.Key_Up)
    assert clinic_of(administrator).idle_minutes == 3


def test_hiding_accounts_reaches_the_door(administrator: OpenedClinic) -> None:
    page_of(administrator).show_section("clinic")
    administrator.find(QCheckBox, "hides_accounts").setFocus()
    administrator.press(Qt.Key.Key_Space)
    assert administrator.session.vault.door().hides_accounts


def test_every_changed_setting_is_noted_by_name_only(administrator: OpenedClinic) -> None:
    with administrator.session.unit_of_work() as work:
        before = work.audit.count()
    type_into(administrator, "seat", "Room 7")
    type_into(administrator, "seat", "Room 7")
    with administrator.session.unit_of_work() as work:
        assert work.audit.count() == before + 1


def test_only_an_administrator_changes_the_clinic(doctor: OpenedClinic) -> None:
    with pytest.raises(AppError) as refused:
        use_cases.change_clinic(doctor.session, Clinic("다른 의원", ""))
    assert refused.value.code is ErrorCode.ROLE_NOT_ALLOWED


def test_the_search_shows_what_it_finds_and_where(administrator: OpenedClinic) -> None:
    page = page_of(administrator)
    page.handlers["find"]()
    page.search.set_text("유병률")
    assert page.section == "screen"
    visible = [
        name
        for name in page.sections
        if administrator.find(QWidget, f"place_section_{name}").isVisible()
    ]
    assert visible == ["screen", "clinic"]
    assert not administrator.find(QRadioButton, "language_0").isVisible()
    page.search.clear()
    assert administrator.find(QRadioButton, "language_0").isVisible()
    page.search.set_text("xyz")
    assert page.section == ""


def test_the_page_comes_back_at_its_section_and_control(doctor: OpenedClinic) -> None:
    doctor.navigator.rebuild_requested.connect(doctor.window.rebuild)
    press_choice(doctor, "colour_scheme_2")
    again = page_of(doctor)
    doctor.qtbot.waitUntil(lambda: again.focused_name() == "colour_scheme_2")
    again.handlers["next_tab"]()
    assert again.section == "lock"
    doctor.window.rebuild()
    assert page_of(doctor).section == "lock"
