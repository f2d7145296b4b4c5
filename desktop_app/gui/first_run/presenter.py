"""Joins the assistant to its use cases: what is missing, what is made, and when it opens."""

from PySide6.QtCore import QCoreApplication, QObject, QStorageInfo

from desktop_app.application.first_run import ClinicPlan, NewClinic, create_clinic, open_clinic
from desktop_app.application.sign_in import Entrance
from desktop_app.domain.account import check_login
from desktop_app.domain.clinic import PREVALENCE_HIGH, PREVALENCE_LOW, Language
from desktop_app.domain.errors import AppError
from desktop_app.domain.recovery_key import recovery_groups
from desktop_app.gui.first_run.clinic_page import ClinicForm
from desktop_app.gui.first_run.paper_output import choose_pdf, print_paper, write_pdf
from desktop_app.gui.first_run.recovery_paper import Paper
from desktop_app.gui.first_run.step_list import Step
from desktop_app.gui.first_run.view import FirstRunView
from desktop_app.gui.messages import describe
from desktop_app.gui.page import FrontPage
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.texts import format_date, format_number, format_time, language, tr
from desktop_app.gui.widgets.dialog import confirm, tell
from desktop_app.gui.widgets.person import roles_text

_CLINIC, _KEY, _START = range(3)


def build_first_run(entrance: Entrance, tasks: Tasks) -> FrontPage:
    """Return the assistant; it asks for a restart when the clinic is open."""
    view = FirstRunView()
    _FirstRunPresenter(entrance, tasks, view)
    return view


class _FirstRunPresenter(QObject):
    """Leads through the steps; what was made is discarded unless the last step opens it."""

    def __init__(self, entrance: Entrance, tasks: Tasks, view: FirstRunView) -> None:
        super().__init__(view)
        self._entrance, self._tasks, self._view = entrance, tasks, view
        self._step = _CLINIC
        self._plan: ClinicPlan | None = None
        self._new: NewClinic | None = None
        self._made_keys = 0
        view.clinic.changed.connect(self._show_missing)
        view.recovery.proof_changed.connect(self._show_missing)
        view.recovery.print_requested.connect(self._on_print)
        view.recovery.save_requested.connect(self._on_save)
        view.next_requested.connect(self._on_next)
        view.previous_requested.connect(self._on_previous)
        view.cancel_requested.connect(self._on_cancel)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._discard)
        view.clinic.show_folder(str(entrance.data_folder), _disk_line(entrance))
        self._show_step(_CLINIC)

    # -- steps ---------------------------------------------------------------------------------

    def _on_next(self) -> None:
        if self._missing():
            return
        if self._step == _CLINIC:
            self._make()
        elif self._step == _KEY:
            self._show_step(_START)
        else:
            self._open()

    def _on_previous(self) -> None:
        self._show_step(self._step - 1)

    def _on_cancel(self) -> None:
        if confirm(
            self._view,
            tr("first_run.cancel_title"),
            tr("first_run.cancel_text"),
            accept=tr("first_run.cancel"),
            keep=tr("first_run.cancel_keep"),
        ):
            self._discard()
            self._view.window().close()

    def _show_step(self, step: int) -> None:
        self._step = step
        headings = (
            tr("first_run.clinic_heading"),
            tr("first_run.key_heading"),
            tr("first_run.start_heading"),
        )
        if step == _START and self._new is not None:
            self._view.summary.show_facts(_facts(self._new, str(self._entrance.data_folder)))
        self._view.show_step(step, headings[step], self._steps())
        self._show_missing()

    def _steps(self) -> tuple[Step, ...]:
        names = (tr("first_run.step_clinic"), tr("first_run.step_key"), tr("first_run.step_start"))
        lines = ["", tr("first_run.step_key_line"), ""]
        if self._plan is not None:
            spoken = {
                Language.KOREAN: tr("first_run.korean"),
                Language.ENGLISH: tr("first_run.english"),
            }[self._plan.language]
            lines[_CLINIC] = f"{spoken.splitlines()[0]} · {self._plan.clinic_name}"
        if self._step == _CLINIC:
            lines[_CLINIC] = tr("first_run.now")
        return tuple(map(Step, names, lines))

    # -- what is missing -----------------------------------------------------------------------

    def _show_missing(self) -> None:
        if self._step == _KEY and self._new is not None:
            self._view.recovery.show_proof(self._proved(self._new))
        missing = self._missing()
        ready = tr("first_run.ready_clinic") if self._step == _CLINIC else ""
        self._view.show_reason(missing or ready, may_go_on=not missing)

    def _missing(self) -> str:
        """Return why the way on is closed, empty when it is open."""
        if self._step == _CLINIC:
            return _missing_of_clinic(self._view.clinic.form())
        if self._step == _KEY and self._new is not None:
            for group, is_proved in self._proved(self._new).items():
                if not is_proved:
                    return tr("first_run.need_group", group=group)
            if not self._view.recovery.has_promised():
                return tr("first_run.need_promise")
        return ""

    def _proved(self, new: NewClinic) -> dict[int, bool]:
        typed = self._view.recovery.typed()
        return {group: new.is_group_proved(group, text) for group, text in typed.items()}

    # -- making and opening --------------------------------------------------------------------

    def _make(self) -> None:
        """Make vault and database out of sight; what is unchanged since is kept."""
        plan = _plan(self._view.clinic.form())
        if self._new is not None and plan == self._plan:
            self._show_step(_KEY)
            return
        self._discard()
        self._plan = plan
        self._view.set_busy(tr("first_run.making"))
        self._tasks.run(lambda: create_clinic(self._entrance, plan), self._on_made, self._on_failed)

    def _on_made(self, new: NewClinic) -> None:
        self._new = new
        self._made_keys += 1
        self._view.set_busy("")
        self._view.recovery.show_key(
            self._paper(new), new.proof_groups, is_second=self._made_keys > 1
        )
        self._show_step(_KEY)

    def _open(self) -> None:
        new = self._new
        if new is None:
            return
        typed = self._view.recovery.typed()
        self._view.set_busy(tr("first_run.opening"))
        self._tasks.run(
            lambda: open_clinic(self._entrance, new, typed), self._on_opened, self._on_failed
        )

    def _on_opened(self, _nothing: None) -> None:
        self._new = None
        self._view.restart_requested.emit()

    def _on_failed(self, error: AppError) -> None:
        self._view.set_busy("")
        self._show_missing()
        self._tell(error)

    def _discard(self) -> None:
        if self._new is not None:
            self._new.discard()
            self._new = None

    # -- paper ---------------------------------------------------------------------------------

    def _paper(self, new: NewClinic) -> Paper:
        today = format_date(self._entrance.clock.today())
        return Paper(new.plan.clinic_name, today, recovery_groups(new.recovery_key))

    def _on_print(self) -> None:
        if self._new is None:
            return
        try:
            copies = print_paper(self._view, self._paper(self._new))
        except AppError as error:
            self._tell(error)
            return
        if copies:
            time = format_time(self._entrance.clock.now())
            self._view.recovery.show_done(tr("first_run.printed", time=time, copies=copies))

    def _on_save(self) -> None:
        if self._new is None:
            return
        try:
            target = choose_pdf(self._view, self._entrance.data_folder)
            if target is None:
                return
            write_pdf(target, self._paper(self._new))
        except AppError as error:
            self._tell(error)
            return
        time = format_time(self._entrance.clock.now())
        self._view.recovery.show_done(tr("first_run.saved", time=time))

    def _tell(self, error: AppError) -> None:
        message = describe(error)
        is_inside = bool(error.context.get("inside_data_folder"))
        text = tr("first_run.inside_data_folder") if is_inside else message.sentence
        tell(self._view, message.title, text, icon="triangle-alert")


