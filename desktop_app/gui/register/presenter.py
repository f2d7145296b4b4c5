"""Joins the patient form to its use cases: duplicates while typing, saving, others' changes."""

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer

from desktop_app.application import patients
from desktop_app.application.ports import PatientFilter, PatientRow
from desktop_app.application.session import Session
from desktop_app.domain.account import Account, Right, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import (
    DetailProblem,
    Patient,
    PatientDetails,
    age_on,
    compare_details,
    exposure_years,
    is_likely_duplicate,
)
from desktop_app.gui import routes
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.register.differences import describe_differences
from desktop_app.gui.register.typed import (
    Problem,
    Reading,
    ReadingProblem,
    TypedDetails,
    possible_days,
    read_details,
    typed_form,
)
from desktop_app.gui.register.view import RegisterPage
from desktop_app.gui.routes import Route
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.dialog import confirm
from desktop_app.gui.widgets.patient_words import doctor_name

_PAUSE_MILLISECONDS = 150
_TELLING = ("name", "birth_date", "phone")


def build_page(desk: Desk, route: Route) -> Page:
    """Build the form of a new patient, or of the one the route names."""
    view = RegisterPage(is_new=route.patient_id is None)
    RegisterPresenter(desk, route, view).start()
    return view


@dataclass(frozen=True)
class _Start:
    """What the form opens with."""

    doctors: tuple[Account, ...]
    registered: int
    chart_number: str
    patient: Patient | None


