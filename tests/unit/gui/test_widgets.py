"""Shared widgets do what their names say, by keyboard as by mouse."""

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.assessment import AnswerState
from desktop_app.gui import theme
from desktop_app.gui.idle import IdleWatch
from desktop_app.gui.navigator import Notice
from desktop_app.gui.widgets.answer_chip import AnswerChip
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.buttons import Button, FilterButton
from desktop_app.gui.widgets.dialog import Dialog
from desktop_app.gui.widgets.focus_ring import FocusRing
from desktop_app.gui.widgets.hundred_squares import HundredSquares
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.layouts import empty
from desktop_app.gui.widgets.note_field import NoteField
from desktop_app.gui.widgets.notice import NoticeCorner
from desktop_app.gui.widgets.password_field import PasswordField
from desktop_app.gui.widgets.patient_bar import PatientBar
from desktop_app.gui.widgets.position_bar import BandPosition
from desktop_app.gui.widgets.prevalence_dial import PrevalenceDial
from desktop_app.gui.widgets.search_field import SearchField


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication) -> None:
    theme.start(qapp, "light")


def test_an_icon_keeps_its_distance_from_a_text_that_comes_later(qtbot: QtBot) -> None:
    late, early = Button("", icon="send"), Button("넘기기", icon="send")
    for button in (late, early):
        qtbot.addWidget(button)
    late.setText("넘기기")
    assert late.iconSize() == early.iconSize()
    late.show_words(is_shown=False)
    assert late.iconSize().width() == late.iconSize().height()
    assert late.toolTip() == "넘기기"


