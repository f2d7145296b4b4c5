"""The running program: which front page or which person's work the window shows."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QLibraryInfo, QObject, QSettings, Qt, QTimer, QTranslator
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.application import settings, sign_in
from desktop_app.application.diagnostics import check_after_sign_in
from desktop_app.application.ports import (
    HealthFinding,
    RecordStore,
    RiskModel,
    WorkstationPreferences,
)
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.config import VERSION, resource
from desktop_app.domain.account import Account
from desktop_app.domain.clinic import TEXT_PERCENT_CHOICES, Clinic, Preferences
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui import routes, theme
from desktop_app.gui.desk import Desk
from desktop_app.gui.idle import IdleWatch
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.messages import describe
from desktop_app.gui.navigator import Navigator, Notice
from desktop_app.gui.page import FrontPage, Page
from desktop_app.gui.reporter import Reporter
from desktop_app.gui.routes import Route
from desktop_app.gui.sync_runner import SyncRunner
from desktop_app.gui.tasks import GarbageCollector, Tasks
from desktop_app.gui.texts import language, set_language, tr
from desktop_app.gui.trail_watch import TrailWatch
from desktop_app.gui.widgets.dialog import tell
from desktop_app.gui.widgets.focus_ring import FocusRing
from desktop_app.gui.widgets.waiting_page import WaitingPage

if TYPE_CHECKING:
    from desktop_app.application.courier import Outcome

PageBuilder = Callable[[Desk, Route], Page]


@dataclass(frozen=True)
class Fronts:
    """Builders of the pages before sign-in; `lock` is told the idle minutes if it locked itself."""

    first_run: Callable[[Entrance, Tasks], FrontPage]
    sign_in: Callable[[Entrance, Tasks], FrontPage]
    lock: Callable[[Entrance, Tasks, Account, int | None], FrontPage]


def create_qapplication(arguments: Sequence[str]) -> QApplication:
    """Make the Qt application with crisp scaling and the program's name and icon."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    # Qt's own file dialog remembers folders, and a folder can be named after a patient.
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)
    app = QApplication(list(arguments))
    app.setApplicationName("MesoDesk")
    app.setApplicationVersion(VERSION)
    app.setWindowIcon(QIcon(str(resource("app/mesodesk.svg"))))
    return app


