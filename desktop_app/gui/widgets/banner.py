"""A message that stays until what it names is solved."""

from html import escape
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label, icon_label

BannerKind = Literal["info", "ok", "warn", "err"]
_ICONS: dict[BannerKind, str] = {
    "info": "info",
    "ok": "circle-check",
    "warn": "triangle-alert",
    "err": "circle-x",
}


def announce(widget: QWidget, text: str, *, assertive: bool = False) -> None:
    """Let a screen reader say a text now."""
    # Its hundreds of roles cost the sign-in window 5 ms.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(
        QAccessible.AnnouncementPoliteness.Assertive
        if assertive
        else QAccessible.AnnouncementPoliteness.Polite
    )
    QAccessible.updateAccessibility(event)


class Banner(QFrame):
    """Icon, one bold sentence, one plain sentence and at most one link."""

    link_activated = Signal()

    def __init__(
        self,
        kind: BannerKind = "info",
        strong: str = "",
        text: str = "",
        link: str = "",
        *,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icon = icon_label(_ICONS[kind], kind)
        self._label = Label(wrap=True, rich=True)
        self.link = Button("", kind="link")
        self.link.clicked.connect(self.link_activated)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 10, 9)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, 1)
        row.addWidget(self.link, 0, Qt.AlignmentFlag.AlignTop)
        self.show_message(kind, strong, text, link)

    def show_message(self, kind: BannerKind, strong: str, text: str = "", link: str = "") -> None:
        """Say this; errors interrupt a screen reader, the rest waits its turn."""
        theme.set_icon(self._icon, _ICONS[kind], kind)
        theme.set_state(self, "banner", kind)
        self._label.setText(f"<b>{escape(strong)}</b> {escape(text)}".strip())
        self.link.setText(link)
        self.link.setAccessibleName(link)
        self.link.setVisible(bool(link))
        self.setAccessibleName(f"{strong} {text}".strip())
        if self.isVisible():
            announce(self, self.accessibleName(), assertive=kind == "err")
