"""The recovery key on one A4 page: drawn the same on paper, in the PDF and in the preview."""

from collections.abc import Collection
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import keep_words_whole
from desktop_app.gui.widgets.logo import paint_logo

# A4 in points; everything below is laid out on it and scaled to the device.
_WIDTH, _HEIGHT, _MARGIN = 595.0, 842.0, 60.0
_HIDDEN = "•••••"


class Paper(NamedTuple):
    """What is printed."""

    clinic: str
    date: str
    groups: tuple[str, ...]


def paint_paper(
    painter: QPainter, area: QRectF, paper: Paper, hidden: Collection[int] = ()
) -> None:
    """Draw the page into an area of A4's shape; groups in `hidden` are covered."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.topLeft())
    painter.scale(area.width() / _WIDTH, area.height() / _HEIGHT)
    painter.setPen(Qt.GlobalColor.black)
    inner = _WIDTH - 2 * _MARGIN
    paint_logo(painter, _MARGIN, 66, 30)
    _text(
        painter,
        QRectF(_MARGIN + 42, 66, inner - 42, 30),
        tr("first_run.paper_title"),
        20,
        bold=True,
        is_line=True,
    )
    painter.setPen(QPen(Qt.GlobalColor.black, 1.2))
    painter.drawLine(round(_MARGIN), 112, round(_WIDTH - _MARGIN), 112)
    line = tr("first_run.paper_clinic", clinic=paper.clinic, date=paper.date)
    _text(painter, QRectF(_MARGIN, 124, inner, 22), line, 12, bold=True, is_line=True)
    _text(painter, QRectF(_MARGIN, 150, inner, 60), tr("first_run.paper_purpose"), 11)
    _paint_groups(painter, QRectF(_MARGIN, 222, inner, 250), paper.groups, hidden)
    _text(painter, QRectF(_MARGIN, 496, inner, 110), tr("first_run.paper_keep"), 11)
    for left, word in (
        (_MARGIN, tr("first_run.paper_signature")),
        (_WIDTH / 2 + 15, tr("first_run.paper_date")),
    ):
        painter.setPen(QPen(Qt.GlobalColor.black, 0.8))
        painter.drawLine(round(left), 680, round(left + inner / 2 - 15), 680)
        _text(painter, QRectF(left, 686, inner / 2, 18), word, 10)
    painter.restore()


def _paint_groups(
    painter: QPainter, box: QRectF, groups: tuple[str, ...], hidden: Collection[int]
) -> None:
    painter.setPen(QPen(Qt.GlobalColor.black, 1))
    painter.drawRect(box)
    font = theme.font("mono")
    font.setPixelSize(26)
    for index, text in enumerate(groups):
        row, column = divmod(index, 2)
        left = box.left() + 28 + column * box.width() / 2
        top = box.top() + 16 + row * 56
        _text(painter, QRectF(left, top, 20, 44), str(index + 1), 12, is_line=True)
        painter.setFont(font)
        shown = _HIDDEN if index + 1 in hidden else text
        painter.drawText(QRectF(left + 26, top, 180, 44), Qt.AlignmentFlag.AlignVCenter, shown)


def _text(
    painter: QPainter,
    area: QRectF,
    text: str,
    size: int,
    *,
    bold: bool = False,
    is_line: bool = False,
) -> None:
    font = QFont(theme.FAMILIES)
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    painter.setFont(font)
    upright = Qt.AlignmentFlag.AlignVCenter if is_line else Qt.AlignmentFlag.AlignTop
    painter.drawText(area, int(Qt.TextFlag.TextWordWrap) | int(upright), keep_words_whole(text))


class PaperPreview(QWidget):
    """The page as it will be printed, small; the key panel beside it is what is read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self._paper: Paper | None = None
        self._hidden: Collection[int] = ()
        self.setFixedSize(QSize(theme.px(270), theme.px(382)))
        self.setAccessibleName(tr("first_run.preview"))

    def show_paper(self, paper: Paper) -> None:
        """Show this page."""
        self._paper = paper
        self.update()

    def hide_groups(self, groups: Collection[int]) -> None:
        """Cover groups while they are being typed."""
        self._hidden = groups
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        if self._paper is not None:
            paint_paper(painter, QRectF(self.rect()), self._paper, self._hidden)
        painter.end()
