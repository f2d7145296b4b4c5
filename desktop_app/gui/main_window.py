"""The one window: front pages before sign-in; places, pages and menus after it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.account import Account, Right
from desktop_app.domain.errors import AppError
from desktop_app.gui import routes, theme
from desktop_app.gui.actions import MENUS, ActionSpec, actions_for, build_actions
from desktop_app.gui.messages import describe
from desktop_app.gui.navigator import Navigator, Notice
from desktop_app.gui.page import FrontPage, Page
from desktop_app.gui.routes import Route
from desktop_app.gui.texts import format_moment, plain, tr
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.demo_band import DemoBand
from desktop_app.gui.widgets.layouts import discard
from desktop_app.gui.widgets.notice import NoticeCorner
from desktop_app.gui.widgets.page_stack import PageStack
from desktop_app.gui.widgets.patient_bar import PageHeader
from desktop_app.gui.widgets.person import roles_text
from desktop_app.gui.widgets.shortcut_list import ShortcutList
from desktop_app.gui.widgets.sidebar import Place, Sidebar
from desktop_app.gui.widgets.status_bar import StatusBar
from desktop_app.gui.widgets.text_field import commit_composition

SMALLEST = QSize(1280, 680)
_PLACE_ICONS = {"patients": "users", "sync": "refresh-cw", "settings": "settings"}


def first_route(person: Account) -> Route:
    """Return where a person's work begins."""
    return routes.patients() if person.may(Right.READ_PATIENTS) else routes.settings()


