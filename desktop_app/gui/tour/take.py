"""Runs the tour on the real program until its story is told."""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QDialog

from desktop_app.application.session import Session
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.application import Application
from desktop_app.gui.tour.album import Album
from desktop_app.gui.tour.guide import LIMIT_SECONDS, Guide
from desktop_app.gui.tour.story import Story, Texts


def take_tour(
    application: Application,
    out: Path,
    texts: Texts,
    admit: Callable[[Session], None],
    *,
    language: str,
    theme: str,
    size: tuple[int, int],
    limit_seconds: float = LIMIT_SECONDS,
) -> None:
    """Show the program, tell the story and close; what stopped it is raised: TOUR_STOPPED or else.

    CANCELLED if somebody ended the program before the story's end.

    The pictures and the protocol hold whatever was seen, also when it stopped.
    """
    # The hands reach Qt's own file dialog only.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    album = Album(out)
    qInstallMessageHandler(_leave_out_the_missing_screen)
    story = Story(application, album, texts, admit)
    guide = Guide(story.tell(language, theme), limit_seconds)
    application.start()
    application.window.resize(*size)
    guide.ended.connect(lambda: _leave(application))
    guide.start()
    QCoreApplication.exec()
    album.write()
    if guide.error is not None:
        raise guide.error
    if not guide.is_over:
        raise AppError(ErrorCode.CANCELLED)


def _leave_out_the_missing_screen(
    _kind: QtMsgType, _context: QMessageLogContext, text: str
) -> None:
    """Pass on what Qt says, but not what the platform without a screen cannot do."""
    if not text.startswith("This plugin does not support"):
        sys.stderr.write(f"{text}\n")


def _leave(application: Application) -> None:
    """Close whatever still asks, store and end."""
    for dialog in application.window.findChildren(QDialog):
        dialog.reject()
    application.close()
    application.window.hide()
    QCoreApplication.exit()
