"""One field of a conflict: both values, which of them stays, and what will be saved."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.application.conflicts import Side
from desktop_app.gui import theme
from desktop_app.gui.conflict.words import FieldRow
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import Label, icon_label
from desktop_app.gui.widgets.row_table import is_letter

FIELD_WIDTH = 188
_SIDES: dict[int, Side] = {Qt.Key.Key_Left: Side.HERE, Qt.Key.Key_Right: Side.SERVER}
_STEPS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class SideCell(QFrame):
    """One side's value with its mark; a click anywhere in it chooses."""

    chosen = Signal()

    def __init__(self, text: str, spoken: str, *, name: str, keeps_both: bool) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("conflict", "side")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._mark: QAbstractButton = QCheckBox() if keeps_both else QRadioButton()
        self._mark.setAutoExclusive(False)
        self._mark.setObjectName(f"{name}_mark")
        self._mark.setAccessibleName(spoken)
        # The row has the keyboard: its arrows choose the side.
        self._mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._mark.clicked.connect(self.chosen)
        value = Label(text, wrap=True)
        value.setTextFormat(Qt.TextFormat.RichText)
        value.setAccessibleName(spoken)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(0)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)

    def show_chosen(self, *, is_chosen: bool) -> None:
        """Mark this side as the one that stays, or not."""
        self._mark.setChecked(is_chosen)
        theme.set_state(self, "chosen", str(is_chosen).lower())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.chosen.emit()


class ConflictRow(QFrame):
    """A row that has the keyboard: arrows choose a side or another row, B keeps both."""

    side_chosen = Signal(object)
    stepped = Signal(int)

    def __init__(self, row: FieldRow) -> None:
        super().__init__()
        self._row = row
        self._side: Side | None = None
        self.setObjectName(f"conflict_{row.name}")
        self.setProperty("conflict", "row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # Letters are keys here, not text: they work whatever the keyboard's language is.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        both = row.can_keep_both
        self.here = SideCell(
            row.here,
            f"{tr('conflict.here')}: {row.plain_here}",
            name=f"here_{row.name}",
            keeps_both=both,
        )
        self.server = SideCell(
            row.server,
            f"{tr('conflict.server')}: {row.plain_server}",
            name=f"server_{row.name}",
            keeps_both=both,
        )
        self.here.chosen.connect(lambda: self._on_cell(Side.HERE))
        self.server.chosen.connect(lambda: self._on_cell(Side.SERVER))
        self._lay_out()
        self._ring = _Ring(self)

    def _lay_out(self) -> None:
        head = QWidget()
        head.setFixedWidth(theme.px(FIELD_WIDTH))
        title = QVBoxLayout(head)
        title.setContentsMargins(14, 10, 12, 10)
        title.setSpacing(2)
        title.addWidget(Label(self._row.title, "strong", wrap=True))
        if self._row.hint:
            title.addWidget(Label(self._row.hint, "small", "t2", wrap=True))
        title.addStretch(1)
        saved = QFrame()
        saved.setProperty("conflict", "saved")
        saved.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._saved = Label("", wrap=True, name=f"saved_{self._row.name}")
        self._aside = Label(tr("conflict.both_kept"), "small", "t2")
        self._open = QWidget()
        undecided = QHBoxLayout(self._open)
        undecided.setContentsMargins(0, 0, 0, 0)
        undecided.setSpacing(8)
        undecided.addWidget(icon_label("triangle-alert", "warn"))
        undecided.addWidget(Label(tr("conflict.undecided"), "strong", "warn"), 1)
        column = QVBoxLayout(saved)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(2)
        for widget in (self._open, self._saved, self._aside):
            column.addWidget(widget)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(head)
        for part in (self.here, self.server, saved):
            row.addWidget(part, 1)

    def show_side(self, side: Side | None, saved: str) -> None:
        """Show which side stays and what that leaves, or that it is undecided."""
        self._side = side
        self.here.show_chosen(is_chosen=side in (Side.HERE, Side.BOTH))
        self.server.show_chosen(is_chosen=side in (Side.SERVER, Side.BOTH))
        self._open.setVisible(side is None)
        self._saved.setVisible(side is not None)
        self._saved.setText(saved)
        self._aside.setVisible(side is Side.BOTH)
        row = self._row
        self.setAccessibleName(
            tr(
                "conflict.row_sentence",
                field=row.title,
                here=row.plain_here,
                server=row.plain_server,
                saved=saved or tr("conflict.undecided"),
            )
        )

    def _on_cell(self, side: Side) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.side_chosen.emit(self._toggled(side) if self._row.can_keep_both else side)

    def _toggled(self, side: Side) -> Side | None:
        """Return what pressing one of two independent marks leaves; one of them stays on."""
        other = Side.SERVER if side is Side.HERE else Side.HERE
        if self._side is None:
            return side
        if self._side is Side.BOTH:
            return other
        return side if self._side is side else Side.BOTH

    # -- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        is_held = event.modifiers() & _HELD
        if not is_held and (side := _SIDES.get(key)) is not None:
            self.side_chosen.emit(side)
        elif not is_held and (step := _STEPS.get(key)) is not None:
            self.stepped.emit(step)
        elif is_letter(event, "B") and self._row.can_keep_both:
            self.side_chosen.emit(Side.BOTH)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ring.setGeometry(self.rect())


class _Ring(QWidget):
    """The focus ring of a row and its bar, above the cells that would cover them."""

    def __init__(self, row: QWidget) -> None:
        super().__init__(row)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(theme.color("focus"), 2))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.fillRect(QRectF(0, 0, 4, self.height()), theme.color("acc"))
        painter.end()
