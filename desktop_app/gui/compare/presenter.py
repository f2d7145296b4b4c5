"""Joins the comparison to its use case."""

from functools import partial

from PySide6.QtCore import QObject

from desktop_app.application.comparison import Comparison, compare_assessments
from desktop_app.domain.errors import AppError
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import routes
from desktop_app.gui.compare.view import ComparePage
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.routes import Route


def build_page(desk: Desk, route: Route) -> Page:
    """Build the page of the two assessments the route names."""
    if route.assessment_id is None or route.other_id is None:
        raise ValueError("a comparison needs two assessments")
    view = ComparePage()
    ComparePresenter(desk, route.assessment_id, route.other_id, view).start()
    return view


class ComparePresenter(QObject):
    """Shows two assessments and leads to others; belongs to the page and ends with it."""

    def __init__(self, desk: Desk, first: RecordId, second: RecordId, view: ComparePage) -> None:
        super().__init__(view)
        self._desk, self._view = desk, view
        self._first, self._second = first, second
        self._comparison: Comparison | None = None
        view.back_chosen.connect(desk.navigator.back)
        view.swap_chosen.connect(self._swap)
        view.stepped.connect(self._step)
        view.offer("data_table", view.swap_table)

    def start(self) -> None:
        """Read both."""
        work = partial(compare_assessments, self._desk.session, self._first, self._second)
        self._desk.tasks.run(work, self._on_read, self._on_refused, owner=self)

    def _on_read(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._view.show_comparison(comparison, self._desk.session.clock.today())
        self._view.show_steps(
            has_older=self._neighbour(1) is not None, has_newer=self._neighbour(-1) is not None
        )

    def _on_refused(self, error: AppError) -> None:
        self._desk.navigator.back()
        self._desk.navigator.show_error(error)

    def _neighbour(self, step: int) -> RecordId | None:
        """Return the next assessment in time that is not on the other side already."""
        if self._comparison is None:
            return None
        choices = [one.assessment_id for one in self._comparison.choices]
        at = choices.index(self._second) if self._second in choices else 0
        while 0 <= (at := at + step) < len(choices):
            if choices[at] != self._first:
                return choices[at]
        return None

    def _step(self, step: int) -> None:
        other = self._neighbour(step)
        if other is not None:
            self._desk.navigator.go(routes.compare(self._first, other), replace=True)

    def _swap(self) -> None:
        self._desk.navigator.go(routes.compare(self._second, self._first), replace=True)
