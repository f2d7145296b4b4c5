"""Every shared component in one window, as on the design's component pictures."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.exchange import Delivery
from desktop_app.gui import theme
from desktop_app.gui.texts import LANGUAGES, set_language, tr
from desktop_app.gui.widgets.answer_chip import AnswerChip
from desktop_app.gui.widgets.banner import Banner, BannerKind
from desktop_app.gui.widgets.bottom_bar import BottomBar
from desktop_app.gui.widgets.buttons import Button, FilterButton
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.check_list import CheckList
from desktop_app.gui.widgets.contribution_list import (
    ContributionList,
    ContributionRow,
    ContributionTexts,
)
from desktop_app.gui.widgets.empty_state import EmptyState
from desktop_app.gui.widgets.hundred_squares import HundredSquares
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.mini_bar import paint_mini_bar
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.password_field import PasswordField
from desktop_app.gui.widgets.patient_bar import PatientBar
from desktop_app.gui.widgets.position_bar import BandPosition, PositionBar
from desktop_app.gui.widgets.prevalence_dial import PrevalenceDial
from desktop_app.gui.widgets.probability_scale import ProbabilityScale, ScaleReading
from desktop_app.gui.widgets.search_field import SearchField
from desktop_app.gui.widgets.sparkline import paint_sparkline
from desktop_app.gui.widgets.sync_chip import SyncChip

SHOTS = os.environ.get("MESODESK_SHOTS")
STATES = (AnswerState.ABOVE, AnswerState.CANNOT_SAY, AnswerState.BELOW)


class TableCells(Painted):
    """What delegates paint: mini bars and sparklines."""

    design_size = QSize(300, 96)

    def draw(self, painter: QPainter) -> None:
        for index, (score, state) in enumerate(zip((0.47, 0.38, 0.18), STATES, strict=True)):
            row = QRectF(0, index * 32, 84, 32)
            paint_mini_bar(
                painter,
                row,
                probability=score,
                low=score - 0.1,
                high=score + 0.08,
                threshold=0.29,
                state=state,
            )
            points = [(0.2, AnswerState.BELOW), (score, state)]
            paint_sparkline(painter, QRectF(120, index * 32 + 6, 60, 20), points, 0.29)


def fields() -> Card:
    card = Card("값 입력 칸")
    grid = QGridLayout()
    for row, (state, text) in enumerate(
        (
            ("", "7.2"),
            ("confirm", "1100"),
            ("refused", "85"),
            ("missing", tr("common.missing")),
            ("no_fluid", tr("common.no_fluid")),
            ("computed", "67"),
        )
    ):
        line = QLineEdit(text)
        line.setProperty("state", state)
        line.setProperty("compact", "true")
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        units = QComboBox()
        units.setProperty("compact", "true")
        units.addItems(["10³/µL", "/µL"])
        bar = PositionBar()
        bar.show_position(BandPosition(1, 3, 8, 22.6, (5, 24, 1, None, 30, 10)[row]), "띠")
        grid.addWidget(Label(state or "default", "label"), row, 0)
        grid.addWidget(line, row, 1)
        grid.addWidget(units, row, 2)
        grid.addWidget(bar, row, 3)
    card.body.addLayout(grid)
    return card


def buttons() -> Card:
    card = Card("버튼")
    row = QHBoxLayout()
    assess = Button("평가", kind="primary", icon="play", key="Ctrl+Enter")
    off = Button("평가", kind="primary", icon="play", key="Ctrl+Enter")
    off.setEnabled(False)
    for button in (
        assess,
        Button("저장", icon="save"),
        Button("더 보기", kind="plain"),
        Button("지우기…", kind="danger", icon="trash-2"),
        off,
        Button("링크", kind="link"),
    ):
        row.addWidget(button)
    row.addStretch(1)
    card.body.addLayout(row)
    filters = QHBoxLayout()
    for text, icon, count in (
        ("전체", "", "312"),
        ("기준 이상", "arrow-up", "46"),
        ("판정 보류", "separator-vertical", "219"),
    ):
        toggle = FilterButton(text, icon)
        toggle.set_count(count)
        toggle.setChecked(not icon)
        filters.addWidget(toggle)
    filters.addStretch(1)
    card.body.addLayout(filters)
    tabs = QTabBar()
    for text in ("개요", "평가  4", "처방·메모  3"):
        tabs.addTab(text)
    card.body.addWidget(tabs)
    toggles = QHBoxLayout()
    checked = QCheckBox("흉수 없음")
    checked.setChecked(True)
    chosen = QRadioButton("결과 대기")
    chosen.setChecked(True)
    for toggle_widget in (checked, QCheckBox("켜기"), chosen, QRadioButton("모름")):
        toggles.addWidget(toggle_widget)
    card.body.addLayout(toggles)
    card.body.addWidget(PasswordField("암호", name="password"))
    card.body.addWidget(
        SearchField("이름, 차트번호, 생년월일, 초성(ㅎㄱㄷ)", clear_text="지우기", key="Ctrl+F")
    )
    return card


def chips() -> Card:
    card = Card("상태 칩")
    for state in STATES:
        row = QHBoxLayout()
        row.addWidget(AnswerChip(state, solid=True))
        row.addWidget(AnswerChip(state))
        row.addStretch(1)
        card.body.addLayout(row)
    row = QHBoxLayout()
    for sync in Delivery:
        row.addWidget(SyncChip(sync))
    row.addStretch(1)
    card.body.addLayout(row)
    cells = TableCells()
    cells.describe("표의 칸")
    card.body.addWidget(cells)
    return card


def reading(state: AnswerState) -> ScaleReading:
    return ScaleReading(
        0.38, 0.27, 0.5, 0.29, state, "기준 0.29", "점수 0.38", "기준 미만", "기준 이상"
    )


def scales() -> Card:
    card = Card("확률", "학습 자료의 패턴이며 원인이 아닙니다")
    wide = ProbabilityScale()
    wide.show_reading(reading(AnswerState.CANNOT_SAY))
    small = ProbabilityScale(compact=True)
    small.show_reading(reading(AnswerState.ABOVE))
    squares = HundredSquares()
    squares.show_share(35, "74건 중 26건")
    dial = PrevalenceDial()
    dial.show_scale(0.05, 0.3, "학습 30%")
    dial.describe("유병률 5%")
    rows = ContributionList()
    amounts = (0.06, -0.04, -0.04, 0.03, 0.03, 0.02, 0.02, 0.0)
    rows.show_contributions(
        [
            ContributionRow(
                f"입력 {index}",
                "0.52" if index == 1 else "24 개월",
                amount,
                "35 / 67" if index == 1 else "",
                is_missing=index == 7,
                is_outside=index == 0,
                is_against_knowledge=index == 2,
            )
            for index, amount in enumerate(amounts)
        ],
        ContributionTexts("시작: 학습 평균 0.30", "← 낮춤", "높임 →", "합", "0.38", "여덟 입력"),
    )
    for widget in (wide, small, squares, dial, rows):
        card.body.addWidget(widget)
    return card


def messages() -> Card:
    card = Card("안내 띠")
    kinds: tuple[tuple[BannerKind, str, str], ...] = (
        ("ok", "백업을 검증했습니다.", "오늘 07:00"),
        ("info", "평가는 고치지 않습니다.", "새 평가를 추가하세요."),
        ("warn", "검증된 백업이 4일 지났습니다.", "오늘 백업하세요."),
        ("err", "감사 기록의 사슬이 끊겼습니다.", "18,142번부터 확인이 필요합니다."),
    )
    for kind, strong, text in kinds:
        card.body.addWidget(Banner(kind, strong, text, "자세히" if kind == "warn" else ""))
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setValue(77)
    card.body.addWidget(bar)
    steps = CheckList(["열기", "복호화", "비교", "세기"])
    steps.set_state(0, "done")
    steps.set_state(1, "running")
    steps.set_state(3, "problem")
    card.body.addWidget(steps)
    card.body.addWidget(
        EmptyState(
            "users",
            "아직 환자가 없습니다",
            "첫 환자를 추가하세요.",
            Button("새 환자", kind="primary", icon="user-plus"),
        )
    )
    return card


def gallery() -> QWidget:
    window = QWidget()
    column = QVBoxLayout(window)
    bar = PatientBar("환자")
    bar.show_patient("홍길동", "남 · 67세", [("생년월일", "1958-08-21"), ("차트번호", "00412758")])
    bar.tools.addWidget(Button("메모", icon="pencil", key="Ctrl+M"))
    column.addWidget(bar)
    columns = QHBoxLayout()
    for cards in ((fields(), buttons()), (chips(), scales()), (messages(),)):
        stack = QVBoxLayout()
        for card in cards:
            stack.addWidget(card)
        columns.addLayout(stack)
    column.addLayout(columns)
    foot = BottomBar(Button("평가", kind="primary"))
    foot.show_reason("오류 1개와 단위 확인 1개를 해결하면 평가할 수 있습니다.")
    column.addWidget(foot)
    window.resize(1500, 980)
    return window


def rendered(qtbot: QtBot, qapp: QApplication, scheme: theme.Scheme, language: str) -> QImage:
    set_language(language)
    theme.start(qapp, scheme)
    window = gallery()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    image = window.grab().toImage()
    if SHOTS:
        image.save(str(Path(SHOTS) / f"gallery-{scheme}-{language}.png"))
    return image


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery_is_drawn_in_both_themes_with_other_colours(
    qtbot: QtBot, qapp: QApplication, language: str
) -> None:
    light = rendered(qtbot, qapp, "light", language)
    dark = rendered(qtbot, qapp, "dark", language)
    assert light.pixelColor(2, light.height() // 2).lightness() > 200
    assert dark.pixelColor(2, dark.height() // 2).lightness() < 60


def test_every_painted_widget_says_a_sentence(qtbot: QtBot, qapp: QApplication) -> None:
    theme.start(qapp, "light")
    window = gallery()
    qtbot.addWidget(window)
    silent = [w for w in window.findChildren(Painted) if not w.accessibleName()]
    assert not silent
    assert len(window.findChildren(Painted)) >= 8


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_no_label_is_cut_at_any_text_size(qtbot: QtBot, qapp: QApplication, scale: float) -> None:
    theme.start(qapp, "light", scale)
    window = gallery()
    qtbot.addWidget(window)
    window.resize(window.sizeHint().expandedTo(QSize(1500, 980)))
    window.show()
    cut = [
        label.text()
        for label in window.findChildren(Label)
        if label.isVisible() and not label.wordWrap() and label.width() < label.sizeHint().width()
    ]
    assert not cut
