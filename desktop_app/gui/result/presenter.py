"""Joins the result page to its use cases: reading, opinions, correcting, printing."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from desktop_app.application import assessments
from desktop_app.domain.account import Right
from desktop_app.domain.assessment import Opinion, Stance
from desktop_app.domain.errors import AppError
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import routes
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.result.reason_dialog import ask_reason
from desktop_app.gui.result.report_dialog import ReportDialog
from desktop_app.gui.result.view import ResultPage
from desktop_app.gui.result.words import ResultFacts
from desktop_app.gui.routes import Route
from desktop_app.gui.texts import tr


def build_page(desk: Desk, route: Route) -> Page:
    """Build the page of one finished assessment."""
    if route.assessment_id is None:
        raise ValueError("a result page needs an assessment")
    person = desk.session.person
    view = ResultPage(
        may_comment=person.may(Right.COMMENT_RESULTS),
        may_print=person.may(Right.PRINT_REPORTS),
        may_correct=person.may(Right.ASSESS),
    )
    ResultPresenter(desk, route.assessment_id, view).start()
    return view


class ResultPresenter(QObject):
    """Shows an assessment with the figures of the installed model; belongs to the page."""

    def __init__(self, desk: Desk, assessment_id: RecordId, view: ResultPage) -> None:
        super().__init__(view)
        self._desk, self._assessment_id, self._view = desk, assessment_id, view
        self._facts: ResultFacts | None = None
        self._opinion: Opinion | None = None
        view.bar.back_chosen.connect(self._on_back)
        view.print_chosen.connect(self.print_report)
        view.correct_chosen.connect(self._on_correct)
        view.newer_chosen.connect(self._on_newer)
        view.earlier_chosen.connect(self._on_earlier)
        view.opinion.stance_chosen.connect(self._on_stance)
        view.opinion.reason_wanted.connect(self._on_reason)
        view.offer("data_table", view.moved.swap)
        view.offer("copy_hash", self._on_copy_hash)

    def start(self) -> None:
        """Read the assessment."""
        self._desk.tasks.run(self._read, self._on_read, owner=self)

    def _read(self) -> tuple[ResultFacts, bool]:
        session = self._desk.session
        file = assessments.open_result(session, self._assessment_id)
        with session.unit_of_work() as work:
            is_demonstration = work.clinic().is_demonstration
        try:
            model = session.model()
        except AppError:
            return ResultFacts(file, None, None, is_demonstration), False
        if model.identity.sha256 != file.assessment.model.sha256:
            return ResultFacts(file, None, None, is_demonstration), False
        return ResultFacts(file, model.evaluation, model.bands, is_demonstration), True

    def _on_read(self, read: tuple[ResultFacts, bool]) -> None:
        self._facts, is_installed = read
        self._opinion = self._facts.file.opinion
        self._view.show_result(
            self._facts,
            is_installed=is_installed,
            folds_prevalence=not self._desk.settings.shows_prevalence,
        )
        person = self._desk.session.person
        self._view.offer("print", self.print_report, enabled=person.may(Right.PRINT_REPORTS))
        file = self._facts.file
        is_open = file.corrected_by is None and not file.patient.is_archived
        may_correct = is_open and person.may(Right.ASSESS)
        self._view.offer("correct", self._on_correct, enabled=may_correct)

    # -- going elsewhere

    def _on_back(self) -> None:
        if self._facts is not None:
            self._desk.navigator.go(routes.patient(self._facts.file.patient.patient_id))

    def _on_correct(self) -> None:
        if self._facts is not None:
            patient_id = self._facts.file.patient.patient_id
            route = routes.new_assessment(patient_id, corrects=self._assessment_id)
            self._desk.navigator.go(route)

    def _on_newer(self) -> None:
        if self._facts is not None and self._facts.file.corrected_by is not None:
            self._desk.navigator.go(routes.result(self._facts.file.corrected_by))

    def _on_earlier(self) -> None:
        if self._facts is not None and self._facts.assessment.corrects is not None:
            self._desk.navigator.go(routes.result(self._facts.assessment.corrects))

    # -- what a person adds

    def _on_stance(self, stance: Stance) -> None:
        reason = self._opinion.reason if self._opinion and self._opinion.stance is stance else ""
        self._state(stance, reason)

    def _on_reason(self) -> None:
        if self._opinion is None:
            return
        reason = ask_reason(self._view, self._opinion.reason)
        if reason is not None:
            self._state(self._opinion.stance, reason)

    def _state(self, stance: Stance, reason: str) -> None:
        work = partial(
            assessments.state_opinion, self._desk.session, self._assessment_id, stance, reason
        )
        self._desk.tasks.run(work, self._on_opinion, self._on_opinion_refused, owner=self)

    def _on_opinion(self, opinion: Opinion) -> None:
        self._opinion = opinion
        self._view.show_opinion(opinion)
        self._desk.navigator.notify(tr("result.opinion_saved"))

    def _on_opinion_refused(self, error: AppError) -> None:
        self._view.opinion.show_opinion(self._opinion)
        self._desk.navigator.show_error(error)

    def _on_copy_hash(self) -> None:
        if self._facts is not None:
            QGuiApplication.clipboard().setText(self._facts.assessment.model.sha256)
            self._desk.navigator.notify(tr("result.hash_copied"))

    def print_report(self) -> None:
        """Show the report before it is printed or saved."""
        if self._facts is not None:
            ReportDialog(self._desk, self._facts, self._view).exec()
