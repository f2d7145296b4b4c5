"""How a presenter asks the window for something: another page, a notice, the lock."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import AppError
from desktop_app.gui.routes import Route


class Notice(NamedTuple):
    """A short message in the corner; `act` is offered as a link named `action`."""

    text: str
    kind: str = "ok"
    action: str = ""
    act: Callable[[], object] | None = None


class Navigator(QObject):
    """Passes a presenter's wishes to whatever window shows the page."""

    route_requested = Signal(Route, bool)
    back_requested = Signal()
    lock_requested = Signal()
    person_change_requested = Signal()
    rebuild_requested = Signal()
    notice_raised = Signal(Notice)
    error_raised = Signal(AppError)
    records_synced = Signal()
    """Records were sent or taken in: whoever shows how they stand reads it anew."""

    is_quiet = False
    """The person does not want to be told that something is done."""

    def go(self, route: Route, *, replace: bool = False) -> None:
        """Open a page; with `replace`, Back skips the page that asked for it (a finished form)."""
        self.route_requested.emit(route, replace)

    def back(self) -> None:
        """Return to the page before this one."""
        self.back_requested.emit()

    def lock(self) -> None:
        """Lock the screen now."""
        self.lock_requested.emit()

    def change_person(self) -> None:
        """Lock and offer the list of accounts."""
        self.person_change_requested.emit()

    def rebuild(self) -> None:
        """Build the window's texts and pages again, after a change of language."""
        self.rebuild_requested.emit()

    def notify(
        self,
        text: str,
        action: str = "",
        act: Callable[[], object] | None = None,
        *,
        kind: str = "ok",
    ) -> None:
        """Show a notice for six seconds; kind is ok, info or err.

        A quiet window leaves out what is just done, unless the notice offers to undo it.
        """
        if self.is_quiet and kind == "ok" and not action:
            return
        self.notice_raised.emit(Notice(text, kind, action, act))

    def show_error(self, error: AppError) -> None:
        """Tell the person what went wrong, in a dialog."""
        self.error_raised.emit(error)
