"""One value of the form: label, field, unit, ranges, place in the training data, earlier value."""

from html import escape

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from desktop_app.application.ports import TrainingBand
from desktop_app.domain.lab_panel import AGE, Field
from desktop_app.domain.panel import Entry, MissingReason
from desktop_app.gui import theme
from desktop_app.gui.assessment.columns import LABEL, PLACE, PREVIOUS, RANGE, UNIT, VALUE, WIDE
from desktop_app.gui.assessment.message_line import MessageLine
from desktop_app.gui.assessment.mnemonics import with_mnemonic
from desktop_app.gui.assessment.row_display import FieldState, RowDisplay
from desktop_app.gui.assessment.value_field import UnitBox, ValueField
from desktop_app.gui.findings import field_help, field_name, short_name, unit_text
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.position_bar import BandPosition, PositionBar


class ValueRow(QObject):
    """The widgets of one value, placed in the shared grid of the form."""

    typed = Signal(str)
    unit_chosen = Signal(str)
    entered = Signal()
    left = Signal()
    next_wanted = Signal()
    suggestion_taken = Signal()
    confirmed = Signal()
    reason_given = Signal(MissingReason)

    def __init__(self, field: Field, grid: QGridLayout, line: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = short_name(field.key)
        self._title = field_name(field.key)
        self.label = Label(
            with_mnemonic(self._title, self.name), "label", name=f"label_{self.name}"
        )
        self.label.setAccessibleName(self._title)
        self.label.setContentsMargins(theme.px(14), 0, 0, 0)
        self.field = ValueField()
        self.field.setObjectName(f"value_{self.name}")
        self.field.setAccessibleName(self._title)
        self.label.setBuddy(self.field)
        self.label.setToolTip(field_help(field.key))
        self.units = UnitBox([(unit.ucum, unit_text(unit.ucum)) for unit in field.units])
        self.units.setObjectName(f"unit_{self.name}")
        self.units.setAccessibleName(tr("assessment.unit_of", field=self._title))
        only = tr("assessment.years_of_age") if field is AGE else unit_text(field.canonical.ucum)
        self._only_unit = Label(only, "small", "t2")
        self._only_unit.setContentsMargins(theme.px(10), 0, 0, 0)
        self.ranges = _RangeCell(self.name)
        self.place = _PlaceCell(self.name)
        self.previous = Label("", "small", "t2", name=f"previous_{self.name}")
        self.message = MessageLine(self.name)
        self._has_choice = len(field.units) > 1
        if not field.is_used_by_model:
            unused = Label(tr("assessment.unused"), "small")
            unused.setProperty("tag", "true")
            self.ranges.put_beside(unused)
        self._place_in(grid, line)
        self._connect()

    def _place_in(self, grid: QGridLayout, line: int) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        self.previous.setAlignment(Qt.AlignmentFlag.AlignRight | middle)
        self.previous.setContentsMargins(0, 0, theme.px(12), 0)
        self.field.setFixedWidth(theme.px(WIDE.widths[VALUE]))
        self.units.setFixedWidth(theme.px(WIDE.widths[UNIT]))
        grid.addWidget(self.label, line, LABEL)
        grid.addWidget(self.field, line, VALUE)
        grid.addWidget(self.units, line, UNIT)
        grid.addWidget(self._only_unit, line, UNIT)
        grid.addWidget(self.ranges, line, RANGE)
        grid.addWidget(self.place, line, PLACE)
        grid.addWidget(self.previous, line, PREVIOUS)
        grid.addWidget(self.message, line + 1, VALUE, 1, PREVIOUS)
        self.units.setVisible(self._has_choice)
        self._only_unit.setVisible(not self._has_choice)

    def _connect(self) -> None:
        self.field.textEdited.connect(self.typed)
        self.field.entered.connect(self._on_entered)
        self.field.left.connect(self._on_left)
        self.field.next_wanted.connect(self.next_wanted)
        self.field.units_wanted.connect(self._open_units)
        self.units.unit_chosen.connect(self.unit_chosen)
        self.units.left.connect(self._on_left)
        self.message.suggestion_taken.connect(self.suggestion_taken)
        self.message.confirmed.connect(self.confirmed)
        self.message.retype_wanted.connect(self.focus)
        self.message.reason_given.connect(self.reason_given)

    def show_entry(self, entry: Entry, display: RowDisplay) -> None:
        """Show what was typed and what the program makes of it."""
        if self.field.text() != display.text:
            self.field.setText(display.text)
        self.field.show_state(display.state)
        self.field.setAccessibleDescription(display.description)
        self.units.show_unit(entry.unit)
        is_choosable = self._has_choice and display.state is not FieldState.NO_FLUID
        self.units.setVisible(is_choosable)
        self._only_unit.setVisible(not is_choosable)
        self.ranges.show_parts(display.range_parts)
        self.place.show_place(display.band, display)
        self.previous.setText(display.previous)
        self.message.show_message(display.message)

    @property
    def can_be_typed(self) -> bool:
        """Tell whether a person types this value."""
        return not self.field.isReadOnly()

    def focus(self) -> None:
        """Put the keyboard into the value, ready to be typed over."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def _open_units(self) -> None:
        if self.units.isVisible():
            self.units.setFocus(Qt.FocusReason.OtherFocusReason)
            self.units.showPopup()

    def _on_entered(self) -> None:
        theme.set_role(self.label, "strong")
        self.entered.emit()

    def _on_left(self) -> None:
        """Tell that the row was left; going from the value to its unit is not leaving."""
        if QApplication.focusWidget() in (self.field, self.units):
            return
        theme.set_role(self.label, "label")
        self.left.emit()


class _RangeCell(QWidget):
    """Reference range, high or low, the figure in the model's unit, and "not used by the model"."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._text = Label("", "small", "t2", wrap=True, rich=True, name=f"range_{name}")
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.px(8))
        self._line.addWidget(self._text)
        self._beside: QWidget | None = None

    def put_beside(self, widget: QWidget) -> None:
        """Put a widget behind the text; it goes below where the text is long."""
        policy = QSizePolicy.Policy
        self._text.setSizePolicy(policy.Maximum, policy.Preferred)
        self._beside = widget
        self._line.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._line.addStretch(1)

    def show_parts(self, parts: tuple[tuple[str, str], ...]) -> None:
        """Show the pieces of the range column."""
        self._text.setText(
            "&nbsp; ".join(
                f"<b>{_unbroken(text)}</b>" if tone == "strong" else _unbroken(text)
                for text, tone in parts
            )
        )
        if self._beside is not None:
            is_long = len(parts) > 1
            self._text.setWordWrap(is_long)
            self._text.setVisible(bool(parts))
            ways = QBoxLayout.Direction
            self._line.setDirection(ways.TopToBottom if is_long else ways.LeftToRight)
            self._line.setSpacing(2 if is_long else theme.px(8))


class _PlaceCell(QWidget):
    """The position bar, or words where there is nothing to place."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.bar = PositionBar()
        self.bar.setObjectName(f"place_{name}")
        self.words = Label("", "small", "t2", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar)
        row.addWidget(self.words)
        self.words.hide()

    def show_place(self, band: TrainingBand | None, display: RowDisplay) -> None:
        """Show the value on its band, the band alone, or words."""
        position = None
        if band is not None:
            position = BandPosition(band.p1, band.p25, band.p75, band.p99, display.value)
        self.bar.show_position(position, display.place_sentence)
        self.words.setText(display.place_text)
        self.bar.setVisible(not display.place_text)
        self.words.setVisible(bool(display.place_text))


def _unbroken(text: str) -> str:
    return escape(text).replace(" ", "&nbsp;")