def _missing_of_clinic(form: ClinicForm) -> str:
    if not form.clinic_name.strip():
        return tr("first_run.need_clinic_name")
    try:
        _prevalence(form.prevalence)
    except ValueError:
        low, high = format_number(PREVALENCE_LOW * 100), format_number(PREVALENCE_HIGH * 100)
        return tr("first_run.need_prevalence", low=low, high=high)
    if not form.name.strip():
        return tr("first_run.need_name")
    try:
        check_login(form.login)
    except AppError:
        return tr("first_run.need_login")
    return form.password_missing


def _prevalence(text: str) -> float | None:
    """Read a percentage as a share; None if the field is empty, ValueError if it is none."""
    plain = text.strip().removesuffix("%").strip()
    if not plain:
        return None
    share = float(plain) / 100
    if not PREVALENCE_LOW <= share <= PREVALENCE_HIGH:
        raise ValueError("no prevalence")
    return share


def _plan(form: ClinicForm) -> ClinicPlan:
    return ClinicPlan(
        clinic_name=form.clinic_name,
        seat=form.seat,
        admin_name=form.name,
        login=form.login,
        password=form.password,
        is_doctor=form.is_doctor,
        prevalence=_prevalence(form.prevalence),
        language=Language(language()),
    )


def _disk_line(entrance: Entrance) -> str:
    folder = entrance.data_folder
    while not folder.exists():
        folder = folder.parent
    free = QStorageInfo(str(folder)).bytesAvailable()
    return tr("first_run.disk_free", gigabytes=format_number(free // 10**9))


def _facts(new: NewClinic, folder: str) -> tuple[tuple[str, str], ...]:
    plan, person = new.plan, new.administrator
    share = plan.prevalence
    administrator = tr(
        "first_run.fact_administrator",
        name=person.name,
        login=person.login,
        roles=roles_text(person),
    )
    return (
        (tr("first_run.clinic_name"), plan.clinic_name),
        (tr("first_run.seat"), plan.seat or "–"),
        (tr("first_run.administrator"), administrator),
        (
            tr("first_run.prevalence"),
            tr("first_run.prevalence_unset") if share is None else f"{format_number(share * 100)}%",
        ),
        (tr("first_run.data_folder"), folder),
        (tr("first_run.fact_encryption"), tr("first_run.fact_encryption_text")),
        (tr("first_run.fact_key"), tr("first_run.fact_key_proved")),
    )
