"""A page that shows how records stand reads them anew once some were synced."""

from PySide6.QtCore import QEvent, QObject, Signal

from desktop_app.gui.navigator import Navigator
from desktop_app.gui.page import Page


class Synced(QObject):
    """Emits `seen` while its page is looked at; behind the lock it waits for the unlocking.

    A page that stands below another one is left alone: it reads everything when it is shown.
    """

    seen = Signal()

    def __init__(self, navigator: Navigator, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._waits = False
        navigator.records_synced.connect(self._on_synced)
        page.installEventFilter(self)

    def _on_synced(self) -> None:
        if self._page.isVisible():
            self.seen.emit()
        else:
            self._waits = not self._page.isHidden()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._waits:
            self._waits = False
            self.seen.emit()
        return super().eventFilter(watched, event)