class MainWindow(QMainWindow):
    """Shows one front page, or the work of one signed-in person."""

    text_step_requested = Signal(int)
    about_requested = Signal()
    sync_requested = Signal()
    first_painted = Signal()
    closed = Signal()

    def __init__(self, navigator: Navigator, *, is_demonstration: bool = False) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self._navigator = navigator
        self._is_demonstration = is_demonstration
        self.pages: PageStack | None = None
        self._sidebar: Sidebar | None = None
        self._person: Account | None = None
        self._specs: tuple[ActionSpec, ...] = ()
        self.actions_by_name: dict[str, QAction] = {}
        self._facts: list[tuple[str, str]] = []
        self._badge = 0
        self._front: FrontPage | None = None
        self._alarm: AppError | None = None
        self._alarm_banner: Banner | None = None
        self._held: list[Callable[[], None]] = []
        self._was_painted = False
        self._tops = QStackedWidget()
        self._work = QWidget()
        self._tops.addWidget(self._work)
        self._notice = NoticeCorner(self)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_clock)
        self._clock.start()
        self._lay_out()
        self.setMinimumSize(SMALLEST)
        navigator.route_requested.connect(self.go)
        navigator.back_requested.connect(self.back)
        navigator.notice_raised.connect(self._show_notice)

    @property
    def is_demonstration(self) -> bool:
        """Tell whether every patient here is fictional; band, title and badges follow it."""
        return self._is_demonstration

    @is_demonstration.setter
    def is_demonstration(self, value: bool) -> None:
        self._is_demonstration = value
        self._band.setVisible(value)

    def _lay_out(self) -> None:
        """Build what does not depend on a person: band, pages, status bar."""
        self.status = StatusBar()
        self._band = DemoBand(tr("shell.demo"), tr("shell.demo_sentence"))
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._band)
        self._band.setVisible(self._is_demonstration)
        column.addWidget(self._tops, 1)
        self._tops.show()
        column.addWidget(self.status)
        self.setCentralWidget(centre)
        self._show_clock()

    # -- front pages ---------------------------------------------------------------------------

    def show_front(self, page: FrontPage, facts: list[tuple[str, str]]) -> None:
        """Cover everything with a front page: no menu, no place, no patient."""
        self._close_dialogs()
        self._drop_front()
        self._front = page
        self._tops.addWidget(page)
        self._tops.setCurrentWidget(page)
        self.menuBar().clear()
        self.menuBar().hide()
        for action in self.actions_by_name.values():
            action.setEnabled(False)
        self._notice.hide()
        self.status.show_facts(facts)
        self.status.show_keys("")
        self.status.show_auto_lock("")
        self._show_title(page.title)
        page.focus_first()

    @property
    def is_covered(self) -> bool:
        """Tell whether a front page covers the work."""
        return self._front is not None

    def _drop_front(self) -> None:
        if self._front is not None:
            discard(self._front)
            self._front = None

    def _close_dialogs(self) -> None:
        """Answer every open dialog of ours with its safe choice, and close lists and menus."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for dialog in self.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()

    # -- work ----------------------------------------------------------------------------------

    def open_work(self, person: Account, build: Callable[[Route], Page]) -> None:
        """Build places, menus and the first page for a person who has just signed in."""
        self.close_work()
        self.pages = PageStack(build, frozenset(_PLACE_ICONS))
        self.pages.page_built.connect(self._on_page_built)
        self.pages.page_shown.connect(self._on_page_shown)
        self._person = person
        self._dress(person)
        self.uncover()
        self.pages.go(first_route(person))

    def uncover(self) -> None:
        """Show the work again after a front page, as it was left."""
        self._drop_front()
        self._tops.setCurrentWidget(self._work)
        self._fill_menus()
        self.menuBar().show()
        self.status.show_facts(self._facts)
        if self.pages is not None and self.pages.page is not None:
            self._on_page_shown(self.pages.page)
            self.pages.page.focus_first()
        held, self._held = self._held, []
        for step in held:
            step()

    def close_work(self) -> None:
        """Close every page and forget the person."""
        self._held = []
        if self.pages is not None:
            self.pages.close_all()
        self.pages = None
        self._person = None
        self._undress()

    def rebuild(self) -> None:
        """Build texts, menus and pages again, after a change of language or text size."""
        self._tops.setParent(None)
        discard(self.takeCentralWidget())
        self._lay_out()
        if self._person is not None and self.pages is not None:
            self._undress()
            self._dress(self._person)
            self._fill_menus()
            self.status.show_facts(self._facts)
            self.pages.rebuild()

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Keep and show the safe facts of the status bar, (icon, text) each."""
        self._facts = facts
        if self._front is None:
            self.status.show_facts(facts)

    def show_unconfirmed(self, count: int) -> None:
        """Say beside the sync place how many records the server has not confirmed."""
        self._badge = count
        if self._sidebar is not None:
            words = tr("shell.unconfirmed", n=count) if count else ""
            self._sidebar.show_badge("sync", count, words)

    def show_alarm(self, alarm: AppError | None) -> None:
        """Say over the work, until it is solved, what was found wrong with the clinic's files."""
        self._alarm = alarm
        if self._alarm_banner is not None:
            self._alarm_banner.setVisible(alarm is not None)
            if alarm is not None:
                message = describe(alarm)
                self._alarm_banner.show_message("err", message.text, message.next_step)

    def _dress(self, person: Account) -> None:
        """Put sidebar and pages into the work area and make the actions."""
        self._specs = actions_for(person)
        self.actions_by_name = build_actions(self, self._specs)
        for name, action in self.actions_by_name.items():
            action.triggered.connect(lambda _=False, name=name: self._on_action(name))
        self._sidebar = Sidebar(self._places(), self._lock_text())
        self._sidebar.show_person(person.name, roles_text(person))
        self._sidebar.place_chosen.connect(lambda name: self.go(Route(name)))
        self._sidebar.lock_chosen.connect(self._navigator.lock)
        self._alarm_banner = Banner("err", name="alarm_banner")
        column = QVBoxLayout(self._work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._alarm_banner)
        self.show_alarm(self._alarm)
        row = QHBoxLayout()
        row.setSpacing(0)
        column.addLayout(row, 1)
        row.addWidget(self._sidebar)
        if self.pages is not None:
            row.addWidget(self.pages, 1)
            self.pages.show()
        self._sidebar.fit(self.width() / theme.scale())
        self.show_unconfirmed(self._badge)

    def _undress(self) -> None:
        """Take the person's actions, menus and work area away; the open pages stay."""
        if self.pages is not None:
            self.pages.setParent(None)
        for action in self.actions_by_name.values():
            self.removeAction(action)
            action.deleteLater()
        self.actions_by_name = {}
        self.menuBar().clear()
        discard(self._work)
        self._work = QWidget()
        self._tops.insertWidget(0, self._work)
        if self._front is None:
            self._tops.setCurrentWidget(self._work)
        self._sidebar = None
        self._alarm_banner = None

    def _places(self) -> list[Place]:
        keys = {spec.name: spec.key_text for spec in self._specs}
        texts = {
            "patients": tr("shell.place_patients"),
            "sync": tr("shell.place_sync"),
            "settings": tr("shell.place_settings"),
        }
        return [
            Place(name, texts[name], icon, keys[f"place_{name}"], is_apart=name == "settings")
            for name, icon in _PLACE_ICONS.items()
            if f"place_{name}" in keys
        ]

    def _lock_text(self) -> str:
        key = next(spec.key_text for spec in self._specs if spec.name == "lock")
        return tr("shell.lock_now", key=key)

    def _fill_menus(self) -> None:
        bar = self.menuBar()
        bar.clear()
        for name in MENUS:
            own = [spec for spec in self._specs if spec.menu == name]
            if own:
                menu = QMenu(tr(f"shell.menu_{name}"), bar)
                for spec in own:
                    menu.addAction(self.actions_by_name[spec.name])
                bar.addMenu(menu)

    # -- pages ---------------------------------------------------------------------------------

    def go(self, route: Route, replace: bool = False) -> None:
        """Open a page; what finished behind the lock opens its page after the unlocking."""
        if self.is_covered:
            self._held.append(partial(self.go, route, replace))
        elif self.pages is not None:
            self.pages.go(route, replace=replace)

    def back(self) -> None:
        """Return to the page before, or do so after the unlocking."""
        if self.is_covered:
            self._held.append(self.back)
        elif self.pages is not None:
            self.pages.back()

    def _on_page_built(self, page: Page) -> None:
        for signal in (page.title_changed, page.context_keys_changed, page.actions_changed):
            signal.connect(self._follow_page)
        if self._is_demonstration:
            for header in page.findChildren(PageHeader)[:1]:
                header.mark_demonstration(tr("shell.demo_badge"))

    def _follow_page(self) -> None:
        """Show what the shown page says about itself."""
        if self.pages is not None and self.pages.page is not None and self._front is None:
            self._on_page_shown(self.pages.page)

    def _on_page_shown(self, page: Page) -> None:
        self._show_title(page.title)
        self.status.show_keys(page.context_keys)
        if self._sidebar is not None:
            self._sidebar.mark_place(page.place)
        self._enable_actions()

    def _show_notice(self, notice: Notice) -> None:
        """Show a notice; what was done to a patient is not told on a locked screen."""
        if not self.is_covered or notice.kind == "err":
            self._notice.show_notice(notice)

    def _show_title(self, page_title: str) -> None:
        text = tr("shell.title", page=page_title)
        if self._is_demonstration:
            text = tr("shell.title_demo", page=page_title)
        self.setWindowTitle(text)

    # -- actions -------------------------------------------------------------------------------

    def _own_handlers(self) -> Mapping[str, Callable[[], object]]:
        """Return what the window itself carries out on every page."""
        handlers: dict[str, Callable[[], object]] = {
            "lock": self._navigator.lock,
            "change_person": self._navigator.change_person,
            "quit": self.close,
            "place_patients": lambda: self.go(routes.patients()),
            "place_sync": lambda: self.go(routes.sync()),
            "place_settings": lambda: self.go(routes.settings()),
            "sync_now": self.sync_requested.emit,
            "go_to_patient": self._go_to_patient,
            "new_patient": lambda: self.go(routes.register_patient()),
            "larger": lambda: self.text_step_requested.emit(1),
            "smaller": lambda: self.text_step_requested.emit(-1),
            "normal_size": lambda: self.text_step_requested.emit(0),
            "full_screen": self._switch_full_screen,
            "shortcuts": self._show_shortcuts,
            "about": self.about_requested.emit,
        }
        if self.pages is not None and len(self.pages.routes) > 1:
            handlers["back"] = self.back
        return handlers

    def _handlers(self) -> Mapping[str, Callable[[], object]]:
        page = self.pages.page if self.pages is not None else None
        return {**self._own_handlers(), **(page.handlers if page is not None else {})}

    def _enable_actions(self) -> None:
        offered = self._handlers() if self._front is None else {}
        for name, action in self.actions_by_name.items():
            action.setEnabled(name in offered)

    def _on_action(self, name: str) -> None:
        handler = self._handlers().get(name)
        if handler is not None:
            commit_composition()
            handler()

    def _go_to_patient(self) -> None:
        self.go(routes.patients())
        self._on_action("find")

    def _switch_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _show_shortcuts(self) -> None:
        keys = [(plain(spec.text), spec.key_text) for spec in self._specs if spec.keys]
        routes_open = self.pages.routes if self.pages is not None else ()
        text = tr(f"help.{routes_open[-1].name}") if routes_open else ""
        ShortcutList(self, tr("shell.shortcuts_title"), text, keys).exec()

    # -- the frame -----------------------------------------------------------------------------

    def _show_clock(self) -> None:
        self.status.show_clock(format_moment(datetime.now(UTC)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._notice.place()
        if self._sidebar is not None:
            self._sidebar.fit(self.width() / theme.scale())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.first_painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.pages is not None and self._front is None:
            page = self.pages.page
            if page is not None and not page.can_leave():
                event.ignore()
                return
        super().closeEvent(event)
        self.closed.emit()
