"""The theme's colours can be read, its fonts hold all Hangul, its icons take their colour."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont, QFontInfo, QRawFont
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.config import resource
from desktop_app.gui import theme
from desktop_app.gui.tokens import DARK, LIGHT
from desktop_app.gui.widgets.label import Label, keep_words_whole

TEXT = 4.5
EDGE = 3.0
ANSWERS = [("on" + name, name + "Solid") for name in ("up", "dn", "hold")]
TEXT_PAIRS = [
    *((ink, ground) for ink in ("t1", "t2", "t3", "acc") for ground in ("surface", "canvas")),
    *((name, name + "Soft") for name in ("up", "dn", "hold", "warn", "err", "ok", "info")),
    *ANSWERS,
    ("t3", "window"),
    ("t3", "sel"),
    ("t2", "alt"),
    ("onacc", "accSolid"),
    ("onacc", "accHover"),
    ("onacc", "accPressed"),
    ("onmark", "mark"),
]
EDGE_PAIRS = [
    ("focus", "window"),
    ("focus", "surface"),
    ("ctl", "surface"),
    ("ctl", "alt"),
    ("warnCtl", "surface"),
    ("upFill", "band"),
    ("dnFill", "band"),
    ("holdFill", "band"),
    ("thr", "band"),
]


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    parts = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(first: str, second: str) -> float:
    low, high = sorted(luminance(QColor(colour)) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_can_be_read(tokens: dict[str, str]) -> None:
    for least, pairs in ((TEXT, TEXT_PAIRS), (EDGE, EDGE_PAIRS)):
        poor = {
            (ink, ground): round(contrast(tokens[ink], tokens[ground]), 2)
            for ink, ground in pairs
            if contrast(tokens[ink], tokens[ground]) < least
        }
        assert not poor


def test_both_themes_name_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in (*LIGHT.values(), *DARK.values()))


def test_the_arrow_of_a_combo_box_has_the_colour_of_its_token() -> None:
    for scheme, tokens in (("light", LIGHT), ("dark", DARK)):
        text = resource(f"themes/chevron-down-{scheme}.svg").read_text(encoding="utf-8")
        assert f'stroke="{tokens["t2"]}"' in text


@pytest.mark.parametrize("file", ["Regular", "Medium", "SemiBold", "Bold"])
def test_the_shipped_font_holds_every_syllable(qapp: QApplication, file: str) -> None:
    font = QRawFont(str(resource(f"fonts/Pretendard-{file}.ttf")), 14)
    missing = [code for code in range(0xAC00, 0xD7A4) if not font.supportsCharacter(code)]
    assert not missing
    assert all(font.supportsCharacter(ord(char)) for char in "ㄱㅎㅏㅣ−–·³µ×→←↑↓…±≥≤“”")


def test_the_shipped_font_is_the_one_in_use(qapp: QApplication) -> None:
    theme.start(qapp, "light")
    for role in theme.ROLES:
        info = QFontInfo(theme.font(role))
        assert info.family() == (theme.MONO_FAMILY if role == "mono" else "Pretendard")
        assert info.pixelSize() == theme.ROLES[role].size >= 13
    assert theme.font("body").featureValue(QFont.Tag("tnum")) == 1


def test_figures_keep_equal_widths_in_styled_labels(qtbot: QtBot, qapp: QApplication) -> None:
    theme.start(qapp, "light")
    ones, eights = Label("111111", "pageTitle"), Label("888888", "pageTitle")
    for label in (ones, eights):
        qtbot.addWidget(label)
        label.ensurePolished()
    assert ones.sizeHint().width() == eights.sizeHint().width()


def test_text_grows_with_the_factor(qtbot: QtBot, qapp: QApplication) -> None:
    label = Label("홍길동", "section")
    qtbot.addWidget(label)
    theme.start(qapp, "light", 1.0)
    small = label.sizeHint().height()
    theme.apply(scale=2.0)
    assert label.sizeHint().height() >= 2 * small - 2
    assert theme.px(32) == 64


def test_a_font_that_is_changed_by_its_user_stays_the_same_for_others(qapp: QApplication) -> None:
    theme.start(qapp, "light")
    theme.font("mono").setPixelSize(28)
    assert theme.font("mono").pixelSize() == 13
    theme.apply(scale=2.0)
    assert theme.font("mono").pixelSize() == 26
    assert theme.metrics("body").height() > 30


def test_icons_follow_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    theme.start(qapp, "light")
    button, picture = QPushButton("x"), QLabel()
    for widget in (button, picture):
        qtbot.addWidget(widget)
        theme.set_icon(widget, "check", "t1", 64)

    def ink() -> set[str]:
        image = picture.pixmap().toImage()
        points = [(x, y) for x in range(image.width()) for y in range(image.height())]
        solid = (image.pixelColor(x, y) for x, y in points)
        return {colour.name() for colour in solid if colour.alpha() == 255}

    assert LIGHT["t1"].lower() in ink()
    before = button.icon().cacheKey()
    theme.apply("dark")
    assert DARK["t1"].lower() in ink()
    assert button.icon().cacheKey() != before


def test_every_icon_of_the_design_is_shipped_with_its_licence() -> None:
    names = (
        "arrow-up arrow-down separator-vertical circle-dashed diamond droplet-off check "
        "shield-check git-compare signpost flask-conical octagon-x triangle-alert "
        "arrow-left-right book-x clock-3 badge-check lock cloud-off ban"
    )
    assert all(resource(f"icons/{name}.svg").is_file() for name in names.split())
    licences = {file.name for file in resource("licences").iterdir()}
    assert {"Pretendard-OFL-1.1.txt", "IBM-Plex-OFL-1.1.txt", "Lucide-ISC.txt"} <= licences


def test_no_icon_is_shipped_that_the_program_does_not_name() -> None:
    named = {
        node.value
        for file in Path(theme.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert not {file.stem for file in resource("icons").iterdir()} - named


def test_korean_words_are_never_broken_inside() -> None:
    joined = keep_words_whole("기록 24건이 <b>기준</b>을 넘습니다.")
    plain = joined.replace("\u2060", "")
    assert plain == "기록 24건이 <b>기준</b>을 넘습니다."
    words = re.sub("<[^>]+>", "", joined).split(" ")
    for word in words:
        letters = word.replace("\u2060", "")
        assert word.count("\u2060") >= len(re.findall("[가-힣](?=.)", letters))


def test_units_are_never_broken_inside() -> None:
    for unit in ("mg/dL", "10³/µL", "U/L", "g/dL"):
        assert keep_words_whole(unit) == unit.replace("/", "/\u2060")
    assert keep_words_whole("/srv/Lungs/a b") == "/srv/Lungs/a b"


def test_a_wrapped_korean_label_breaks_at_spaces(qtbot: QtBot, qapp: QApplication) -> None:
    theme.start(qapp, "light")
    label = Label("재학습범위가기준을양쪽에걸칩니다 끝", wrap=True)
    qtbot.addWidget(label)
    long_word = label.fontMetrics().horizontalAdvance("재학습범위가기준을양쪽에걸칩니다")
    two_lines = label.heightForWidth(long_word + 4)
    assert label.heightForWidth(long_word // 2) == two_lines
    assert label.text() == "재학습범위가기준을양쪽에걸칩니다 끝"


def test_high_contrast_takes_the_systems_colours_and_keeps_the_layout(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.start(qapp, "light")
    button = QPushButton("x")
    qtbot.addWidget(button)
    height = button.sizeHint().height()
    monkeypatch.setattr(theme, "wants_high_contrast", lambda _app: True)
    theme.apply()
    try:
        palette = qapp.palette()
        shown = {theme.color(token).name() for token in LIGHT}
        roles = ("WindowText", "Window", "Highlight", "HighlightedText")
        system = {palette.color(getattr(palette.ColorRole, role)).name() for role in roles}
        assert shown == system
        assert "2px solid" in qapp.styleSheet()
        assert abs(button.sizeHint().height() - height) <= 2
    finally:
        monkeypatch.undo()
        theme.apply("light")
    assert theme.color("t1").name() == LIGHT["t1"].lower()
