"""Joins the patient page to its use cases."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from desktop_app.application import patients, synchronise
from desktop_app.application.patients import PatientChange, PatientChart
from desktop_app.application.session import Session
from desktop_app.application.synchronise import PatientSync
from desktop_app.domain.account import Right
from desktop_app.domain.assessment import Stance
from desktop_app.domain.exchange import RecordKind
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.lab_panel import CRP
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.archiving import Archiving
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.patient.course import Measure, course_of
from desktop_app.gui.patient.notes import notes_of
from desktop_app.gui.patient.standing import Standing, standing_of
from desktop_app.gui.patient.timeline_rows import ForeignRow, Row, rows_of
from desktop_app.gui.patient.view import TABS, Allowed, PatientPage
from desktop_app.gui.routes import Route
from desktop_app.gui.synced import Synced
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.patient_words import (
    doctor_name,
    exposure_text,
    sex_and_age,
    sex_text,
)

_ROW, _COMPACT_ROW = 36, 30


def build_page(desk: Desk, route: Route) -> Page:
    """Build the page of the patient the route names."""
    person = desk.session.person
    view = PatientPage(
        Allowed(
            edit=person.may(Right.EDIT_PATIENTS),
            assess=person.may(Right.ENTER_VALUES),
            correct=person.may(Right.ASSESS),
            print_reports=person.may(Right.PRINT_REPORTS),
        ),
        row_height=_COMPACT_ROW if desk.settings.has_compact_rows else _ROW,
    )
    PatientPresenter(desk, route, view)
    return view


class _Kept(NamedTuple):
    """What the page wants back when it is built anew."""

    tab: int
    measure: Measure
    is_table: bool
    selected: RecordId | None


class _Reading(NamedTuple):
    """What the page opens with."""

    chart: PatientChart
    doctors: dict[RecordId, str]
    sync: PatientSync


class PatientPresenter(QObject):
    """Answers what the page asks; belongs to the page and ends with it."""

    def __init__(self, desk: Desk, route: Route, view: PatientPage) -> None:
        super().__init__(view)
        if route.patient_id is None:
            raise ValueError("a patient page needs a patient")
        self._desk, self._route, self._view = desk, route, view
        self._patient_id = route.patient_id
        self._chart: PatientChart | None = None
        self._is_sync_in_use = False
        self._wanted: RecordId | None = None
        self._archiving = Archiving(desk, view)
        if route.tab in TABS:
            view.tabs.setCurrentIndex(TABS.index(route.tab))
        self._restore_look()
        view.shown.connect(self.refresh)
        self._archiving.changed.connect(self.refresh)
        Synced(desk.navigator, view).seen.connect(self.refresh)
        view.work_kept.connect(self._keep)
        view.back_chosen.connect(desk.navigator.back)
        view.assessment_chosen.connect(self._assess)
        view.print_chosen.connect(self._open)
        view.compare_chosen.connect(self._compare)
        view.edit_chosen.connect(self._edit)
        view.opened.connect(self._open)
        view.banners.followed.connect(self._follow_note)
        view.history_wanted.connect(self._read_history)
        view.selection_changed.connect(self._offer)
        view.menu_wanted.connect(self._on_menu_wanted)
        view.offer("data_table", view.trend.swap)
        view.offer("next_tab", partial(view.step_tab, 1))
        view.offer("previous_tab", partial(view.step_tab, -1))
        view.offer("next_pane", partial(view.focus_pane, 1))
        view.offer("previous_pane", partial(view.focus_pane, -1))

    @property
    def _session(self) -> Session:
        """The desk's session, which is another one after the screen was locked."""
        return self._desk.session

    def _may(self, right: Right) -> bool:
        return self._session.person.may(right)

    def _keep(self) -> None:
        view, row = self._view, self._view.selected()
        self._desk.kept[self._route] = _Kept(
            view.tabs.currentIndex(),
            view.trend.measure,
            view.trend.as_table.isChecked(),
            row.summary.assessment_id if row else None,
        )

    def _restore_look(self) -> None:
        kept = self._desk.kept.pop(self._route, None)
        if isinstance(kept, _Kept):
            self._view.tabs.setCurrentIndex(kept.tab)
            self._view.trend.show_measure(kept.measure)
            self._view.trend.as_table.setChecked(kept.is_table)
            self._wanted = kept.selected

    # -- showing

    def refresh(self) -> None:
        """Read the chart anew and stay at the same place."""
        self._desk.tasks.run(self._read, self._on_read, owner=self)

    def _read(self) -> _Reading:
        session = self._session
        doctors = {one.account_id: one.name for one in patients.list_doctors(session)}
        sync = synchronise.read_patient_sync(session, self._patient_id)
        return _Reading(patients.open_chart(session, self._patient_id), doctors, sync)

    def _on_read(self, reading: _Reading) -> None:
        chart, sync = reading.chart, reading.sync
        self._chart, self._is_sync_in_use = chart, sync.is_in_use
        self._desk.note_patient(chart.patient)
        standing = standing_of(sync, self._patient_id)
        self._show_patient(chart.patient, reading.doctors, standing)
        courses = {measure: course_of(measure, chart) for measure in Measure}
        self._view.show_assessments(_rows(chart, sync), courses)
        if self._wanted is not None:
            self._view.full.select(self._wanted)
            self._view.brief.select(self._wanted)
            self._wanted = None
        now = self._session.clock.now()
        self._view.overview.show_records(sync.server_records, now)
        self._view.banners.show_notes(notes_of(chart, standing, self._session.person, now))
        if self._view.is_showing_history:
            self._read_history()
        self._offer()

    def _read_history(self) -> None:
        work = partial(patients.list_history, self._session, self._patient_id)
        self._desk.tasks.run(work, self._on_history, owner=self)

    def _on_history(self, changes: tuple[PatientChange, ...]) -> None:
        self._view.history.show_changes(changes, shows_where=self._is_sync_in_use)

    def _show_patient(
        self, patient: Patient, doctors: dict[RecordId, str], standing: Standing | None
    ) -> None:
        today, details = self._session.clock.today(), patient.details
        doctor = doctor_name(details, doctors)
        exposure = exposure_text(details, today)
        born = (tr("common.birth_date"), format_date(patient.birth_date))
        chart_number = (tr("common.chart_number"), patient.chart_number)
        exposed = (tr("patients.exposure"), exposure)
        cared = (tr("patients.column_doctor"), doctor or tr("patients.no_doctor"))
        self._view.bar.show_patient(
            patient.name,
            sex_and_age(patient, today),
            (born, chart_number, exposed, *((cared,) if doctor else ())),
        )
        self._view.set_title(f"{patient.name} ({patient.chart_number})")
        self._view.details.show_details(
            (
                (tr("patients.column_name"), patient.name),
                (tr("patient.sex"), sex_text(details.sex)),
                born,
                chart_number,
                (tr("patient.phone"), details.phone or tr("patient.not_given")),
                cared,
                exposed,
                (tr("patient.registered"), format_date(patient.registered_at)),
                (tr("patient.changed"), format_date(patient.changed_at)),
            ),
            standing,
        )

    def _offer(self) -> None:
        """Offer in the menus what can be done with this patient and the selected rows."""
        view, chart = self._view, self._chart
        row = view.selected()
        is_active = chart is not None and not chart.patient.is_archived
        may_assess = is_active and self._may(Right.ENTER_VALUES)
        may_print = row is not None and self._may(Right.PRINT_REPORTS)
        may_correct = row is not None and is_active and self._may(Right.ASSESS)
        view.assess_button.setEnabled(may_assess)
        view.print_button.setEnabled(may_print)
        view.details.edit.setEnabled(is_active)
        for action, handler, is_offered in (
            ("new_assessment", self._assess, may_assess),
            ("edit_patient", self._edit, is_active and self._may(Right.EDIT_PATIENTS)),
            ("archive", self._archive, is_active and self._may(Right.ARCHIVE_PATIENTS)),
            ("compare", self._compare, self._pair() is not None),
            ("print", self._open, may_print),
            ("correct", self._correct, may_correct and not (row and row.summary.is_corrected)),
        ):
            view.offer(action, handler, enabled=is_offered)

    # -- what the person does

    def _pair(self) -> tuple[RecordId, RecordId] | None:
        """Return the two selected assessments or, with one selected, the one before with it."""
        chosen = self._view.table.selected()
        if len(chosen) >= 2:
            return chosen[1], chosen[0]
        valid = [row.summary.assessment_id for row in self._view.brief.rows_model.assessments]
        if len(valid) < 2:
            return None
        at = valid.index(chosen[0]) if chosen and chosen[0] in valid else 0
        at = min(at, len(valid) - 2)
        return valid[at + 1], valid[at]

    def _compare(self) -> None:
        pair = self._pair()
        if pair is not None:
            self._desk.navigator.go(routes.compare(*pair))

    def _open(self) -> None:
        row = self._view.selected()
        if row is not None:
            self._desk.navigator.go(routes.result(row.summary.assessment_id))

    def _assess(self) -> None:
        self._desk.navigator.go(routes.new_assessment(self._patient_id))

    def _correct(self) -> None:
        row = self._view.selected()
        if row is not None:
            self._desk.navigator.go(
                routes.new_assessment(self._patient_id, corrects=row.summary.assessment_id)
            )

    def _edit(self) -> None:
        self._desk.navigator.go(routes.edit_patient(self._patient_id))

    def _follow_note(self, name: str) -> None:
        chart, navigator = self._chart, self._desk.navigator
        if chart is None:
            return
        if name == "conflict":
            navigator.go(routes.conflict(self._patient_id))
        elif name == "same_number":
            navigator.go(routes.patients(search=chart.patient.chart_number))
        elif name == "archived":
            self._archiving.restore(chart.patient)
        elif chart.draft is not None:
            draft = chart.draft
            route = routes.new_assessment(self._patient_id, draft.corrects, draft.draft_id)
            navigator.go(route)

    def _on_menu_wanted(self, at: QPoint) -> None:
        handlers = self._view.handlers
        menu = QMenu(self._view)
        menu.setObjectName("assessment_menu")
        menu.addAction(tr("patient.open"), self._open)
        if "compare" in handlers:
            menu.addAction(tr("patient.compare"), self._compare)
        if "correct" in handlers:
            menu.addSeparator()
            menu.addAction(tr("patient.correct"), self._correct)
        menu.popup(at)

    def _archive(self) -> None:
        if self._chart is not None:
            self._archiving.archive(self._chart.patient)


def _rows(chart: PatientChart, sync: PatientSync) -> tuple[Row, ...]:
    """Return the assessments and the predictions of other programs."""
    stances: dict[RecordId, Stance] = {}
    for opinion in chart.opinions:
        stances.setdefault(opinion.assessment_id, opinion.stance)
    crp = {key: values[CRP.key] for key, values in chart.values.items()}
    ids = [one.assessment_id for one in chart.assessments]
    standings = {one: standing_of(sync, one) for one in ids}
    foreign = [one for one in sync.server_records if one.kind is RecordKind.ASSESSMENT]
    return (
        *rows_of(chart.assessments, stances, crp, standings),
        *map(ForeignRow, foreign),
    )
