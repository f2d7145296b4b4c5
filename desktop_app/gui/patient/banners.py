"""What stands open with a patient, one banner each, until it is solved."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.gui.widgets.banner import Banner, BannerKind, announce
from desktop_app.gui.widgets.layouts import empty


class Note(NamedTuple):
    """One thing that stands open; `link` leads on, empty where the person may not."""

    name: str
    kind: BannerKind
    strong: str
    text: str
    link: str = ""


class Banners(QWidget):
    """The notes in their order; `followed` names the one whose link was pressed.

    The keyboard comes to their links from the widget `before`.
    """

    followed = Signal(str)

    def __init__(self, before: QWidget) -> None:
        super().__init__()
        self._before = before
        self._notes: tuple[Note, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 8)
        self._column.setSpacing(8)
        self.hide()

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show these; a screen reader hears the new ones."""
        if tuple(notes) == self._notes:
            return
        earlier, self._notes = self._notes, tuple(notes)
        empty(self._column)
        before = self._before
        for note in notes:
            name = f"banner_{note.name}"
            banner = Banner(note.kind, note.strong, note.text, note.link, name=name)
            banner.link_activated.connect(lambda name=note.name: self.followed.emit(name))
            self._column.addWidget(banner)
            self.setTabOrder(before, banner.link)
            before = banner.link
        self.setVisible(bool(notes))
        for note in notes:
            if note not in earlier and self.isVisible():
                announce(self, f"{note.strong} {note.text}", assertive=note.kind == "err")
