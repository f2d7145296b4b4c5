"""The recovery key on screen: large, and never in the clipboard."""

from collections.abc import Collection

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.text_painting import paint_text

_COLUMNS = 4
_ROW_HEIGHT = 72
_HIDDEN = "•••••"


class KeyPanel(QWidget):
    """Paints eight numbered groups; those being typed are covered."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("key_panel")
        self._groups: tuple[str, ...] = ()
        self._hidden: Collection[int] = ()
        self.setFixedHeight(theme.px(2 * _ROW_HEIGHT + 20))
        self.setMinimumWidth(theme.px(600))

    def show_groups(self, groups: tuple[str, ...]) -> None:
        """Show this key."""
        self._groups = groups
        self._describe()

    def hide_groups(self, groups: Collection[int]) -> None:
        """Cover groups while they are being typed."""
        self._hidden = groups
        self._describe()

    def shown_groups(self) -> tuple[str, ...]:
        """Return the groups as they can be read now."""
        return tuple(
            _HIDDEN if number in self._hidden else text
            for number, text in enumerate(self._groups, start=1)
        )

    def sizeHint(self) -> QSize:
        return QSize(theme.px(712), theme.px(2 * _ROW_HEIGHT + 20))

    def _describe(self) -> None:
        spoken = [
            tr("first_run.key_hidden") if text == _HIDDEN else " ".join(text)
            for text in self.shown_groups()
        ]
        self.setAccessibleName(tr("first_run.key_sentence", groups=", ".join(spoken)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        px = theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("ctl"), 1))
        painter.setBrush(theme.color("canvas"))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 6, 6)
        font = theme.font("mono")
        font.setPixelSize(px(28))
        wide = (self.width() - px(32)) / _COLUMNS
        for index, text in enumerate(self.shown_groups()):
            row, column = divmod(index, _COLUMNS)
            left, top = px(32) + column * wide, px(18) + row * px(_ROW_HEIGHT)
            if column:
                painter.setPen(QPen(theme.color("line2"), 1))
                painter.drawLine(
                    round(left - px(12)), top, round(left - px(12)), top + px(_ROW_HEIGHT - 20)
                )
            paint_text(painter, QRectF(left, top, wide, px(20)), str(index + 1), "small", "t2")
            painter.setFont(font)
            painter.setPen(theme.color("t1"))
            area = QRectF(left, top + px(18), wide, px(38))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
