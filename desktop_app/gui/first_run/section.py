"""One row of the assistant's first page: what it is about on the left, its fields on the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import Label

_LEFT_WIDTH = 180
_LARGEST_BESIDE = 1.25


def is_narrow() -> bool:
    """Tell whether text is so large that the smallest window has no room for two columns."""
    return theme.scale() > _LARGEST_BESIDE


class Section(QWidget):
    """A hairline, a heading with its explanation, and a grid for fields."""

    def __init__(self, title: str, line: str) -> None:
        super().__init__()
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(Label(title, "cardTitle"))
        head.addWidget(Label(line, "small", "t2", wrap=True))
        head.addStretch(1)
        left = QWidget()
        left.setLayout(head)
        if not is_narrow():
            left.setFixedWidth(theme.px(_LEFT_WIDTH))
        head.setContentsMargins(0, 0, 0, 0)
        self.fields = QGridLayout()
        self.fields.setHorizontalSpacing(theme.px(14))
        self.fields.setVerticalSpacing(theme.px(5))
        row = QVBoxLayout() if is_narrow() else QHBoxLayout()
        row.setSpacing(theme.px(8 if is_narrow() else 22))
        row.addWidget(left)
        row.addLayout(self.fields, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(14))
        column.setSpacing(theme.px(14))
        column.addWidget(Rule())
        column.addLayout(row)

    def add_field(
        self, row: int, column: int, label: str, field: QWidget, hint: QWidget | None = None
    ) -> None:
        """Put a field below its label, with what is said about it below the field."""
        named = Label(label, "small", "t1", wrap=is_narrow())
        named.setBuddy(field)
        field.setAccessibleName(label)
        self.fields.addWidget(named, row, column)
        self.fields.addWidget(field, row + 1, column)
        if hint is not None:
            self.fields.addWidget(hint, row + 2, column, Qt.AlignmentFlag.AlignTop)
