"""A short message in the corner of the window that leaves by itself."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.navigator import Notice
from desktop_app.gui.widgets.banner import announce
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label, icon_label

_ABOVE_THE_BOTTOM_BAR = 132  # status bar, tall button, the two lines of why it is off, a gap
_SHOWN_MILLISECONDS = 6000
_LOOKS = {"ok": ("circle-check", "ok"), "info": ("info", "t2"), "err": ("circle-x", "err")}


class NoticeCorner(QFrame):
    """Shows one notice at a time at the lower right of its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("notice")
        self._icon = icon_label("circle-check", "ok")
        self._text = Label("", name="notice_text")
        self._link = Button("", kind="link", name="notice_action")
        self._link.clicked.connect(self._on_action)
        self._notice: Notice | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._link)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MILLISECONDS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice for six seconds."""
        self._notice = notice
        icon, ink = _LOOKS[notice.kind]
        theme.set_icon(self._icon, icon, ink)
        theme.set_state(self, "notice", notice.kind)
        self._text.setText(notice.text)
        self._link.setText(notice.action)
        self._link.setVisible(bool(notice.action))
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        announce(self, notice.text, assertive=notice.kind == "err")
        self._timer.start()

    def place(self) -> None:
        """Stand at the lower right of the parent, above the main button that may be there."""
        room = self._window.rect()
        bottom = room.bottom() - theme.px(_ABOVE_THE_BOTTOM_BAR)
        self.move(room.right() - self.width() - 16, bottom - self.height())

    def _on_action(self) -> None:
        self.hide()
        if self._notice is not None and self._notice.act is not None:
            self._notice.act()
