"""Joins the patient list to its use cases; the newest question alone is answered."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from desktop_app.application import assessments, patients, synchronise
from desktop_app.application.ports import (
    PatientFilter,
    PatientOrder,
    PatientPage,
    PatientQuery,
    PatientRow,
)
from desktop_app.application.session import Session
from desktop_app.domain.account import Right
from desktop_app.domain.draft import Draft
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.archiving import Archiving
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.patients.model import Column
from desktop_app.gui.patients.view import PatientsPage
from desktop_app.gui.routes import Route
from desktop_app.gui.synced import Synced
from desktop_app.gui.texts import tr

_PAGE_SIZE = 60
# As many as are read anew within a tenth of a second.
_LONGEST_RELOAD = 3000
_DESCENDING_FIRST = {PatientOrder.LAST_ASSESSED}


def build_page(desk: Desk, route: Route) -> Page:
    """Build the patient list."""
    person = desk.session.person
    view = PatientsPage(
        desk.session.clock.today(),
        may_edit=person.may(Right.EDIT_PATIENTS),
        may_assess=person.may(Right.ENTER_VALUES),
    )
    PatientsPresenter(desk, route, view)
    return view


class _Surroundings(NamedTuple):
    """What stands around the rows."""

    counts: Mapping[PatientFilter, int]
    drafts: tuple[tuple[Draft, Patient], ...]
    doctors: Mapping[RecordId, str]
    is_sync_in_use: bool


class PatientsPresenter(QObject):
    """Answers what the page asks; belongs to the page and ends with it."""

    def __init__(self, desk: Desk, route: Route, view: PatientsPage) -> None:
        super().__init__(view)
        self._desk, self._route, self._view = desk, route, view
        self._query = PatientQuery(text=route.search or "", limit=_PAGE_SIZE)
        self._question = 0
        self._counts: dict[PatientFilter, int] = dict.fromkeys(PatientFilter, 0)
        self._drafts: tuple[tuple[Draft, Patient], ...] = ()
        self._shows_drafts = False
        self._empty_act: Callable[[], object] = self._show_all
        view.table.set_compact(is_compact=desk.settings.has_compact_rows)
        kept = desk.kept.pop(route, None)
        if isinstance(kept, PatientQuery):
            self._query = kept
        view.search.set_text(self._query.text)
        view.filters.show_filter(self._query.show)
        self._archiving = Archiving(desk, view)
        self._connect()

    @property
    def _session(self) -> Session:
        """The desk's session, which is another one after the screen was locked."""
        return self._desk.session

    def _connect(self) -> None:
        view = self._view
        view.shown.connect(self.refresh)
        self._archiving.changed.connect(self.refresh)
        Synced(self._desk.navigator, view).seen.connect(self.refresh)
        view.work_kept.connect(self._keep)
        view.search_edited.connect(self._on_search_edited)
        view.filter_chosen.connect(self._on_filter_chosen)
        view.drafts_chosen.connect(self._on_drafts_chosen)
        view.sort_chosen.connect(self._on_sort_chosen)
        view.model.more_wanted.connect(self._on_more_wanted)
        view.table.row_selected.connect(self._on_row_selected)
        view.opened.connect(self._open)
        view.assessment_chosen.connect(self._assess)
        view.new_patient_chosen.connect(self._register)
        view.draft_opened.connect(self._on_draft_opened)
        view.recent_chosen.connect(self._on_recent_chosen)
        view.menu_wanted.connect(self._on_menu_wanted)
        view.empty_action.clicked.connect(lambda: self._empty_act())
        view.offer("find", view.focus_first)
        view.offer("preview", view.toggle_preview)
        view.offer("next_pane", partial(view.focus_pane, 1))
        view.offer("previous_pane", partial(view.focus_pane, -1))

    def _may(self, right: Right) -> bool:
        return self._session.person.may(right)

    def _keep(self) -> None:
        self._desk.kept[self._route] = self._query

    # -- asking

    def refresh(self) -> None:
        """Read everything anew and stay at the same place."""
        self._view.show_recent(self._desk.recent)
        self._ask(stays=True)
        self._desk.tasks.run(self._read_surroundings, self._on_surroundings, owner=self)

    def _ask(self, *, stays: bool = False) -> None:
        self._question += 1
        query = self._query
        if stays:
            query = replace(
                query, limit=min(max(_PAGE_SIZE, len(self._view.model.rows)), _LONGEST_RELOAD)
            )
        self._desk.tasks.run(
            partial(self._read_page, self._question, query),
            partial(self._on_page, self._question, stays=stays),
            owner=self,
        )

    def _read_page(
        self, question: int, query: PatientQuery, cursor: str | None = None
    ) -> PatientPage | None:
        """Read on the worker; a question that was overtaken meanwhile costs nothing."""
        if question != self._question:
            return None
        return patients.list_patients(self._session, query, cursor)

    def _read_surroundings(self) -> _Surroundings:
        doctors = {one.account_id: one.name for one in patients.list_doctors(self._session)}
        may_type = self._may(Right.ENTER_VALUES)
        drafts = assessments.list_my_drafts(self._session) if may_type else ()
        counts = patients.count_patients(self._session)
        is_in_use = synchronise.is_sync_in_use(self._session)
        return _Surroundings(counts, drafts, doctors, is_in_use)

    # -- answers

    def _on_page(self, question: int, page: PatientPage | None, *, stays: bool) -> None:
        if page is None or question != self._question:
            return
        table = self._view.table
        table.show_query(self._query.text)
        table.show_order(self._query.order, is_descending=self._query.is_descending)
        table.show_page(page, stays=stays)
        if not page.rows:
            self._on_row_selected(None)
        self._show_content()

    def _on_more_wanted(self) -> None:
        self._desk.tasks.run(
            partial(self._read_page, self._question, self._query, self._view.model.next_cursor),
            partial(self._on_more, self._question),
            owner=self,
        )

    def _on_more(self, question: int, page: PatientPage | None) -> None:
        if page is not None and question == self._question:
            self._view.model.append_page(page)
            self._say_where()

    def _on_surroundings(self, read: _Surroundings) -> None:
        self._counts, self._drafts = dict(read.counts), read.drafts
        self._view.model.doctors = read.doctors
        self._view.show_sync(is_shown=read.is_sync_in_use)
        self._view.table.viewport().update()
        self._view.show_counts(read.counts, len(read.drafts))
        if self._query.show is PatientFilter.NOT_SYNCED and not read.is_sync_in_use:
            self._show_all()
        self._view.drafts.show_drafts(read.drafts, self._session.clock.now())
        self._on_row_selected(self._view.table.selected())
        self._show_content()

    # -- what is shown

    def _show_content(self) -> None:
        view, query = self._view, self._query
        if self._shows_drafts and not self._drafts:
            self._show_empty(tr("patients.drafts_none"), tr("patients.drafts_none_how"))
        elif self._shows_drafts:
            view.show_drafts()
        elif view.model.rows:
            view.show_list()
        elif query.text.strip():
            what, how = tr("patients.nothing_found"), tr("patients.nothing_found_how")
            self._show_empty(what, how, tr("patients.search_clear"), view.search.clear)
        elif query.show is not PatientFilter.ALL:
            what, how = tr("patients.nothing_here"), tr("patients.nothing_here_how")
            self._show_empty(what, how, tr("patients.show_all"), self._show_all)
        elif self._may(Right.EDIT_PATIENTS):
            what, how = tr("patients.none_title"), tr("patients.none_how")
            self._show_empty(what, how, tr("patients.new_patient"), self._register)
        else:
            self._show_empty(tr("patients.none_title"), tr("patients.none_how_reader"))
        self._say_where()

    def _show_empty(
        self, what: str, how: str, action: str = "", act: Callable[[], object] | None = None
    ) -> None:
        self._empty_act = act or self._show_all
        self._view.show_empty(what, how, action)

    def _say_where(self) -> None:
        view, text = self._view, self._query.text.strip()
        found = len(view.model.rows)
        is_all = view.model.next_cursor is None
        key = "patients.matches" if is_all else "patients.matches_or_more"
        view.search.show_matches(tr(key, n=found) if text else "")
        at = view.table.currentIndex().row() + 1
        if self._shows_drafts:
            view.set_context_keys(tr("patients.keys_drafts", n=len(self._drafts)))
        elif text:
            number = str(found) if is_all else tr("patients.found_or_more", n=found)
            total = self._counts[self._query.show]
            view.set_context_keys(tr("patients.keys_search", n=total, found=number, text=text))
        elif at:
            total = self._counts[self._query.show]
            view.set_context_keys(tr("patients.keys_selected", at=at, n=total))
        else:
            view.set_context_keys("")

    def _on_row_selected(self, row: PatientRow | None) -> None:
        view = self._view
        if row is None:
            view.preview.clear()
        else:
            doctor = view.model.text(row, Column.DOCTOR)
            clock = self._session.clock
            view.preview.show_row(row, doctor, clock.now(), clock.today())
        self._offer_for_row(row)
        self._say_where()

    def _offer_for_row(self, row: PatientRow | None) -> None:
        """Let the menus and their keys act on the selected patient as far as the person may."""
        view = self._view
        is_active = row is not None and not self._shows_drafts and not row.patient.is_archived
        may_assess, may_edit = self._may(Right.ENTER_VALUES), self._may(Right.EDIT_PATIENTS)
        may_archive = self._may(Right.ARCHIVE_PATIENTS)
        view.offer("new_assessment", self._assess, enabled=is_active and may_assess)
        view.offer("edit_patient", self._edit, enabled=is_active and may_edit)
        view.offer("archive", self._archive, enabled=is_active and may_archive)

    # -- what the person does

    def _change_query(self, **changes: Any) -> None:
        self._query = replace(self._query, **changes)
        self._shows_drafts = False
        self._view.filters.show_filter(self._query.show)
        self._ask()

    def _on_search_edited(self, text: str) -> None:
        self._change_query(text=text)

    def _on_filter_chosen(self, show: PatientFilter) -> None:
        self._change_query(show=show)

    def _show_all(self) -> None:
        self._change_query(show=PatientFilter.ALL)

    def _on_sort_chosen(self, order: PatientOrder) -> None:
        is_same = order is self._query.order
        is_descending = not self._query.is_descending if is_same else order in _DESCENDING_FIRST
        self._change_query(order=order, is_descending=is_descending)

    def _on_drafts_chosen(self) -> None:
        self._shows_drafts = True
        self._offer_for_row(None)
        self._show_content()

    def _on_draft_opened(self, draft: Draft) -> None:
        self._desk.navigator.go(
            routes.new_assessment(draft.patient_id, draft.corrects, draft.draft_id)
        )

    def _on_recent_chosen(self, patient: Patient) -> None:
        self._desk.navigator.go(routes.patient(patient.patient_id))

    def _register(self) -> None:
        self._desk.navigator.go(routes.register_patient())

    def _go(self, lead: Callable[[RecordId], Route]) -> None:
        row = self._view.table.selected()
        if row is not None:
            self._desk.navigator.go(lead(row.patient.patient_id))

    def _open(self) -> None:
        self._go(routes.patient)

    def _assess(self) -> None:
        self._go(routes.new_assessment)

    def _edit(self) -> None:
        self._go(routes.edit_patient)

    def _on_menu_wanted(self, at: QPoint) -> None:
        table = self._view.table
        row = table.selected()
        if row is None:
            return
        menu = QMenu(table)
        menu.setObjectName("patient_menu")
        menu.addAction(tr("patients.open"), self._open)
        if row.patient.is_archived:
            if self._may(Right.ARCHIVE_PATIENTS):
                menu.addAction(
                    tr("patients.restore"), partial(self._archiving.restore, row.patient)
                )
        else:
            if self._may(Right.ENTER_VALUES):
                menu.addAction(tr("patients.new_assessment"), self._assess)
            if self._may(Right.EDIT_PATIENTS):
                menu.addAction(tr("patients.edit"), self._edit)
            if self._may(Right.ARCHIVE_PATIENTS):
                menu.addSeparator()
                menu.addAction(tr("patients.archive"), self._archive)
        menu.popup(table.viewport().mapToGlobal(at))

    def _archive(self) -> None:
        row = self._view.table.selected()
        if row is not None:
            self._archiving.archive(row.patient)
