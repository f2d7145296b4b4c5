"""Joins a conflict to its use cases: what is chosen, when it can be saved, which comes next."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject

from desktop_app.application.conflicts import (
    Conflict,
    Side,
    decide_conflict,
    list_conflicts,
    open_conflict,
)
from desktop_app.application.session import Session
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.conflict.view import ConflictPage
from desktop_app.gui.conflict.words import author_text, field_rows, same_fields, saved_text
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.routes import Route
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.patient_words import field_text


def build_page(desk: Desk, route: Route) -> Page:
    """Build the page of the conflict the route names."""
    if route.patient_id is None:
        raise ValueError("a conflict needs a patient")
    view = ConflictPage()
    ConflictPresenter(desk, route, route.patient_id, view).read()
    return view


class _Read(NamedTuple):
    """The conflict and all that wait for a decision, in their order."""

    conflict: Conflict
    waiting: tuple[Patient, ...]


class ConflictPresenter(QObject):
    """Keeps the choices; belongs to the page and ends with it."""

    def __init__(self, desk: Desk, route: Route, patient_id: RecordId, view: ConflictPage) -> None:
        super().__init__(view)
        self._desk, self._route, self._view = desk, route, view
        self._patient_id = patient_id
        self._conflict: Conflict | None = None
        self._waiting: tuple[Patient, ...] = ()
        self._choices: dict[str, Side] = {}
        kept = desk.kept.pop(route, None)
        self._kept: dict[str, Side] = kept if isinstance(kept, dict) else {}
        view.side_chosen.connect(self._on_side)
        view.all_chosen.connect(self._choose_all)
        view.save_chosen.connect(self._save)
        view.later_chosen.connect(self._later)
        view.work_kept.connect(self._keep)
        view.offer("all_from_here", partial(self._choose_all, Side.HERE))
        view.offer("all_from_server", partial(self._choose_all, Side.SERVER))

    @property
    def _session(self) -> Session:
        """The desk's session, which is another one after the screen was locked."""
        return self._desk.session

    def _keep(self) -> None:
        """Leave what is chosen where the page finds it again."""
        self._desk.kept[self._route] = dict(self._choices)

    # -- reading

    def read(self) -> None:
        """Read both versions."""
        work = partial(_read, self._session, self._patient_id)
        self._desk.tasks.run(work, self._on_read, self._on_gone, owner=self)

    def _on_read(self, read: _Read) -> None:
        conflict, earlier = read.conflict, self._conflict
        self._conflict, self._waiting = conflict, read.waiting
        still = {} if earlier is None else {one.name: one for one in earlier.fields}
        choices = {**self._kept, **self._choices}
        # What was chosen holds as long as both values are those it was chosen between.
        self._choices = {
            one.name: side
            for one in conflict.fields
            if (side := choices.get(one.name, one.preset)) is not None
            and (earlier is None or still.get(one.name) == one or one.preset is side)
        }
        self._kept = {}
        self._show(conflict)

    def _show(self, conflict: Conflict) -> None:
        view, server = self._view, conflict.server
        numbers = [one.patient_id for one in self._waiting]
        at = numbers.index(self._patient_id) + 1 if self._patient_id in numbers else 1
        place = tr("conflict.one_of", n=at, all=max(1, len(numbers)))
        view.show_patient(conflict.patient, self._session.clock.today(), place)
        view.show_fields(
            field_rows(conflict),
            author_text(conflict.here.author_name, conflict.here.changed_at),
            author_text(server.changed_by, server.changed_at),
        )
        view.show_same(same_fields(conflict))
        count = conflict.assessments
        key = "conflict.assessments_count" if count else "conflict.assessments_none"
        view.assessments.show_message("info", tr("conflict.assessments"), tr(key, n=count))
        self._show_choices()
        undecided = self._undecided()
        view.focus_row(undecided[0] if undecided else conflict.fields[0].name)

    def _undecided(self) -> list[str]:
        fields = self._conflict.fields if self._conflict is not None else ()
        return [one.name for one in fields if one.name not in self._choices]

    def _show_choices(self) -> None:
        if self._conflict is None:
            return
        left = self._undecided()
        self._view.show_choices(
            {
                one.name: (
                    self._choices.get(one.name),
                    saved_text(one, self._choices.get(one.name)),
                )
                for one in self._conflict.fields
            },
            len(left),
        )
        self._view.show_reason(
            tr("conflict.decide", field=field_text(left[0])) if left else tr("conflict.ready")
        )

    # -- choosing

    def _on_side(self, name: str, side: Side) -> None:
        self._choices[name] = side
        self._show_choices()

    def _choose_all(self, side: Side) -> None:
        if self._conflict is not None:
            self._choices = {one.name: side for one in self._conflict.fields}
            self._show_choices()

    # -- leaving

    def _later(self) -> None:
        self._keep()
        self._desk.navigator.back()

    def _save(self) -> None:
        if self._conflict is None or self._undecided():
            return
        self._view.save.setEnabled(False)
        work = partial(decide_conflict, self._session, self._conflict, dict(self._choices))
        self._desk.tasks.run(work, self._on_saved, self._on_not_saved, owner=self)

    def _on_saved(self, patient: Patient) -> None:
        self._desk.kept.pop(self._route, None)
        self._desk.navigator.notify(tr("conflict.saved_notice", name=patient.name))
        self._desk.navigator.records_synced.emit()
        others = [one for one in self._waiting if one.patient_id != patient.patient_id]
        if others:
            self._desk.navigator.go(routes.conflict(others[0].patient_id), replace=True)
        else:
            self._desk.navigator.back()

    def _on_not_saved(self, error: AppError) -> None:
        self._show_choices()
        if error.code is ErrorCode.CONFLICT_UNDECIDED:
            self._view.show_problem(tr("conflict.changed"), tr("conflict.changed_next"))
            self.read()
        elif error.code is ErrorCode.INVALID_INPUT:
            named = error.context.get("problems")
            fields = ", ".join(map(field_text, named if isinstance(named, dict) else ()))
            self._view.show_problem(tr("conflict.problems", fields=fields))
        else:
            self._desk.navigator.show_error(error)

    def _on_gone(self, error: AppError) -> None:
        self._desk.navigator.back()
        if error.code is ErrorCode.NOT_FOUND:
            self._desk.navigator.notify(tr("conflict.over"), kind="info")
        else:
            self._desk.navigator.show_error(error)


def _read(session: Session, patient_id: RecordId) -> _Read:
    return _Read(open_conflict(session, patient_id), list_conflicts(session))
