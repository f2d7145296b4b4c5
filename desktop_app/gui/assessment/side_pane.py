"""The pane beside the form: input check, derived ratios, legend, main button with its reason."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.assessment.side_display import OpenPoint, RatioDisplay, SideDisplay
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card, Rule
from desktop_app.gui.widgets.label import Label, icon_label, plain_tool_tip
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.painting import diamond
from desktop_app.gui.widgets.text_painting import text_width

_NO_LIMIT = (1 << 24) - 1  # QWIDGETSIZE_MAX, which PySide does not export
_WIDTH, _NARROWEST = 304, 286
_ROW_FURNITURE = 128  # margins, icon, gaps and chevron of a line of the input check


class SidePane(QWidget):
    """Cards above, which scroll where there is little room; reason and main button below."""

    field_wanted = Signal(str)

    def __init__(self, main_button: Button, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(theme.px(_WIDTH))
        self.checks = _InputCheck()
        self.checks.field_wanted.connect(self.field_wanted)
        self.ratios = _Ratios()
        self.reason = Label("", "small", "t2", wrap=True, name="assess_reason")
        self._cards = QWidget()
        self._cards.setProperty("page", "true")
        self._stack = QVBoxLayout(self._cards)
        self._stack.setContentsMargins(14, 12, 10, 8)
        self._stack.setSpacing(12)
        for widget in (self.checks, self.ratios, _Legend()):
            self._stack.addWidget(widget)
        self._stack.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._cards)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 4, 10, 12)
        foot.setSpacing(8)
        foot.addWidget(self.reason)
        foot.addWidget(main_button)
        main_button.setProperty("tall", "true")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addLayout(foot)

    def put_on_top(self, card: QWidget, *, instead_of_ratios: bool = False) -> None:
        """Show a card above the others."""
        self._stack.insertWidget(0, card)
        self.ratios.setVisible(not instead_of_ratios)

    def take_width(self, room: int) -> bool:
        """Be as wide as there is room beside the form; False if there is too little."""
        fits = room >= theme.px(_NARROWEST)
        self.setMinimumWidth(min(room, theme.px(_WIDTH)) if fits else 0)
        self.setMaximumWidth(min(room, theme.px(_WIDTH)) if fits else _NO_LIMIT)
        return fits

    def go_below(self, place: QVBoxLayout) -> None:
        """Give the cards to a place below the form; reason and button stay at the foot."""
        place.addWidget(self._scroll.takeWidget())
        self._cards.show()
        self._scroll.hide()

    def go_beside(self) -> None:
        """Take the cards back."""
        self._scroll.setWidget(self._cards)
        self._scroll.show()

    def show_side(self, display: SideDisplay) -> None:
        """Show the open points and the ratios."""
        self.checks.show_points(display.points, display.used)
        self.ratios.show_ratios(display.ratios, display.light)

    def show_reason(self, text: str) -> None:
        """Say why the main button is off, or what it will do."""
        self.reason.setText(text)
        self.reason.setVisible(bool(text))


class _InputCheck(Card):
    """What is open, one line a kind; a line leads to the value."""

    field_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("assessment.input_check"), name="input_check")
        self.head.addWidget(Label(tr("assessment.next_key"), "small", "t2"))
        self.body.setContentsMargins(0, 0, 0, 8)
        self.body.setSpacing(0)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self._rows: list[_PointRow] = []
        self._used = Label("", "small", "t2", wrap=True, rich=True, name="used_values")
        self._used.setContentsMargins(14, 8, 14, 0)
        self.body.addLayout(self._lines)
        self.body.addWidget(self._used)

    def show_points(self, points: Sequence[OpenPoint], used: str) -> None:
        """Show these points."""
        while len(self._rows) < len(points):
            row = _PointRow()
            row.field_wanted.connect(self.field_wanted)
            self._rows.append(row)
            self._lines.addWidget(row)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(points))
            if number < len(points):
                row.show_point(points[number])
        self._used.setText(used)


class _PointRow(QPushButton):
    """One kind of open point; pressed again it leads to the next value of its kind."""

    field_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self._fields: tuple[str, ...] = ()
        self._turn = 0
        self._icon = icon_label("circle", "t2")
        self._title = Label("", "strong")
        self._about = Label("", "small", "t2")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._about)
        self._chevron = icon_label("chevron-right", "t1", 14)
        row.addWidget(self._chevron)
        self.clicked.connect(self._on_clicked)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(33))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_point(self, point: OpenPoint) -> None:
        """Show this point."""
        if point.fields != self._fields:
            self._fields, self._turn = point.fields, 0
        theme.set_icon(self._icon, point.icon, point.ink)
        theme.set_role(self._title, "body" if point.is_quiet else "strong")
        self._title.set_tone("t2" if point.is_quiet else "t1")
        self._title.setText(point.title)
        room = theme.px(_NARROWEST - _ROW_FURNITURE) - text_width(point.title, "strong")
        metrics = QFontMetricsF(theme.font("small"))
        elided = metrics.elidedText(point.about, Qt.TextElideMode.ElideRight, room)
        self._about.setText(elided)
        self.setToolTip(plain_tool_tip(point.about) if elided != point.about else "")
        self._chevron.setVisible(bool(point.fields))
        self.setEnabled(bool(point.fields))
        self.setAccessibleName(f"{point.title}, {point.about}")

    def _on_clicked(self) -> None:
        wanted = self._fields[self._turn % len(self._fields)]
        self._turn += 1
        self.field_wanted.emit(wanted)


class _Ratios(Card):
    """The derived ratios, worked out while typing."""

    def __init__(self) -> None:
        super().__init__(tr("assessment.ratios"), tr("assessment.while_typing"), name="ratios")
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self._blocks = [_RatioBlock(number) for number in range(3)]
        for block in self._blocks:
            if block is not self._blocks[0]:
                self.body.addWidget(Rule())
            self.body.addWidget(block)
        self._light = Label("", "smallStrong", "t1", wrap=True, name="light_criteria")
        self._light.setContentsMargins(14, 6, 14, 8)
        self.body.addWidget(self._light)

    def show_ratios(self, ratios: Sequence[RatioDisplay], light: str) -> None:
        """Show the ratios and what Light's criteria give together."""
        for block, ratio in zip(self._blocks, ratios, strict=True):
            block.show_ratio(ratio)
        self._light.setText(light)
        self._light.setVisible(bool(light))


