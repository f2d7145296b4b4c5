"""Tells a person what went wrong: a sentence for what is known, a number for what is not."""

import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.domain.clinic import Preferences
from desktop_app.domain.errors import AppError, ErrorCode, ErrorFamily
from desktop_app.gui import theme
from desktop_app.gui.messages import describe, describe_incident
from desktop_app.gui.tasks import Tasks, record_incident
from desktop_app.gui.texts import set_language
from desktop_app.gui.widgets.dialog import DialogIcon, tell


def tell_error(parent: QWidget | None, error: AppError) -> None:
    """Show what went wrong and what to do until the person has read it."""
    message = describe(error)
    serious = error.family is ErrorFamily.CALL_ADMINISTRATOR
    icon: DialogIcon = "circle-x" if serious else "triangle-alert"
    tell(parent, message.title, message.sentence, icon=icon)


def refuse_to_start(app: QApplication, preferences: Preferences, error: AppError) -> None:
    """Say why there will be no window."""
    set_language(preferences.language.value)
    theme.start(app, preferences.colour_scheme.value, preferences.text_percent / 100)
    tell_error(None, error)


class Reporter(QObject):
    """Shows errors of jobs, presenters and slots over one window."""

    def __init__(self, window: QWidget, is_covered: Callable[[], bool], *workers: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._is_covered = is_covered
        for tasks in workers:
            tasks.error_raised.connect(self.show_error)
            tasks.incident_raised.connect(self.show_incident)
        sys.excepthook = self._on_unexpected

    def close(self) -> None:
        """Give unexpected exceptions back to the interpreter."""
        sys.excepthook = sys.__excepthook__

    def show_error(self, error: AppError) -> None:
        """Tell what went wrong and what to do; that a locked session ended is no news."""
        if error.code is ErrorCode.NOT_SIGNED_IN and self._is_covered():
            return
        tell_error(self._window, error)

    def show_incident(self, number: str) -> None:
        """Tell that something unexpected happened, under a number that the log knows."""
        message = describe_incident(number)
        tell(self._window, message.title, message.text, icon="circle-x")

    def _on_unexpected(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, AppError):
            self.show_error(error)
        else:
            self.show_incident(record_incident(error))
