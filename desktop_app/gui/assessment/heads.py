"""The head of the form's columns, and the heads of its three sections."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from desktop_app.gui import theme
from desktop_app.gui.assessment.columns import (
    LABEL,
    PLACE,
    PREVIOUS,
    RANGE,
    UNIT,
    VALUE,
    WIDE,
    Columns,
    set_columns,
)
from desktop_app.gui.assessment.mnemonics import with_mnemonic
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label


class FormHead(QWidget):
    """The name of the form above the labels, and what each column holds."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(theme.px(36))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        set_columns(self._grid, WIDE)
        self._heading = Label("", "pageTitle", name="form_heading")
        self._previous = Label("", "small", "t2", wrap=True, name="previous_head")
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._previous.setAlignment(right)
        value = Label(tr("assessment.value"), "small", "t2")
        value.setAlignment(right)
        unit = Label(tr("assessment.unit"), "small", "t2")
        reference = Label(tr("assessment.reference"), "small", "t2", wrap=True)
        place = Label(tr("assessment.place"), "small", "t2", wrap=True)
        self._heading.setContentsMargins(theme.px(14), 0, 0, 0)
        self._grid.addWidget(self._heading, 0, LABEL, 1, 2)
        for label, column, left_room, right_room in (
            (value, VALUE, 0, 10),
            (unit, UNIT, 10, 0),
            (reference, RANGE, 0, 0),
            (place, PLACE, 0, 0),
            (self._previous, PREVIOUS, 0, 12),
        ):
            # The columns are as wide as those of the rows below, whatever the words are.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setContentsMargins(theme.px(left_room), 0, theme.px(right_room), 0)
            self._grid.addWidget(label, 0, column)

    def show_texts(self, heading: str, previous: str) -> None:
        """Name the form, and the day of the earlier values."""
        self._heading.setText(heading)
        self._previous.setText(previous)

    def take_columns(self, columns: Columns) -> None:
        """Stand above the rows' columns."""
        set_columns(self._grid, columns)


class SectionHead(QWidget):
    """The name of a section; more goes to `row`."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("bar", "section")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(theme.px(28))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(theme.px(14), 0, theme.px(12), 0)
        self.row.setSpacing(12)
        self.row.addWidget(Label(title, "smallStrong", "t2"))


class BloodHead(SectionHead):
    """When and where the blood was taken."""

    edit_chosen = Signal()

    def __init__(self) -> None:
        super().__init__(tr("assessment.blood"))
        self._sample = Label("", "small", "t2", name="sample_text")
        words = tr("assessment.sample")
        edit = Button(
            with_mnemonic(words, "sample"), kind="plain", icon="pencil", name="edit_sample"
        )
        edit.setProperty("compact", "true")
        edit.setAccessibleName(words)
        edit.clicked.connect(self.edit_chosen)
        self.row.addWidget(self._sample)
        self.row.addStretch(1)
        self.row.addWidget(edit)

    def show_sample(self, text: str) -> None:
        """Say when and where."""
        self._sample.setText(text)


class FluidHead(SectionHead):
    """Whether there is pleural fluid at all."""

    no_fluid_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__(tr("assessment.fluid"))
        words = tr("common.no_fluid")
        self._box = QCheckBox(with_mnemonic(words, "no_fluid"))
        self._box.setObjectName("no_fluid")
        self._box.setAccessibleName(words)
        self._box.clicked.connect(self.no_fluid_chosen)
        self.row.addStretch(1)
        self.row.addWidget(self._box)

    def show_no_fluid(self, has_no_fluid: bool) -> None:
        """Show the state."""
        self._box.setChecked(has_no_fluid)