class Application(QObject):
    """Joins window, workers, idle watch and the signed-in person.

    `demonstrate` founds a demonstration clinic (slow; runs in the worker) and returns its entrance
    and the session of its doctor.
    """

    def __init__(
        self,
        app: QApplication,
        entrance: Entrance,
        remembered: WorkstationPreferences,
        fronts: Fronts,
        pages: Mapping[str, PageBuilder],
        *,
        demonstrate: Callable[[], tuple[Entrance, Session]] | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._entrance = entrance
        self._remembered = remembered
        self._fronts = fronts
        self._builders = pages
        self._demonstrate = demonstrate
        self._is_claimed = False
        self._release: Callable[[], None] | None = None
        self._was_checked = False
        self.desk: Desk | None = None
        self._clinic: Clinic | None = None
        self._model_fact = ("circle-dashed", "shell.model_loading", "")
        self._translator = QTranslator(self)
        self.navigator = Navigator()
        self._collector = GarbageCollector(self)
        self.tasks = Tasks("records", self)
        self._model_tasks = Tasks("model", self)
        self._trail_watch = TrailWatch(self.tasks, self)
        self.sync = SyncRunner(self.tasks, self.navigator, self)
        self._sync_fact = ("cloud-off", "")
        self.idle = IdleWatch(app, self)
        self._look(remembered.load(), is_first=True)
        self.window = MainWindow(self.navigator)
        self._reporter = Reporter(
            self.window,
            lambda: self.window.is_covered,
            self.tasks,
            self._model_tasks,
            self.sync.calls,
        )
        self._ring = FocusRing(app)
        self._connect()

    def _connect(self) -> None:
        self.navigator.lock_requested.connect(self.lock)
        self.navigator.person_change_requested.connect(partial(self.lock, changes_person=True))
        self.navigator.rebuild_requested.connect(self._on_preferences_changed)
        self.navigator.error_raised.connect(self._reporter.show_error)
        self._trail_watch.compared.connect(self.window.show_alarm)
        self.sync.changed.connect(self._show_sync)
        self.sync.ended.connect(self._tell_of_sync)
        # What a person stores ends with a notice or on another page.
        for signal in (self.navigator.notice_raised, self.navigator.route_requested):
            signal.connect(self.sync.note_work)
        self.window.sync_requested.connect(self.sync.start)
        self.idle.expired.connect(partial(self.lock, was_idle=True))
        self.idle.warned.connect(self._warn_of_lock)
        self.idle.ticked.connect(self._show_time_left)
        self.window.text_step_requested.connect(self._step_text_size)
        self.window.about_requested.connect(self._show_about)
        self.window.closed.connect(self.close)

    # -- beginning and end ---------------------------------------------------------------------

    def start(self, session: Session | None = None, *, is_demonstration: bool = False) -> None:
        """Show the window: a session's work, the demonstration, or the front page that fits."""
        self._restore_size()
        if session is not None:
            self._open(session)
        elif is_demonstration:
            self.open_demonstration()
        else:
            self.show_entrance()
        # Both import what is slow; the first frame must not wait for them.
        self.window.first_painted.connect(
            lambda: QTimer.singleShot(0, self._prepare), Qt.ConnectionType.SingleShotConnection
        )
        self.window.show()

    def _prepare(self) -> None:
        self._claim()
        self._load_model()

    def _claim(self) -> None:
        """Keep a second program off this clinic, from before anybody signs in."""
        if self._entrance.has_clinic and not self._is_claimed:
            self._is_claimed = True
            store = self._entrance.store
            self.tasks.run(store.claim, partial(self._on_claimed, store), self._on_in_use)

    def _on_claimed(self, store: RecordStore, _nothing: None) -> None:
        self._release = store.release
        self.sync.watch(self._entrance)

    def _on_in_use(self, error: AppError) -> None:
        """Say why this program cannot work here, and end."""
        self._reporter.show_error(error)
        self.close()
        self._app.exit(1)

    def close(self) -> None:
        """Store what was typed, finish every job, leave the clinic and end."""
        self._remember_size()
        if self.desk is None or self.window.is_covered:
            # Whoever is just coming in leaves like everybody, with a line in the trail.
            self.tasks.settle()
        if self.desk is not None:
            if self.window.pages is not None:
                self.window.pages.save_work()
            self.sync.leave()
            leave = partial(sign_in.sign_out, self.desk.session)
            self.tasks.run(leave, self._trail_watch.keep)
            self.desk = None
        self.sync.make_way()
        # What still ends well must open no page; what fails is told.
        self.window.close_work()
        self.tasks.close()
        # Not before: a last job may have read the minutes anew.
        self.idle.stop()
        if self._release is not None:
            self._release()
            self._release = None
        self._trail_watch.close()
        self.sync.close()
        self._model_tasks.close()
        self._collector.close()
        self._reporter.close()
        self._ring.end()
        self._app.quit()

    # -- front pages ---------------------------------------------------------------------------

    def show_entrance(self) -> None:
        """Show the sign-in page, or the first-run assistant where there is no clinic."""
        build = self._fronts.sign_in if self._entrance.has_clinic else self._fronts.first_run
        self._show_front(partial(build, self._entrance, self.tasks))
        if self.window.isVisible():
            self._claim()

    def _show_front(self, build: Callable[[], FrontPage], earlier: FrontPage | None = None) -> None:
        page = build()
        if earlier is not None:
            page.take_over(earlier)
        page.entering.connect(self.sync.make_way)
        page.signed_in.connect(self._on_signed_in)
        page.restart_requested.connect(self.show_entrance)
        page.demonstration_requested.connect(self.open_demonstration)
        page.language_chosen.connect(partial(self._on_front_language, build, page))
        facts = [("lock", tr("shell.locked")), ("cloud-off", tr("shell.offline"))]
        if self._clinic is not None and self._clinic.is_demonstration:
            from desktop_app.application.demonstration import DEMONSTRATION_PASSWORD

            password = tr("shell.demo_password", password=DEMONSTRATION_PASSWORD)
            facts = [("flask-conical", password)]
        self.window.show_front(page, facts)

    def _on_front_language(
        self, build: Callable[[], FrontPage], earlier: FrontPage, code: str
    ) -> None:
        set_language(code)
        self._translate_qt()
        self.window.rebuild()
        self._show_front(build, earlier)

    def lock(self, *, was_idle: bool = False, changes_person: bool = False) -> None:
        """Store what was typed, drop the keys, and cover the screen."""
        if self.desk is None or self.window.is_covered:
            return
        self.idle.stop()
        if self.window.pages is not None:
            self.window.pages.save_work()
        session = self.desk.session
        self.sync.leave()
        self.tasks.run(partial(sign_in.lock, session), self._trail_watch.keep)
        self.desk.session = session.without_key()
        if changes_person:
            self.show_entrance()
        else:
            minutes = self._clinic.idle_minutes if was_idle and self._clinic else None
            lock = partial(self._fronts.lock, self._entrance, self.tasks, session.person, minutes)
            self._show_front(lock)

    def _on_signed_in(self, session: Session) -> None:
        desk = self.desk
        if desk is not None and desk.session.person.account_id == session.person.account_id:
            desk.session = session
            self.window.uncover()
            self._watch()
            self._trail_watch.begin(self._entrance, session)
            self.sync.begin(self._entrance, session)
        else:
            self._open(session)

    def open_demonstration(self) -> None:
        """Found the demonstration clinic, which takes seconds, and show its doctor's work."""
        if self._demonstrate is None:
            return
        self.window.is_demonstration = True
        self.sync.forget()
        self._show_front(_waiting_page)
        self.tasks.run(self._demonstrate, self._on_demonstration, self._on_no_demonstration)

    def _on_no_demonstration(self, error: AppError) -> None:
        self.window.is_demonstration = False
        self.show_entrance()
        self._reporter.show_error(error)

    def _on_demonstration(self, opened: tuple[Entrance, Session]) -> None:
        self._entrance, session = opened
        self._open(session)

    # -- work ----------------------------------------------------------------------------------

    def _open(self, session: Session) -> None:
        """Read what this person likes and what the clinic decided, then show the work."""
        self.tasks.run(partial(_read_start, session), partial(self._on_opened, session))

    def _on_opened(self, session: Session, start: tuple[Preferences | None, Clinic]) -> None:
        stored, self._clinic = start
        preferences = stored or self._remembered.load()
        self.window.is_demonstration = self._clinic.is_demonstration
        self.desk = Desk(session, self.tasks, self.navigator, preferences, self.sync)
        if self._look(preferences):
            self.window.rebuild()
        self.window.open_work(session.person, self._build_page)
        self._show_facts()
        self._watch()
        self._check_health(session)
        self._trail_watch.begin(self._entrance, session)
        self.sync.begin(self._entrance, session)

    def _check_health(self, session: Session) -> None:
        """Look once, after the first sign-in, for damage that opening does not show."""
        if not self._was_checked:
            self._was_checked = True
            check = partial(check_after_sign_in, self._entrance.store, session)
            self.tasks.run(check, self._on_checked)

    def _on_checked(self, broken: tuple[HealthFinding, ...]) -> None:
        if broken:
            checks = ", ".join(one.check for one in broken)
            self._reporter.show_error(AppError(ErrorCode.CLINIC_NOT_WHOLE, checks=checks))

    def _build_page(self, route: Route) -> Page:
        if self.desk is None:
            raise RuntimeError("no page without a signed-in person")
        return self._builders[route.name](self.desk, route)

    def _watch(self) -> None:
        if self._clinic is not None:
            self.idle.start(self._clinic.idle_minutes)

    def _on_preferences_changed(self) -> None:
        """Show the desk's settings, remember them here, and read the clinic's decisions again."""
        if self.desk is None:
            return
        self._remembered.save(self.desk.settings)
        if self._look(self.desk.settings):
            self.window.rebuild()
            self._show_facts()
        self.tasks.run(partial(_read_start, self.desk.session), self._on_clinic_read)

    def _on_clinic_read(self, start: tuple[Preferences | None, Clinic]) -> None:
        self._clinic = start[1]
        if not self.window.is_covered:
            self._watch()

    def _look(self, preferences: Preferences, *, is_first: bool = False) -> bool:
        """Apply language, colours and text size; tell whether the pages must be built again."""
        factor = preferences.text_percent / 100
        same = language() == preferences.language.value and theme.scale() == factor
        self.navigator.is_quiet = not preferences.shows_notices
        set_language(preferences.language.value)
        self._translate_qt()
        if is_first:
            theme.start(self._app, preferences.colour_scheme.value, factor)
        else:
            theme.apply(preferences.colour_scheme.value, factor)
        return not same

    def _translate_qt(self) -> None:
        """Let Qt's own dialogs (print, file) speak the language of the screens."""
        self._app.removeTranslator(self._translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._translator.load(f"qtbase_{language()}", folder):
            self._app.installTranslator(self._translator)

    def _step_text_size(self, step: int) -> None:
        if self.desk is None:
            return
        sizes = TEXT_PERCENT_CHOICES
        place = sizes.index(self.desk.settings.text_percent) + step if step else 0
        percent = sizes[min(len(sizes) - 1, max(0, place))]
        self.desk.settings = replace(self.desk.settings, text_percent=percent)
        save = partial(settings.save_preferences, self.desk.session, self.desk.settings)
        self.tasks.run(save, _nothing)
        self._on_preferences_changed()

    # -- model and status ----------------------------------------------------------------------

    def _load_model(self) -> None:
        self._model_tasks.run(self._entrance.model, self._on_model, self._on_model_refused)

    def _on_model(self, model: RiskModel) -> None:
        self._model_fact = ("badge-check", "shell.model_verified", model.identity.name)
        self._show_facts()

    def _on_model_refused(self, error: AppError) -> None:
        self._model_fact = ("ban", "shell.model_off", "")
        self._show_facts()
        self.navigator.notice_raised.emit(Notice(describe(error).text, "err"))

    def _show_facts(self) -> None:
        if self._clinic is None:
            return
        from desktop_app.gui.sync.words import status_fact

        demo = self._clinic.is_demonstration
        icon, key, name = self._model_fact
        sync_icon, sync_text = self._sync_fact = status_fact(self.sync.standing)
        if demo:
            sync_text = tr("shell.demo_sync_off")
        self.window.show_facts(
            [
                ("database", tr("shell.demo_kept") if demo else tr("shell.encrypted")),
                (sync_icon, sync_text or tr("shell.offline")),
                (icon, tr(key, model=name)),
            ]
        )

    def _show_sync(self) -> None:
        from desktop_app.gui.sync.words import status_fact

        standing = self.sync.standing
        if status_fact(standing) != self._sync_fact:
            self._show_facts()
        self.window.show_unconfirmed(standing.open if standing.is_in_use else 0)

    def _tell_of_sync(self, answer: "Outcome | AppError") -> None:
        """Say how a run ended that was asked for on another page than the sync centre."""
        pages = self.window.pages
        if pages is not None and pages.routes[-1:] != (routes.sync(),):
            from desktop_app.gui.sync.words import outcome_notice

            text, kind = outcome_notice(answer)
            details = partial(self.navigator.go, routes.sync())
            self.navigator.notify(text, tr("sync.details"), details, kind=kind)

    def _show_time_left(self, seconds: int) -> None:
        left = f"{seconds // 60}:{seconds % 60:02}"
        self.window.status.show_auto_lock(tr("shell.auto_lock", left=left))

    def _warn_of_lock(self) -> None:
        self.navigator.notify(tr("shell.lock_soon"), kind="info")

    def _show_about(self) -> None:
        title = tr("shell.about_title", version=VERSION)
        tell(self.window, title, tr("shell.about_text"))

    # -- size of the window --------------------------------------------------------------------

    def _size_file(self) -> QSettings:
        file = self._entrance.data_folder / "window.ini"
        return QSettings(str(file), QSettings.Format.IniFormat)

    def _restore_size(self) -> None:
        self.window.resize(1366, 768)
        geometry = self._size_file().value("geometry")
        if isinstance(geometry, QByteArray):
            self.window.restoreGeometry(geometry)

    def _remember_size(self) -> None:
        if self._entrance.data_folder.is_dir():
            self._size_file().setValue("geometry", self.window.saveGeometry())


def _waiting_page() -> FrontPage:
    return WaitingPage("flask-conical", tr("shell.demo_preparing"), tr("shell.demo_wait"))


def _nothing(_result: object) -> None:
    """Take a result that nobody waits for."""


def _read_start(session: Session) -> tuple[Preferences | None, Clinic]:
    with session.unit_of_work() as work:
        return work.accounts.preferences(session.person.account_id), work.clinic()
