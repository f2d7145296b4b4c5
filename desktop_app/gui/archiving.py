"""Archiving a patient from any page: ask, store, offer to undo it."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.application import patients
from desktop_app.domain.errors import AppError
from desktop_app.domain.patient import Patient
from desktop_app.gui.desk import Desk
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.dialog import confirm


class Archiving(QObject):
    """Belongs to a page; `changed` tells that its patient may stand otherwise now."""

    changed = Signal()

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page

    def archive(self, patient: Patient) -> None:
        """Take a patient out of the daily list, if the person is sure."""
        if confirm(
            self._page.window(),
            tr("patients.archive_title", name=patient.name),
            tr("patients.archive_text"),
            accept=tr("patients.archive_do"),
            keep=tr("patients.archive_keep"),
        ):
            work = partial(patients.archive_patient, self._desk.session, patient)
            self._desk.tasks.run(work, self._on_archived, self._on_refused, owner=self)

    def restore(self, patient: Patient) -> None:
        """Bring an archived patient back into the daily list."""
        work = partial(patients.restore_patient, self._desk.session, patient)
        self._desk.tasks.run(work, self._on_restored, self._on_refused, owner=self)

    def _on_archived(self, patient: Patient) -> None:
        text = tr("patients.archived_done", name=patient.name)
        self._desk.navigator.notify(text, tr("patients.undo"), partial(self.restore, patient))
        self.changed.emit()

    def _on_restored(self, patient: Patient) -> None:
        self._desk.navigator.notify(tr("patients.restored_done", name=patient.name))
        self.changed.emit()

    def _on_refused(self, error: AppError) -> None:
        self._desk.navigator.show_error(error)
        self.changed.emit()
