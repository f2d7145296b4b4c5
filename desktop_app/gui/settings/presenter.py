"""Joins the settings to their use cases; each change is stored at once."""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer

from desktop_app.application import settings
from desktop_app.domain.account import Account, Right
from desktop_app.domain.clinic import Clinic
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.figure import FigureError, parse_figure
from desktop_app.gui.actions import actions_for
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import Page
from desktop_app.gui.routes import Route
from desktop_app.gui.settings.accounts_presenter import (
    build_accounts_section,
    build_own_password_section,
)
from desktop_app.gui.settings.sections import (
    AccountsSection,
    ClinicSection,
    LockSection,
    ScreenSection,
    Section,
    ShortcutsSection,
)
from desktop_app.gui.settings.view import SettingsPage
from desktop_app.gui.texts import plain, tr


def build_page(desk: Desk, route: Route) -> Page:
    """Build the settings that this person may see."""
    person = desk.session.person
    may_change = person.may(Right.CHANGE_CLINIC)
    screen = ScreenSection()
    lock = LockSection(build_own_password_section(desk), may_change=may_change)
    clinic = ClinicSection() if may_change else None
    sections: dict[str, tuple[str, Section]] = {
        "screen": (tr("settings.screen"), screen),
        "lock": (tr("settings.lock"), lock),
    }
    if clinic is not None:
        sections["clinic"] = (tr("settings.clinic"), clinic)
    if person.may(Right.MANAGE_ACCOUNTS):
        accounts = AccountsSection(build_accounts_section(desk))
        sections["accounts"] = (tr("settings.accounts"), accounts)
    sections["shortcuts"] = (tr("settings.shortcuts"), ShortcutsSection(_keys(person)))
    view = SettingsPage(sections)
    SettingsPresenter(desk, route, view, screen, lock, clinic)
    return view


def _keys(person: Account) -> list[tuple[str, str]]:
    return [(plain(spec.text), spec.key_text) for spec in actions_for(person) if spec.keys]


class _Kept(NamedTuple):
    """What the page wants back when it is built anew."""

    section: str
    focused: str


class SettingsPresenter(QObject):
    """Stores what is changed; belongs to the page and ends with it."""

    def __init__(
        self,
        desk: Desk,
        route: Route,
        view: SettingsPage,
        screen: ScreenSection,
        lock: LockSection,
        clinic: ClinicSection | None,
    ) -> None:
        super().__init__(view)
        self._desk, self._route, self._view = desk, route, view
        self._lock_section, self._clinic_section = lock, clinic
        self._clinic: Clinic | None = None
        self._focused = ""
        screen.show_preferences(desk.settings)
        screen.changed.connect(self._on_preference)
        lock.changed.connect(self._on_clinic_changed)
        if clinic is not None:
            clinic.changed.connect(self._on_clinic_changed)
        view.work_kept.connect(self._keep)
        view.offer("find", view.search.setFocus)
        view.offer("next_tab", partial(view.step_section, 1))
        view.offer("previous_tab", partial(view.step_section, -1))
        if route.section is not None:
            view.show_section(route.section)
        kept = desk.kept.pop(route, None)
        if isinstance(kept, _Kept):
            view.show_section(kept.section)
            QTimer.singleShot(0, view, partial(view.focus_named, kept.focused))
        self._read()

    def _keep(self) -> None:
        self._desk.kept[self._route] = _Kept(self._view.section, self._focused)

    # -- the person's own

    def _on_preference(self, name: str, value: Any) -> None:
        chosen = replace(self._desk.settings, **{name: value})
        if chosen == self._desk.settings:
            return
        self._desk.settings = chosen
        self._focused = self._view.focused_name()
        save = partial(settings.save_preferences, self._desk.session, chosen)
        self._desk.tasks.run(save, _nothing)
        self._desk.navigator.rebuild()

    # -- the clinic's

    def _read(self) -> None:
        read = partial(settings.read_clinic, self._desk.session)
        self._desk.tasks.run(read, self._show_clinic, owner=self)

    def _show_clinic(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self._lock_section.show_clinic(clinic)
        if self._clinic_section is not None:
            self._clinic_section.show_clinic(clinic)

    def _on_clinic_changed(self, name: str, value: Any) -> None:
        if self._clinic is None:
            return
        try:
            wanted: Any = _share(value) if name == "prevalence" else value
        except FigureError:
            self._show_problem("prevalence")
            return
        changed = replace(self._clinic, **{name: wanted})
        if changed == self._clinic:
            self._show_clinic(self._clinic)
            return
        self._desk.tasks.run(
            partial(settings.change_clinic, self._desk.session, changed),
            self._on_clinic_stored,
            self._on_clinic_refused,
            owner=self,
        )

    def _on_clinic_stored(self, clinic: Clinic) -> None:
        self._show_clinic(clinic)
        self._desk.navigator.rebuild()

    def _on_clinic_refused(self, error: AppError) -> None:
        if error.code is ErrorCode.INVALID_INPUT:
            self._show_problem(str(error.context.get("field")))
        else:
            self._desk.navigator.show_error(error)
            self._read()

    def _show_problem(self, field: str) -> None:
        if self._clinic_section is not None:
            self._clinic_section.show_problem(field)


def _share(text: str) -> float | None:
    """Return a typed percentage as a share, None for an empty field."""
    typed = text.strip().removesuffix("%").strip()
    if not typed:
        return None
    return float(parse_figure(typed).figure) / 100


def _nothing(_result: object) -> None:
    """Take a result that nobody waits for."""
