"""Keeps the form as a draft: a moment after the last key, and at once where it is left."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.application.assessments import discard_draft, save_draft
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui.desk import Desk

DRAFT_MILLISECONDS = 2000


class DraftKeeper(QObject):
    """Saves what `compose` returns whenever something changed; a failed save is tried again.

    `failed` says so once, until a save succeeds: a full disk must not ask every two seconds.
    """

    saved = Signal(Draft)
    failed = Signal(AppError)
    discarded = Signal()

    def __init__(
        self, desk: Desk, compose: Callable[[], Draft | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._compose = compose
        self._is_changed = False
        self._is_closed = False
        self._is_held = False
        self._is_failing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_MILLISECONDS)
        self._timer.timeout.connect(self.save)

    def note_change(self) -> None:
        """Save soon."""
        self._is_changed = True
        self._is_held = False
        self._timer.start()

    def save(self) -> None:
        """Save now, if anything changed since the last time."""
        self._timer.stop()
        may_save = self._is_changed and not (self._is_closed or self._is_held)
        draft = self._compose() if may_save else None
        if draft is not None:
            self._is_changed = False
            self._desk.tasks.run(
                lambda: save_draft(self._desk.session, draft), self._on_saved, self._on_failed
            )

    def discard(self, draft_id: RecordId) -> None:
        """Forget the draft and save no more."""
        self.close()
        self._desk.tasks.run(
            lambda: discard_draft(self._desk.session, draft_id), self._on_discarded
        )

    def hold(self) -> None:
        """Save now and no more until the next change: the form is being assessed or handed over.

        A save after that would bring the draft of a finished form back, a lock meanwhile too.
        """
        self.save()
        self._is_held = True

    def close(self) -> None:
        """Save no more: the form is finished."""
        self._timer.stop()
        self._is_closed = True

    def _on_saved(self, draft: Draft) -> None:
        self._is_failing = False
        self.saved.emit(draft)

    def _on_failed(self, error: AppError) -> None:
        self._is_changed = True
        if self._is_held:
            return
        self.note_change()
        was_failing, self._is_failing = self._is_failing, True
        if not was_failing:
            self.failed.emit(error)

    def _on_discarded(self, _nothing: None) -> None:
        self.discarded.emit()
