"""What the window shows while something long is prepared before sign-in."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout

from desktop_app.gui import theme
from desktop_app.gui.page import FrontPage
from desktop_app.gui.widgets.label import Label, icon_label


class WaitingPage(FrontPage):
    """An icon, what is being done, how long it may take, and a bar that moves."""

    def __init__(self, icon: str, what: str, how_long: str) -> None:
        super().__init__(what)
        self.setObjectName("waiting_page")
        self.setAccessibleName(f"{what} {how_long}")
        centre = Qt.AlignmentFlag.AlignHCenter
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(theme.px(320))
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(icon_label(icon, "hold", 32), 0, centre)
        column.addWidget(Label(what, "bigHeading"), 0, centre)
        column.addWidget(Label(how_long, "body", "t2"), 0, centre)
        column.addWidget(bar, 0, centre)
        column.addStretch(3)
