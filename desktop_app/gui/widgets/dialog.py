"""Our own dialogs: a question with the safe choice focused, and a message."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button, Kind
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import Label, icon_label
from desktop_app.gui.widgets.scrolled import Ground, scrolled

DialogIcon = Literal[
    "triangle-alert", "circle-x", "info", "server", "log-in", "key-round", "usb", "file-check"
]
_FRAME = 40  # what the system draws around a window
_INKS: dict[DialogIcon, str] = {"triangle-alert": "warn", "circle-x": "err", "info": "info"}


class Dialog(QDialog):
    """Icon, title (the question), text, room for more in `body`, and buttons at the foot.

    Esc and closing the window give the safe choice. It is as high as its wrapped texts need and
    scrolls where the screen is lower; the buttons stay in sight.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str = "",
        *,
        icon: DialogIcon = "triangle-alert",
        width: int = 420,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("MesoDesk")
        self.setProperty("card", "true")
        self.setObjectName("dialog")
        self.setMinimumWidth(min(theme.px(width), self.screen().availableGeometry().width()))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        self.body.addWidget(Label(title, "section", wrap=True, name="dialog_title"))
        if text:
            self.body.addWidget(Label(text, "body", "t2", wrap=True, name="dialog_text"))
        top = QHBoxLayout()
        top.setContentsMargins(18, 18, 18, 16)
        top.setSpacing(14)
        picture = icon_label(icon, _INKS.get(icon, "acc"), 24)
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(self.body, 1)
        self._content = Ground()
        self._content.setProperty("page", "true")
        self._content.setLayout(top)
        self._content.needs_changed.connect(self._grow)
        self._foot = QWidget()
        self._foot.setProperty("bar", "bottom")
        self._foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._buttons = QHBoxLayout(self._foot)
        self._buttons.setContentsMargins(14, 10, 14, 10)
        self._buttons.setSpacing(10)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._area = scrolled(self._content)
        column.addWidget(self._area, 1)
        column.addWidget(Rule())
        column.addWidget(self._foot)

    def showEvent(self, event: QShowEvent) -> None:
        wanted = max(self.minimumWidth(), self._content.sizeHint().width())
        width = min(wanted, self.screen().availableGeometry().width())
        self.resize(width, self._height_at(width))
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._offer_bar()

    def _offer_bar(self) -> None:
        """Offer a scroll bar only where it is needed.

        One that came before there was room makes the texts wrap, and would stay for that.
        """
        policies = Qt.ScrollBarPolicy
        is_whole = self._needed_at(self.width()) <= self.height()
        policy = policies.ScrollBarAlwaysOff if is_whole else policies.ScrollBarAsNeeded
        self._area.setVerticalScrollBarPolicy(policy)

    def _grow(self) -> None:
        """Make room for what a problem or an answer adds."""
        if self.isVisible():
            self.resize(self.width(), max(self.height(), self._height_at(self.width())))
            self._offer_bar()

    def _needed_at(self, width: int) -> int:
        top = self._content.layout()
        wanted = top.totalHeightForWidth(width) if top is not None else 0
        return wanted + 1 + self._foot.sizeHint().height()

    def _height_at(self, width: int) -> int:
        return min(self._needed_at(width), self.screen().availableGeometry().height() - _FRAME)

    def add_choice(
        self, text: str, *, kind: Kind = "default", accepts: bool, safe: bool = False
    ) -> Button:
        """Add a button that accepts or rejects; the safe one has the keyboard."""
        button = Button(text, kind=kind, name="dialog_accept" if accepts else "dialog_reject")
        button.clicked.connect(self.accept if accepts else self.reject)
        self._buttons.addWidget(button)
        if safe:
            button.setDefault(True)
            button.setFocus()
        return button


def confirm(
    parent: QWidget | None, title: str, text: str, *, accept: str, keep: str, danger: bool = True
) -> bool:
    """Ask a question; True only if the person chose `accept`. The safe `keep` has the keyboard."""
    dialog = Dialog(parent, title, text)
    dialog.add_choice(accept, kind="danger" if danger else "default", accepts=True)
    dialog.add_choice(keep, kind="primary", accepts=False, safe=True)
    return dialog.exec() == QDialog.DialogCode.Accepted


def tell(parent: QWidget | None, title: str, text: str, *, icon: DialogIcon = "info") -> None:
    """Show a message until the person has read it."""
    dialog = Dialog(parent, title, text, icon=icon)
    dialog.add_choice(tr("common.close"), kind="primary", accepts=False, safe=True)
    dialog.exec()
