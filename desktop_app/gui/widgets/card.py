"""A framed group of a page: a head with its title, and a body."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.label import ElidedLabel, Label


class Rule(QFrame):
    """A hairline across, or down."""

    def __init__(self, *, vertical: bool = False, strong: bool = False) -> None:
        super().__init__()
        self.setProperty("rule", "strong" if strong else "true")
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class Card(QFrame):
    """A card; fill `body`, add what belongs to the right of the title to `head`."""

    def __init__(
        self,
        title: str = "",
        subtitle: str = "",
        *,
        ruled: bool = True,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setObjectName(name)
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(14, 0, 14, 0)
        self.head.setSpacing(8)
        # Children from the start: Python would free a widget without a parent, in any thread.
        self.title = Label(title, "cardTitle", parent=self)
        self.subtitle = ElidedLabel(subtitle, "small", "t2", parent=self)
        self.title.setVisible(bool(title))
        self.subtitle.setVisible(bool(title))
        if title:
            frame = QWidget()
            frame.setFixedHeight(theme.px(36))
            frame.setLayout(self.head)
            self.head.addWidget(self.title)
            self.head.addWidget(self.subtitle)
            self.head.addStretch(1)
            outer.addWidget(frame)
            if ruled:
                outer.addWidget(Rule())
        self.body = QVBoxLayout()
        self.body.setContentsMargins(14, 10 if title else 14, 14, 12)
        self.body.setSpacing(8)
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        outer.addLayout(self.body, 1)