class RegisterPresenter(QObject):
    """Keeps what was typed until it is stored; belongs to the page and ends with it."""

    def __init__(self, desk: Desk, route: Route, view: RegisterPage) -> None:
        super().__init__(view)
        self._desk, self._route, self._view = desk, route, view
        self._today = desk.session.clock.today()
        self._patient: Patient | None = None
        self._doctors: dict[RecordId, str] = {}
        self._registered = 0
        self._initial = TypedDetails()
        self._touched: set[str] = set()
        self._taken_number = ""
        self._matches: tuple[PatientRow, ...] = ()
        self._shown_matches: object = None
        self._question = 0
        self._is_saving = self._is_done = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._ask_for_matches)
        view.form.changed.connect(self._on_changed)
        view.form.left.connect(self._on_left)
        view.form.day_chosen.connect(
            lambda day: view.form.show_text("birth_date", format_date(day))
        )
        view.save_chosen.connect(self.save)
        view.cancel_chosen.connect(desk.navigator.back)
        view.match_opened.connect(self._on_match_opened)
        view.match_assessed.connect(self._on_match_assessed)
        view.work_kept.connect(self._keep)
        view.asks_to_leave = self._asks_to_leave
        view.offer("save", self.save)
        view.offer("assess", self.save)

    @property
    def _session(self) -> Session:
        """The desk's session, which is another one after the screen was locked."""
        return self._desk.session

    # -- opening

    def start(self) -> None:
        """Read what the form opens with."""
        self._view.form.setEnabled(self._route.patient_id is None)
        self._desk.tasks.run(self._read_start, self._on_start, owner=self)

    def _read_start(self) -> _Start:
        patient_id, session = self._route.patient_id, self._session
        return _Start(
            doctors=patients.list_doctors(session),
            registered=patients.count_patients(session)[PatientFilter.ALL],
            chart_number=patients.propose_chart_number(session) if patient_id is None else "",
            patient=patients.open_chart(session, patient_id).patient if patient_id else None,
        )

    def _on_start(self, start: _Start) -> None:
        form, self._patient = self._view.form, start.patient
        self._registered = start.registered
        self._doctors = {one.account_id: one.name for one in start.doctors}
        chosen = self._chosen_doctor(start.patient)
        offered = {
            one.account_id: one.name
            for one in start.doctors
            if one.is_active or one.account_id == chosen
        }
        if start.patient is not None and chosen is not None and chosen not in self._doctors:
            # The account stands on another workstation.
            offered[chosen] = self._doctors[chosen] = start.patient.details.doctor_name
        form.show_doctors(offered, chosen)
        if start.patient is None:
            self._initial = TypedDetails(chart_number=start.chart_number, doctor_id=chosen)
            if not form.seen().chart_number:
                form.show_text("chart_number", start.chart_number)
            form.show_hint("chart_number", tr("register.next_number"))
        else:
            self._initial = typed_form(start.patient.details)
            form.show_typed(self._initial)
            self._view.show_patient(start.patient, self._today)
        kept = self._desk.kept.pop(self._route, None)
        if isinstance(kept, TypedDetails):
            form.show_typed(kept)
        if not form.isEnabled():
            form.setEnabled(True)
            self._view.focus_first()

    def _chosen_doctor(self, patient: Patient | None) -> RecordId | None:
        if patient is not None:
            return patient.details.doctor_id
        person = self._session.person
        return person.account_id if Role.DOCTOR in person.roles else None

    # -- typing

    def _read(self) -> Reading:
        reading = read_details(self._view.form.seen(), self._today)
        doctor = doctor_name(reading.details, self._doctors)
        reading = replace(reading, details=replace(reading.details, doctor_name=doctor))
        number = reading.details.chart_number
        if number and number == self._taken_number:
            taken: Problem = ReadingProblem.CHART_NUMBER_TAKEN
            reading = replace(reading, problems={**reading.problems, "chart_number": taken})
        return reading

    def _on_changed(self) -> None:
        form, reading = self._view.form, self._read()
        details = reading.details
        form.show_hint("birth_date", self._age_text(reading))
        is_fine = not {"exposure_start", "exposure_end"} & reading.problems.keys()
        form.show_exposure_years(exposure_years(details, self._today) if is_fine else None)
        asks_century = reading.problems.get("birth_date") is ReadingProblem.WHICH_CENTURY
        days = possible_days(form.seen().birth_date, self._today) if asks_century else ()
        form.offer_days(days)
        self._show_problems(reading)
        self._show_save(reading)
        self._pause.start()

    def _age_text(self, reading: Reading) -> str:
        born = reading.details.birth_date
        if born is None or "birth_date" in reading.problems:
            return ""
        return tr("register.age", n=age_on(born, self._today))

    def _show_problems(self, reading: Reading) -> None:
        at_once = {DetailProblem.REGISTRATION_NUMBER, ReadingProblem.CHART_NUMBER_TAKEN}
        self._view.form.show_problems(
            {
                attribute: problem
                for attribute, problem in reading.problems.items()
                if attribute in self._touched or problem in at_once
            }
        )

    def _on_left(self, attribute: str) -> None:
        if getattr(self._view.form.seen(), attribute).strip():
            self._touched.add(attribute)
        reading = self._read()
        born = reading.details.birth_date
        if attribute == "birth_date" and born is not None:
            self._view.form.show_text("birth_date", format_date(born))
        self._show_problems(reading)

    # -- possible duplicates

    def _ask_for_matches(self) -> None:
        details = self._read().details
        self._question += 1
        if not any(getattr(details, attribute) for attribute in _TELLING):
            self._on_matches(self._question, details, ())
            return
        self._desk.tasks.run(
            partial(self._read_matches, self._question, details),
            partial(self._on_matches, self._question, details),
            owner=self,
        )

    def _read_matches(
        self, question: int, details: PatientDetails
    ) -> tuple[PatientRow, ...] | None:
        if question != self._question:
            return None
        return patients.find_similar_patients(self._session, details)

    def _on_matches(
        self, question: int, details: PatientDetails, rows: tuple[PatientRow, ...] | None
    ) -> None:
        if rows is None or question != self._question:
            return
        own = self._patient.patient_id if self._patient else None
        self._matches = tuple(row for row in rows if row.patient.patient_id != own)
        shown = [(row, compare_details(details, row.patient.details)) for row in self._matches]
        if shown != self._shown_matches:
            self._shown_matches = shown
            self._view.show_matches(
                self._matches,
                details,
                self._today,
                self._registered,
                may_assess=self._session.person.may(Right.ENTER_VALUES),
            )
        self._show_save(self._read())

    def _has_likely_match(self, details: PatientDetails) -> bool:
        return self._patient is None and any(
            is_likely_duplicate(details, row.patient.details) for row in self._matches
        )

    def _match_id(self, at: int) -> RecordId:
        return self._matches[at].patient.patient_id

    def _on_match_opened(self, at: int) -> None:
        self._desk.navigator.go(routes.patient(self._match_id(at)))

    def _on_match_assessed(self, at: int) -> None:
        self._desk.navigator.go(routes.new_assessment(self._match_id(at)))

    # -- saving

    def _show_save(self, reading: Reading) -> None:
        form = self._view.form
        is_asked = self._has_likely_match(reading.details)
        form.ask_another(is_asked=is_asked)
        must_tick = is_asked and not form.is_another.isChecked()
        marked = [name for name in reading.problems if name in self._touched]
        reason = ""
        if self._is_saving:
            reason = tr("register.saving")
        elif must_tick:
            reason = tr("register.tick_first")
        elif marked:
            reason = tr("register.look_at_fields", n=len(marked))
        self._view.show_save(reason, is_on=not (self._is_saving or must_tick))

    def save(self) -> None:
        """Store the patient, or say beside the fields what is missing."""
        typed = self._view.form.typed()
        reading = self._read()
        if reading.problems:
            self._touched |= {*vars(typed), *reading.problems}
            self._show_problems(reading)
            self._show_save(reading)
            self._view.form.focus_first_of(reading.problems)
            return
        if not self._view.save_button.isEnabled():
            return
        self._is_saving = True
        self._show_save(reading)
        if self._patient is None:
            is_another = self._view.form.is_another.isChecked()
            work = partial(
                patients.register_patient,
                self._session,
                reading.details,
                is_another_person=is_another,
            )
        else:
            work = partial(patients.change_patient, self._session, self._patient, reading.details)
        self._desk.tasks.run(work, self._on_saved, self._on_refused, owner=self)

    def _on_saved(self, patient: Patient) -> None:
        self._is_done = True
        self._desk.kept.pop(self._route, None)
        navigator = self._desk.navigator
        if self._patient is None:
            navigator.go(routes.patient(patient.patient_id), replace=True)
            navigator.notify(tr("register.saved_new", name=patient.name))
        else:
            navigator.back()
            navigator.notify(tr("register.saved_changes", name=patient.name))

    def _on_refused(self, error: AppError) -> None:
        self._is_saving = False
        reading = self._read()
        if error.code is ErrorCode.CHART_NUMBER_TAKEN:
            self._taken_number = reading.details.chart_number
            self._on_changed()
            self._view.form.focus("chart_number")
        elif error.code is ErrorCode.DUPLICATE_UNCONFIRMED:
            self._ask_for_matches()
        elif error.code is ErrorCode.CHANGED_ELSEWHERE and self._patient is not None:
            read = partial(patients.open_chart, self._session, self._patient.patient_id)
            self._desk.tasks.run(read, self._on_changed_elsewhere, owner=self)
        else:
            self._desk.navigator.show_error(error)
        self._show_save(reading)

    def _on_changed_elsewhere(self, chart: patients.PatientChart) -> None:
        """Show what stands in the store now; the next save goes on from there."""
        self._patient = chart.patient
        values = describe_differences(chart.patient.details, self._read().details, self._doctors)
        self._view.show_banner(
            tr("register.changed_title"),
            tr("register.changed_text", values=values or tr("register.changed_nothing")),
        )

    # -- leaving

    def _is_dirty(self) -> bool:
        return not self._is_done and self._view.form.seen() != self._initial

    def _asks_to_leave(self) -> bool:
        may_leave = not self._is_dirty() or confirm(
            self._view.window(),
            tr("register.discard_title"),
            tr("register.discard_text"),
            accept=tr("register.discard_do"),
            keep=tr("register.discard_keep"),
        )
        if may_leave:
            self._desk.kept.pop(self._route, None)
        return may_leave

    def _keep(self) -> None:
        if self._is_dirty():
            self._desk.kept[self._route] = self._view.form.typed()
