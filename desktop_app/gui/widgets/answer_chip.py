"""The chip that states one of the three answers: solid on a result, soft in tables."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.assessment import AnswerState
from desktop_app.gui.texts import Language, tr
from desktop_app.gui.widgets.painting import LOOKS, ChipLook, chip_size, paint_chip

_TEXT_KEYS = {
    AnswerState.ABOVE: "common.above",
    AnswerState.BELOW: "common.below",
    AnswerState.CANNOT_SAY: "common.cannot_say",
}


def answer_text(state: AnswerState, language: Language | None = None) -> str:
    """Return an answer's words."""
    return tr(_TEXT_KEYS[state], language=language)


def paint_answer_chip(
    painter: QPainter, rect: QRectF, state: AnswerState, *, solid: bool = False
) -> None:
    """Draw an answer's chip at the left of a rectangle."""
    look = LOOKS[state]
    chip = (
        ChipLook(look.icon, look.on_solid, look.solid)
        if solid
        else ChipLook(look.icon, look.ink, look.soft, look.line)
    )
    paint_chip(painter, rect, chip, answer_text(state), solid=solid)


class AnswerChip(QWidget):
    """An answer in icon, word and colour."""

    def __init__(
        self,
        state: AnswerState = AnswerState.CANNOT_SAY,
        *,
        solid: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._solid = solid
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_answer(state)

    def show_answer(self, state: AnswerState) -> None:
        """State this answer."""
        self.state = state
        self.setAccessibleName(answer_text(state))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        size = chip_size(answer_text(self.state), solid=self._solid)
        return QSize(round(size.width() + 1), round(size.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_answer_chip(painter, QRectF(self.rect()), self.state, solid=self._solid)
        painter.end()
