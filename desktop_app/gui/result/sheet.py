"""A sheet of A4 that is drawn on: texts, paragraphs, lines and marks that survive a grey copy."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextDocument

from desktop_app.domain.assessment import AnswerState
from desktop_app.gui.theme import FAMILIES, MONO_FAMILY
from desktop_app.gui.tokens import LIGHT
from desktop_app.gui.widgets.label import keep_words_whole
from desktop_app.gui.widgets.painting import diamond

# A4 in 96ths of an inch; everything on the sheet is placed in this unit.
WIDTH, HEIGHT = 794.0, 1123.0
LEFT, RIGHT = 52.0, 742.0
_SIZES = tuple(half / 2 for half in range(25, 11, -1))
_READABLE = 9.0


class Sheet:
    """Draws in 96ths of an inch on a painter whose device has `dots` times as many.

    `factor` shrinks text where a sheet would not hold it all.
    """

    def __init__(self, painter: QPainter, dots: float, factor: float = 1.0) -> None:
        self._painter, self._dots, self.factor = painter, dots, factor
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def text(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        size: float = 12.5,
        *,
        weight: int = 400,
        ink: str = "t1",
        right: bool = False,
        mono: bool = False,
    ) -> float:
        """Draw one line centred on y, elided where it does not fit; return the width it took."""
        font = self._font(size, weight, mono=mono)
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width * self._dots + 1)
        height = metrics.height()
        box = QRectF(x * self._dots, y * self._dots - height / 2, width * self._dots + 1, height)
        self._painter.setFont(font)
        self._painter.setPen(QColor(LIGHT[ink]))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        self._painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown) / self._dots

    def size_for(self, width: float, text: str, *, weight: int = 400) -> float:
        """Return the largest size of text that shows a line whole; a readable one if none does."""

        def fits(size: float) -> bool:
            wide = QFontMetricsF(self._font(size, weight)).horizontalAdvance(text)
            return wide <= width * self._dots

        return next(filter(fits, _SIZES), _READABLE)

    def paragraph(
        self, x: float, y: float, width: float, html: str, size: float = 12.5, *, ink: str = "t1"
    ) -> float:
        """Draw a wrapped text with bold parts from y downwards and return its height."""
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(self._font(size, 400))
        color = LIGHT[ink]
        document.setHtml(f'<p style="color:{color}; line-height:128%">{keep_words_whole(html)}</p>')
        document.setTextWidth(width * self._dots)
        self._painter.save()
        self._painter.translate(x * self._dots, y * self._dots)
        document.drawContents(self._painter)
        self._painter.restore()
        return document.size().height() / self._dots

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        width: float = 0.75,
        ink: str = "line2",
    ) -> None:
        """Draw a straight line."""
        self._painter.setPen(QPen(QColor(LIGHT[ink]), width * self._dots))
        self._painter.drawLine(self._point(x1, y1), self._point(x2, y2))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        radius: float = 0,
        fill: str = "",
        edge: str = "",
        hatched: bool = False,
        edge_width: float = 1.0,
    ) -> None:
        """Draw a rectangle; hatching tells it from a filled one on a grey copy."""
        rect = QRectF(*(value * self._dots for value in (x, y, width, height)))
        pen = QPen(QColor(LIGHT[edge]), edge_width * self._dots) if edge else Qt.PenStyle.NoPen
        self._painter.setPen(pen)
        self._painter.setBrush(QColor(LIGHT[fill]) if fill else Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(rect, radius * self._dots, radius * self._dots)
        if hatched:
            self._hatch(rect, edge)

    def _hatch(self, rect: QRectF, ink: str) -> None:
        """Draw lines at 45°; a Qt brush pattern would be as fine as the printer's dots."""
        self._painter.save()
        self._painter.setClipRect(rect)
        self._painter.setPen(QPen(QColor(LIGHT[ink]), 0.8 * self._dots))
        step = 4 * self._dots
        start = rect.left() - rect.height()
        while start < rect.right():
            self._painter.drawLine(
                QPointF(start, rect.bottom()), QPointF(start + rect.height(), rect.top())
            )
            start += step
        self._painter.restore()

    def mark(self, x: float, y: float, state: AnswerState, radius: float) -> None:
        """Draw an answer's mark: filled diamond, hollow circle, or half-filled circle."""
        centre, reach = self._point(x, y), radius * self._dots
        ink = QColor(LIGHT["t1"])
        if state is AnswerState.ABOVE:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(ink)
            self._painter.drawPath(diamond(centre, reach * 1.2))
            return
        self._painter.setPen(QPen(ink, 2 * self._dots))
        self._painter.setBrush(QColor(LIGHT["surface"]))
        self._painter.drawEllipse(centre, reach, reach)
        if state is AnswerState.CANNOT_SAY:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(ink)
            whole = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
            self._painter.drawPie(whole, -90 * 16, 180 * 16)

    def modules(self, x: float, y: float, side: float, rows: tuple[tuple[bool, ...], ...]) -> None:
        """Draw the modules of a QR code."""
        self._painter.save()
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        module = side / len(rows)
        for number, row in enumerate(rows):
            for column, is_dark in enumerate(row):
                if is_dark:
                    rect = QRectF(x + column * module, y + number * module, module, module)
                    dots = self._dots
                    self._painter.fillRect(
                        QRectF(rect.x() * dots, rect.y() * dots, module * dots, module * dots),
                        QColor(LIGHT["t1"]),
                    )
        self._painter.restore()

    def across(self, text: str) -> None:
        """Write a word across the whole sheet, faintly."""
        self._painter.save()
        self._painter.translate(self._point(WIDTH / 2, HEIGHT / 2))
        self._painter.rotate(-55)
        self._painter.setFont(self._font(120, 700))
        self._painter.setPen(QColor(LIGHT["line"]))
        reach = HEIGHT * self._dots
        box = QRectF(-reach / 2, -reach / 4, reach, reach / 2)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        self._painter.restore()

    @property
    def painter(self) -> QPainter:
        """Return the painter, for pictures that draw themselves."""
        return self._painter

    def dots(self, units: float) -> float:
        """Return a distance in the painter's own unit."""
        return units * self._dots

    def _point(self, x: float, y: float) -> QPointF:
        return QPointF(x * self._dots, y * self._dots)

    def _font(self, size: float, weight: int, *, mono: bool = False) -> QFont:
        made = QFont()
        made.setFamilies([MONO_FAMILY, *FAMILIES] if mono else FAMILIES)
        made.setPixelSize(max(1, round(size * self.factor * self._dots)))
        made.setWeight(QFont.Weight(weight))
        made.setFeature(QFont.Tag("tnum"), 1)
        return made
