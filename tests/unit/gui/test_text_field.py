"""A syllable that the input method still composes reaches the text, whatever ends it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.widgets.text_field import TextField, commit_composition


class _Form(QWidget):
    """Two fields and a button; remembers what the first field held when Ctrl+S came."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.other, self.button = TextField(), QLineEdit(), QPushButton("save")
        column = QVBoxLayout(self)
        for widget in (self.name, self.other, self.button):
            column.addWidget(widget)
        self.saved: list[str] = []
        self.button.clicked.connect(self._save)
        for keys in ("Ctrl+S", "Ctrl+Return"):
            QShortcut(QKeySequence(keys), self, self._save)

    def _save(self) -> None:
        self.saved.append(self.name.text())


@pytest.fixture
def form(qtbot: QtBot) -> _Form:
    made = _Form()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.name.setFocus()
    qtbot.waitUntil(made.name.hasFocus)
    return made


def compose(field: QWidget, *preedits: str, commit: str = "") -> None:
    """Send what an input method sends while a syllable grows."""
    for preedit in preedits:
        QApplication.sendEvent(field, QInputMethodEvent(preedit, []))
    if commit:
        event = QInputMethodEvent("", [])
        event.setCommitString(commit)
        QApplication.sendEvent(field, event)


@pytest.mark.parametrize(
    "end",
    [
        lambda form: QTest.keyClick(form.name, Qt.Key.Key_Tab),
        lambda form: QTest.keyClick(form.name, Qt.Key.Key_Return),
        lambda form: QTest.keyClick(form.name, Qt.Key.Key_Home),
        lambda form: QTest.mouseClick(form.other, Qt.MouseButton.LeftButton),
        lambda form: QTest.mouseClick(form.name, Qt.MouseButton.LeftButton),
        lambda form: QTest.mouseClick(form.button, Qt.MouseButton.LeftButton),
        lambda form: form.other.setFocus(),
        lambda form: form.hide(),
        lambda form: commit_composition(),
    ],
    ids=[
        "tab", "enter", "home", "click elsewhere", "click here", "click on a button", "focus",
        "hidden page", "asked for",
    ],
)  # fmt: skip
def test_no_syllable_is_lost_however_typing_ends(
    form: _Form, end: Callable[[_Form], object]
) -> None:
    compose(form.name, "ㅎ", "호", "홍", commit="홍")
    compose(form.name, "ㄱ", "기", "길")

    end(form)

    assert form.name.text() == "홍길"


@pytest.mark.parametrize("key", [Qt.Key.Key_S, Qt.Key.Key_Return], ids=["Ctrl+S", "Ctrl+Enter"])
def test_a_shortcut_finds_the_whole_name(form: _Form, key: Qt.Key) -> None:
    compose(form.name, "ㅎ", "호", "홍", commit="홍")
    compose(form.name, "ㄷ", "도", "동")

    QTest.keyClick(form.name, key, Qt.KeyboardModifier.ControlModifier)

    assert form.saved == ["홍동"]


def test_shift_in_the_middle_of_a_syllable_does_not_end_it(form: _Form) -> None:
    compose(form.name, "ㅎ", "하")

    QTest.keyPress(form.name, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    compose(form.name, "핬", commit="핬")

    assert form.name.text() == "핬"


def test_an_answer_of_the_input_method_after_the_end_adds_nothing(form: _Form) -> None:
    compose(form.name, "ㅎ", "홍")
    form.name.commit()
    form.name.commit()

    assert form.name.text() == "홍"


def test_what_is_seen_is_told_at_every_stroke(form: _Form) -> None:
    seen: list[str] = []
    form.name.typed.connect(seen.append)

    compose(form.name, "ㅎ", "호", "홍", commit="홍")
    compose(form.name, "ㄱ")
    form.name.setText("길동")

    assert seen == ["ㅎ", "호", "홍", "홍ㄱ", "길동"]


def test_composing_in_the_middle_stays_where_the_cursor_is(form: _Form) -> None:
    form.name.setText("홍동")
    form.name.setCursorPosition(1)

    compose(form.name, "길")

    assert form.name.seen_text() == "홍길동"
    QTest.keyClick(form.name, Qt.Key.Key_End)
    assert form.name.text() == "홍길동"