def test_what_is_taken_out_before_it_was_seen_never_opens_as_a_window(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    page.show()
    label = Label("가")
    column.addWidget(label)
    empty(column)
    QApplication.processEvents()
    assert not label.isVisible()


def test_a_note_holds_no_more_than_its_length_and_keeps_what_stood_there(qtbot: QtBot) -> None:
    note = NoteField("0123456", longest=10)
    qtbot.addWidget(note)
    note.moveCursor(QTextCursor.MoveOperation.Start)
    note.insertPlainText("abcdef")
    assert note.toPlainText() == "abc0123456"
    note.setPlainText("x" * 10_000)
    assert note.toPlainText() == "x" * 10


def test_a_label_reads_markup_only_where_it_was_told_so(qtbot: QtBot) -> None:
    for is_rich, spoken in ((False, "<b>홍</b> &amp;"), (True, "홍 &")):
        label = Label("<b>홍</b> &amp;", rich=is_rich)
        qtbot.addWidget(label)
        assert label.accessibleName() == spoken
        shown = Qt.TextFormat.RichText if is_rich else Qt.TextFormat.PlainText
        assert label.textFormat() is shown


def compose(widget: QWidget, text: str) -> None:
    QApplication.sendEvent(widget, QInputMethodEvent(text, []))


def test_the_search_sees_the_syllable_before_it_is_finished(qtbot: QtBot) -> None:
    field = SearchField("search", clear_text="clear")
    qtbot.addWidget(field)
    seen: list[str] = []
    field.text_edited.connect(seen.append)
    for preedit in ("ㅎ", "호", "홍"):
        compose(field.line, preedit)
    committed = QInputMethodEvent("", [])
    committed.setCommitString("홍")
    QApplication.sendEvent(field.line, committed)
    assert seen == ["ㅎ", "호", "홍"]
    assert field.text() == "홍"


def test_the_search_hands_row_keys_to_the_list_and_escape_clears(qtbot: QtBot) -> None:
    field = SearchField("search", clear_text="clear", key="Ctrl+F")
    qtbot.addWidget(field)
    rows: list[int] = []
    field.row_key_pressed.connect(lambda event: rows.append(event.key()))
    with qtbot.waitSignal(field.entered):
        QTest.keyClick(field.line, Qt.Key.Key_Return)
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    assert rows == [Qt.Key.Key_Down]
    field.set_text("홍")
    QTest.keyClick(field.line, Qt.Key.Key_Escape)
    assert field.text() == ""


@pytest.mark.parametrize(
    ("typed", "modifier", "hint"),
    [
        ("ㅂ", Qt.KeyboardModifier.NoModifier, "한글"),
        ("A", Qt.KeyboardModifier.NoModifier, "Caps Lock"),
        ("a", Qt.KeyboardModifier.ShiftModifier, "Caps Lock"),
        ("A", Qt.KeyboardModifier.ShiftModifier, ""),
        ("a", Qt.KeyboardModifier.NoModifier, ""),
    ],
)
def test_a_password_says_what_the_keyboard_does_unseen(
    qtbot: QtBot, typed: str, modifier: Qt.KeyboardModifier, hint: str
) -> None:
    field = PasswordField("암호", name="password")
    qtbot.addWidget(field)
    event = QKeyEvent(QEvent.Type.KeyPress, 0, modifier, typed)
    QApplication.sendEvent(field.line, event)
    shown = field.findChild(QLabel, "password_hint")
    assert shown is not None
    assert hint in shown.text()
    assert bool(shown.text()) == bool(hint)


def test_the_dial_moves_by_keys_within_its_ends(qtbot: QtBot) -> None:
    dial = PrevalenceDial()
    qtbot.addWidget(dial)
    dial.resize(dial.sizeHint())
    dial.show_scale(0.05, 0.3, "training 30%")
    seen: list[float] = []
    dial.prevalence_changed.connect(seen.append)
    QTest.keyClick(dial, Qt.Key.Key_Right)
    assert seen[-1] > 0.05
    QTest.keyClick(dial, Qt.Key.Key_Home)
    assert dial.prevalence == 0.005
    QTest.keyClick(dial, Qt.Key.Key_Right)
    assert dial.prevalence > 0.005
    QTest.keyClick(dial, Qt.Key.Key_End)
    assert dial.prevalence == 0.4
    QTest.mouseClick(dial, Qt.MouseButton.LeftButton, pos=QPoint(0, 10))
    assert dial.prevalence == 0.005


@pytest.mark.parametrize(
    ("value", "outside"), [(None, False), (1, False), (22.6, False), (0.9, True), (24, True)]
)
def test_a_value_beyond_the_band_lies_outside_at_its_end(
    value: float | None, outside: bool
) -> None:
    position = BandPosition(1, 3, 8, 22.6, value)
    assert position.is_outside is outside
    if value is not None:
        assert 0 <= position.place(value) <= 1


def test_a_chip_says_its_answer_in_words(qtbot: QtBot) -> None:
    chip = AnswerChip(AnswerState.ABOVE)
    qtbot.addWidget(chip)
    assert chip.accessibleName() == "기준 이상"
    chip.show_answer(AnswerState.CANNOT_SAY)
    assert chip.accessibleName() == "판정 보류"


def test_squares_stay_within_a_hundred(qtbot: QtBot) -> None:
    squares = HundredSquares()
    qtbot.addWidget(squares)
    squares.show_share(135, "all of them")
    assert squares.accessibleName() == "all of them"
    assert not squares.grab().isNull()


def test_a_filter_shows_its_number_and_a_check_mark(qtbot: QtBot) -> None:
    button = FilterButton("기준 이상", "arrow-up")
    qtbot.addWidget(button)
    button.set_count("46")
    assert button.shown_icon == "arrow-up"
    button.click()
    assert button.isChecked()
    assert button.shown_icon == "check"
    assert button.accessibleName() == "기준 이상 46"


def test_a_filter_without_an_icon_loses_its_check_mark_when_it_is_off(qtbot: QtBot) -> None:
    button = FilterButton("표로")
    qtbot.addWidget(button)
    narrow = button.sizeHint().width()
    button.click()
    assert button.sizeHint().width() > narrow
    button.click()
    assert button.sizeHint().width() == narrow


def test_a_filter_is_28_high_with_as_much_room_on_both_sides(qtbot: QtBot) -> None:
    button = FilterButton("기준 이상", "arrow-up")
    qtbot.addWidget(button)
    button.set_count("46")
    button.resize(button.sizeHint())
    image = button.grab().toImage()
    ground = image.pixelColor(5, 5)
    inked = [
        x
        for x in range(2, image.width() - 2)
        if any(image.pixelColor(x, y) != ground for y in range(4, image.height() - 4))
    ]
    assert image.height() == 28
    assert abs(min(inked) - (image.width() - 1 - max(inked))) <= 2


def test_a_banner_shows_names_as_they_are_written(qtbot: QtBot) -> None:
    banner = Banner("warn", "<b>홍</b> & Co", "text")
    qtbot.addWidget(banner)
    assert banner.accessibleName() == "<b>홍</b> & Co text"
    label = banner.findChildren(QLabel)[-1]
    assert "&lt;b&gt;" in label.text()


def test_the_safe_choice_has_the_keyboard_and_escape_takes_it(qtbot: QtBot) -> None:
    dialog = Dialog(None, "초안을 버릴까요?", "값 10개가 사라집니다.")
    dialog.add_choice("버리기", kind="danger", accepts=True)
    keep = dialog.add_choice("계속", kind="primary", accepts=False, safe=True)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert dialog.focusWidget() is keep
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_a_notice_offers_one_action(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    qtbot.addWidget(window)
    corner = NoticeCorner(window)
    window.show()
    done: list[bool] = []
    corner.show_notice(Notice("저장했습니다.", "ok", "실행 취소", lambda: done.append(True)))
    assert corner.isVisible()
    assert window.rect().contains(corner.geometry())
    link = corner.findChild(QPushButton, "notice_action")
    assert link is not None
    link.click()
    assert done == [True]
    assert not corner.isVisible()


def test_the_ring_goes_with_the_keyboard_from_button_to_button(
    qtbot: QtBot, qapp: QApplication
) -> None:
    ring = FocusRing(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    button = Button("저장", parent=window)
    button.move(50, 50)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(lambda: ring.frame.widget() is button)
    assert ring.frame.geometry() == button.geometry().adjusted(-4, -4, 4, 4)


def test_a_window_that_takes_the_ring_along_leaves_another(
    qtbot: QtBot, qapp: QApplication
) -> None:
    ring = FocusRing(qapp)
    gone, window = QWidget(), QWidget()
    qtbot.addWidget(window)
    button = QPushButton("a", window)
    ring.frame.setParent(gone)
    shiboken6.delete(gone)
    assert not shiboken6.isValid(ring.frame)
    window.show()
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(lambda: shiboken6.isValid(ring.frame) and ring.frame.widget() is button)
    ring.end()


def test_the_focus_ring_lets_go_before_the_windows_are_destroyed(
    qtbot: QtBot, qapp: QApplication
) -> None:
    ring = FocusRing(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    first, second = QPushButton("a", window), QPushButton("b", window)
    window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(lambda: ring.frame.widget() is first)
    ring.end()
    second.setFocus()
    QApplication.processEvents()
    assert second.hasFocus()
    assert ring.frame.widget() is None


def test_the_patient_bar_says_whose_page_it_is(qtbot: QtBot) -> None:
    bar = PatientBar("환자")
    qtbot.addWidget(bar)
    bar.show_patient("홍길동", "남 · 67세", [("생년월일", "1958-08-21"), ("차트번호", "00412758")])
    assert bar.accessibleName() == "홍길동, 남 · 67세, 생년월일 1958-08-21, 차트번호 00412758"


def test_any_key_takes_the_warning_of_the_lock_back(qtbot: QtBot, qapp: QApplication) -> None:
    watch = IdleWatch(qapp)
    widget = QWidget()
    qtbot.addWidget(widget)
    with qtbot.waitSignal(watch.warned):
        watch.start(0.4)
    with qtbot.waitSignal(watch.resumed):
        QTest.keyClick(widget, Qt.Key.Key_Shift)
    watch.stop()
    with qtbot.assertNotEmitted(watch.resumed):
        QTest.keyClick(widget, Qt.Key.Key_Shift)


def test_a_computer_that_slept_is_locked_by_the_first_touch(
    qtbot: QtBot, qapp: QApplication
) -> None:
    wall = [1000.0]
    watch = IdleWatch(qapp, wall_clock=lambda: wall[0])
    widget = QWidget()
    qtbot.addWidget(widget)
    watch.start(5)
    wall[0] += 299
    with qtbot.assertNotEmitted(watch.expired):
        QTest.keyClick(widget, Qt.Key.Key_Shift)
    wall[0] += 8 * 3600
    with qtbot.waitSignal(watch.expired):
        QTest.keyClick(widget, Qt.Key.Key_Shift)


def test_a_wall_clock_set_back_neither_locks_nor_keeps_open(
    qtbot: QtBot, qapp: QApplication
) -> None:
    wall = [1e9]
    watch = IdleWatch(qapp, wall_clock=lambda: wall[0])
    watch.start(5)
    wall[0] = 0
    left: list[int] = []
    watch.ticked.connect(left.append)
    watch.check()
    assert left == [300]
    watch.stop()
    with qtbot.waitSignal(watch.expired):
        watch.start(0.01)
