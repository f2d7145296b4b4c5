"""What the main window expects of a page."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget


class FrontPage(QWidget):
    """A page before any record is decrypted: first run, sign-in, lock.

    `entering` comes before anything opens the records in the worker. `signed_in` carries the
    Session. `restart_requested` asks to decide anew which front page to show (the clinic was made,
    or another person wants to sign in). `language_chosen` carries ko or en; the page is then built
    again.
    """

    entering = Signal()
    signed_in = Signal(object)
    restart_requested = Signal()
    demonstration_requested = Signal()
    language_chosen = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = title

    def take_over(self, earlier: "FrontPage") -> None:
        """Go on with what was typed on the same page in another language."""

    def focus_first(self) -> None:
        """Put the keyboard where work begins."""
        self.setFocus()


class Page(QWidget):
    """One page of the window: it names itself, its keys and the actions it carries out.

    `place` is the sidebar place that is marked while the page is shown.
    """

    title_changed = Signal(str)
    context_keys_changed = Signal(str)
    actions_changed = Signal()

    place = "patients"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = ""
        self.context_keys = ""
        self.handlers: dict[str, Callable[[], object]] = {}

    def set_title(self, text: str) -> None:
        """Name the page for the window title: page, or page · patient (chart number)."""
        self.title = text
        self.title_changed.emit(text)

    def set_context_keys(self, text: str) -> None:
        """Say in the status bar which keys work here."""
        self.context_keys = text
        self.context_keys_changed.emit(text)

    def offer(self, action: str, handler: Callable[[], object], *, enabled: bool = True) -> None:
        """Carry out a menu action while this page is shown, or stop doing so."""
        if enabled:
            self.handlers[action] = handler
        else:
            self.handlers.pop(action, None)
        self.actions_changed.emit()

    def on_shown(self) -> None:
        """Refresh what may have changed while another page was shown."""

    def save_work(self) -> None:
        """Store what was typed at once: the screen locks, or the page is built anew."""

    def can_leave(self) -> bool:
        """Tell whether the page may be left now; a page that must ask asks here."""
        return True

    def focus_first(self) -> None:
        """Put the keyboard where work begins."""
        self.setFocus()