class _RatioBlock(QWidget):
    """Title and value of a ratio, and where it comes from."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._title = Label("", "body")
        self._value = Label("", "section", name=f"ratio_{number}")
        self._hint = Label("", "small", "t2", wrap=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 6, 14, 7)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._title, 0, 0)
        grid.addWidget(self._value, 0, 1)
        grid.addWidget(self._hint, 1, 0, 1, 2)

    def show_ratio(self, ratio: RatioDisplay) -> None:
        """Show this ratio."""
        self._title.setText(ratio.title)
        self._value.setText(ratio.value)
        self._hint.setText(ratio.hint)
        self._value.setAccessibleName(f"{ratio.title} {ratio.value}, {ratio.hint}")


class _Legend(QWidget):
    """What the marks of the position bars mean."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("legend")
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 0, 2, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        for number, (mark, text) in enumerate(
            (
                ("band", tr("assessment.legend_band")),
                ("half", tr("assessment.legend_half")),
                ("dot", tr("assessment.legend_dot")),
                ("diamond", tr("assessment.legend_outside")),
            )
        ):
            line, side = divmod(number, 2)
            grid.addWidget(_Mark(mark), line, side * 2)
            grid.addWidget(Label(text, "small", "t2"), line, side * 2 + 1)
        grid.setColumnStretch(1, 1)


class _Mark(Painted):
    """One mark of the position bar."""

    design_size = QSize(26, 18)

    def __init__(self, mark: str) -> None:
        super().__init__()
        self._mark = mark
        self.setFixedSize(self.sizeHint())

    def draw(self, painter: QPainter) -> None:
        centre = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._mark == "diamond":
            painter.setPen(QPen(theme.color("warnCtl"), 1.75))
            painter.drawPath(diamond(centre, theme.px(6)))
        elif self._mark == "dot":
            painter.setBrush(theme.color("acc"))
            painter.drawEllipse(centre, theme.px(5), theme.px(5))
        else:
            painter.setBrush(theme.color("band" if self._mark == "band" else "ctl"))
            painter.setOpacity(1.0 if self._mark == "band" else 0.6)
            thick = theme.px(6)
            painter.drawRect(QRectF(0, centre.y() - thick / 2, self.width(), thick))
