"""The pages that are open, one above the other, with the way back."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from desktop_app.gui.page import Page
from desktop_app.gui.routes import Route
from desktop_app.gui.widgets.layouts import discard
from desktop_app.gui.widgets.text_field import commit_composition


class PageStack(QStackedWidget):
    """Opens pages by route; a route that is already open is returned to, as it was left."""

    page_built = Signal(Page)
    page_shown = Signal(Page)

    def __init__(self, build: Callable[[Route], Page], places: frozenset[str]) -> None:
        super().__init__()
        self._build = build
        self._places = places
        self._open: list[tuple[Route, Page]] = []

    @property
    def page(self) -> Page | None:
        """Return the page that is shown."""
        return self._open[-1][1] if self._open else None

    @property
    def routes(self) -> tuple[Route, ...]:
        """Return the routes of the open pages, the shown one last."""
        return tuple(route for route, _ in self._open)

    def go(self, route: Route, *, replace: bool = False) -> bool:
        """Open a page or return to it; False if the shown page did not let go.

        A place of the sidebar closes everything that stands above it.
        """
        if replace and self._open:
            self._close_top()
        depth = self._find(route)
        if depth is not None:
            return self._close_down_to(depth + 1)
        if route.name in self._places and not self._close_down_to(0):
            return False
        self._push(route)
        self._show_top()
        return True

    def back(self) -> bool:
        """Return to the page below; False at the first page or if the page did not let go."""
        return len(self._open) > 1 and self._close_down_to(len(self._open) - 1)

    def rebuild(self) -> None:
        """Build every open page again, as after a change of language or text size."""
        routes = self.routes
        self.save_work()
        self.close_all()
        for route in routes:
            self._push(route)
        self._show_top()

    def save_work(self) -> None:
        """Let every open page store what was typed, a half-composed syllable included."""
        commit_composition()
        for _, page in self._open:
            page.save_work()

    def close_all(self) -> None:
        """Close every page without asking."""
        while self._open:
            self._close_top()

    def _find(self, route: Route) -> int | None:
        for depth, (open_route, _) in enumerate(self._open):
            if open_route == route:
                return depth
        return None

    def _push(self, route: Route) -> None:
        page = self._build(route)
        self._open.append((route, page))
        self.addWidget(page)
        self.page_built.emit(page)

    def _close_top(self) -> None:
        _, page = self._open.pop()
        discard(page)

    def _close_down_to(self, depth: int) -> bool:
        while len(self._open) > depth:
            if not self._open[-1][1].can_leave():
                return False
            self._close_top()
        self._show_top()
        return True

    def _show_top(self) -> None:
        page = self.page
        if page is not None:
            self.setCurrentWidget(page)
            page.on_shown()
            page.focus_first()
            self.page_shown.emit(page)
