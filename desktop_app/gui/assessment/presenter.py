"""Joins the form to its use cases: open it, keep it as a draft, assess it or hand it over."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from desktop_app.application.assessments import (
    FormStart,
    hand_over_draft,
    record_assessment,
    start_form,
)
from desktop_app.application.ports import RiskModel
from desktop_app.domain.account import Right
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode, ErrorFamily
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.lab_panel import EXPOSURE
from desktop_app.domain.panel import Entry, Panel
from desktop_app.domain.patient import Patient, exposure_years
from desktop_app.gui import routes
from desktop_app.gui.assessment.dialogs import Sample
from desktop_app.gui.assessment.draft_keeper import DraftKeeper
from desktop_app.gui.assessment.form import Form
from desktop_app.gui.assessment.form_editor import FormEditor
from desktop_app.gui.assessment.form_screen import FormScreen
from desktop_app.gui.assessment.form_words import heading_text, origin_of, previous_text
from desktop_app.gui.assessment.row_display import Surroundings
from desktop_app.gui.assessment.view import AssessmentView
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import describe
from desktop_app.gui.page import Page
from desktop_app.gui.routes import Route
from desktop_app.gui.texts import format_date, format_time, tr
from desktop_app.gui.widgets.patient_words import sex_and_age

_MODEL_RETRY_MILLISECONDS = 1000


def build_page(desk: Desk, route: Route) -> Page:
    """Build the form of a patient: new, from a draft, or as a correction."""
    if route.patient_id is None:
        raise ValueError("the form needs a patient")
    view = AssessmentView(may_assess=desk.session.person.may(Right.ASSESS))
    presenter = FormPresenter(desk, view)
    presenter.open(route.patient_id, corrects=route.corrects, draft_id=route.draft_id)
    return view


class FormPresenter(QObject):
    """Opens the form, keeps it and finishes it; lives and dies with its view."""

    def __init__(self, desk: Desk, view: AssessmentView) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._patient: Patient
        self._draft: Draft
        self._screen: FormScreen
        self._keeper = DraftKeeper(desk, self._compose_draft, self)

    # -- opening -------------------------------------------------------------------------

    def open(
        self, patient_id: RecordId, *, corrects: RecordId | None, draft_id: RecordId | None
    ) -> None:
        """Fetch what the form opens with, and then the model."""
        self._desk.tasks.run(
            lambda: start_form(
                self._desk.session, patient_id, corrects=corrects, draft_id=draft_id
            ),
            self._on_started,
            self._on_start_failed,
        )

    def _on_start_failed(self, error: AppError) -> None:
        self._desk.navigator.back()
        self._desk.navigator.show_error(error)

    def _on_started(self, start: FormStart) -> None:
        details, previous = start.patient.details, start.previous
        self._patient = start.patient
        self._desk.note_patient(start.patient)
        self._draft = start.draft or self._new_draft(start.patient)
        self._screen = FormScreen(
            self._view,
            Form(self._draft.panel, start.context),
            Surroundings({}, previous.measurements if previous else {}),
            years=(details.exposure_start, details.exposure_end),
            model_state=tr("assessment.model_loading"),
        )
        laboratory = Sample()
        if previous is not None:
            laboratory = Sample.of_laboratory(previous.laboratory, previous.ldh_upper_limit)
        self._show_start(start)
        self._connect(FormEditor(self._screen, laboratory, start.patient.birth_date, self))
        self._view.setEnabled(True)
        self._screen.refresh()
        if self._view.isVisible():
            self._view.focus_first()
        self._load_model()

    def _show_start(self, start: FormStart) -> None:
        view, patient, today = self._view, start.patient, start.context.today
        may_assess = view.hand_over is None
        view.show_patient(
            patient.name,
            sex_and_age(patient, today),
            (
                (tr("common.birth_date"), format_date(patient.birth_date)),
                (tr("common.chart_number"), patient.chart_number),
            ),
        )
        heading = heading_text(self._draft, may_assess=may_assess)
        view.show_heading(heading, previous_text(start.previous, today))
        view.set_title(f"{heading} · {patient.name} ({patient.chart_number})")
        view.set_context_keys(tr("assessment.keys") if may_assess else tr("assessment.staff_keys"))
        if (origin := origin_of(self._draft, self._desk.session.person.account_id)) is not None:
            view.show_banner("info", origin.strong, origin.text)
        if view.hand_over is not None:
            doctor_id = self._draft.doctor_id or patient.details.doctor_id
            view.hand_over.show_doctors(start.doctors, doctor_id, self._draft.message)

    def _new_draft(self, patient: Patient) -> Draft:
        """Return an empty form; the years of exposure in the chart are typed already."""
        person, clock = self._desk.session.person, self._desk.session.clock
        years = exposure_years(patient.details, clock.today())
        entries = (
            {} if years is None else {EXPOSURE.key: Entry(str(years), EXPOSURE.canonical.ucum)}
        )
        return Draft(
            draft_id=new_record_id(),
            patient_id=patient.patient_id,
            panel=Panel(entries=entries),
            author_id=person.account_id,
            author_name=person.name,
            saved_at=clock.now(),
        )

    def _connect(self, editor: FormEditor) -> None:
        view, keeper = self._view, self._keeper
        editor.changed.connect(keeper.note_change)
        keeper.saved.connect(self._on_draft_saved)
        keeper.failed.connect(self._on_draft_failed)
        keeper.discarded.connect(self._desk.navigator.back)
        view.left_or_locked.connect(keeper.save)
        view.main_chosen.connect(self.finish)
        view.discard_chosen.connect(self._on_discard_chosen)
        view.close_chosen.connect(self._desk.navigator.back)
        if view.hand_over is not None:
            view.hand_over.changed.connect(self._on_hand_over_changed)
        for action, handler in (
            ("assess", self.finish),
            ("save", keeper.save),
            ("take_unit", editor.take_suggestion),
            ("confirm_value", editor.confirm),
            ("next_problem", editor.go_to_next_problem),
            ("previous_problem", editor.go_to_previous_problem),
        ):
            view.offer(action, handler)

    # -- the model -----------------------------------------------------------------------

    def _load_model(self) -> None:
        self._desk.tasks.run(lambda: self._desk.session.model(), self._on_model, self._on_model_off)

    def _on_model(self, model: RiskModel) -> None:
        self._screen.model_state = ""
        self._screen.around = replace(self._screen.around, bands=model.bands)
        self._screen.refresh()

    def _on_model_off(self, error: AppError) -> None:
        if error.family is ErrorFamily.TRY_LATER:
            QTimer.singleShot(_MODEL_RETRY_MILLISECONDS, self, self._load_model)
            return
        self._screen.model_state = tr("assessment.scoring_off", why=describe(error).text)
        self._screen.refresh()

    # -- keeping -------------------------------------------------------------------------

    def _compose_draft(self) -> Draft:
        card = self._view.hand_over
        message = self._draft.message if card is None else card.message
        return replace(self._draft, panel=self._screen.form.panel, message=message)

    def _on_draft_saved(self, draft: Draft) -> None:
        text = tr("assessment.draft_saved", time=format_time(draft.saved_at))
        self._view.show_draft_state(text)

    def _on_draft_failed(self, error: AppError) -> None:
        self._view.show_draft_state(tr("assessment.draft_not_saved"), failed=True)
        self._desk.navigator.show_error(error)

    def _on_hand_over_changed(self) -> None:
        self._keeper.note_change()
        self._screen.show_hand_over_button()

    def _on_discard_chosen(self) -> None:
        entries = self._screen.form.panel.entries.values()
        count = sum(bool(entry.text.strip()) for entry in entries)
        if self._view.ask_discard(self._patient.name, count):
            self._keeper.discard(self._draft.draft_id)

    # -- finishing -----------------------------------------------------------------------

    def finish(self) -> None:
        """Assess, or hand over; what stands in the way is shown and gets the keyboard."""
        if self._screen.is_busy:
            return
        if self._view.hand_over is None:
            self._assess()
        else:
            self._hand_over()

    def _assess(self) -> None:
        screen, patient, draft = self._screen, self._patient, self._compose_draft()
        screen.form.settle_all()
        screen.refresh()
        if screen.form.checked.blocking:
            self._view.focus_field(screen.form.checked.blocking[0].field)
        if not self._view.main_button.isEnabled():
            self._view.announce(self._view.side.reason.text(), assertive=True)
            return
        self._start_finishing()
        self._desk.tasks.run(
            lambda: record_assessment(
                self._desk.session,
                patient,
                screen.form.panel,
                corrects=draft.corrects,
                draft_id=draft.draft_id,
            ),
            self._on_recorded,
            self._on_finish_failed,
        )

    def _on_recorded(self, assessment: Assessment) -> None:
        self._keeper.close()
        self._desk.navigator.go(routes.result(assessment.assessment_id), replace=True)

    def _hand_over(self) -> None:
        card = self._view.hand_over
        if card is None or card.doctor is None:
            return
        doctor, draft = card.doctor, self._compose_draft()
        self._start_finishing()
        self._desk.tasks.run(
            lambda: hand_over_draft(
                self._desk.session, draft, doctor_id=doctor.account_id, message=draft.message
            ),
            lambda _draft: self._on_handed_over(doctor.name),
            self._on_finish_failed,
            owner=self,
        )

    def _on_handed_over(self, doctor_name: str) -> None:
        self._keeper.close()
        self._desk.navigator.notify(tr("assessment.handed_over", name=doctor_name))
        self._desk.navigator.back()

    def _start_finishing(self) -> None:
        self._keeper.hold()
        self._screen.is_busy = True
        self._screen.refresh()

    def _on_finish_failed(self, error: AppError) -> None:
        self._screen.is_busy = False
        self._keeper.note_change()
        self._screen.refresh()
        if error.code is ErrorCode.PATIENT_MISMATCH:
            message = describe(error)
            self._view.show_banner("err", message.text, message.next_step)
        self._desk.navigator.show_error(error)
