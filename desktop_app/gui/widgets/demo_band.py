"""The striped band that marks a demonstration clinic on every screen."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from desktop_app.gui import theme
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_STRIPE = 18


class DemoBand(Painted):
    """Its title in a solid chip and one sentence beside it, over stripes."""

    design_size = QSize(600, 26)

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.setObjectName("demo_band")
        self._title, self._sentence = title, sentence
        self.describe(f"{title}. {sentence}")

    def draw(self, painter: QPainter) -> None:
        box = QRectF(self.rect())
        painter.fillRect(box, theme.color("surface"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("holdSoft"))
        stripe, height = theme.px(_STRIPE), box.height()
        x = -height
        while x < box.width():
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(x, height),
                        QPointF(x + stripe, height),
                        QPointF(x + stripe + height, 0),
                        QPointF(x + height, 0),
                    ]
                )
            )
            x += 2 * stripe
        title = text_width(self._title, "smallStrong") + theme.px(16)
        sentence = text_width(self._sentence, "small") + theme.px(16)
        left = max(0.0, (box.width() - title - sentence) / 2)
        chip = QRectF(left, (height - theme.px(18)) / 2, title, theme.px(18))
        painter.setBrush(theme.color("holdSolid"))
        painter.drawRoundedRect(chip, 3, 3)
        inside = chip.adjusted(theme.px(8), 0, 0, 0)
        paint_text(painter, inside, self._title, "smallStrong", "onhold")
        ground = QRectF(chip.right(), 0, sentence, height)
        painter.fillRect(ground, theme.color("surface"))
        words = ground.adjusted(theme.px(8), 0, 0, 0)
        paint_text(painter, words, self._sentence, "small")
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(QPointF(0, height - 0.5), QPointF(box.width(), height - 0.5))
