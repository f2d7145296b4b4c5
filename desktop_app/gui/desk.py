"""What every presenter works with."""

from dataclasses import dataclass, field

from desktop_app.application.session import Session
from desktop_app.domain.clinic import Preferences
from desktop_app.domain.patient import Patient
from desktop_app.gui.navigator import Navigator
from desktop_app.gui.routes import Route
from desktop_app.gui.sync_runner import SyncRunner
from desktop_app.gui.tasks import Tasks

_RECENT = 8


@dataclass
class Desk:
    """The signed-in person's session, workers and window, the preferences, the way to the server.

    `kept` holds what a page wants back when it is built anew, by its route. `recent` holds whom the
    person worked on since signing in, newest first; it is stored nowhere.
    """

    session: Session
    tasks: Tasks
    navigator: Navigator
    settings: Preferences
    sync: SyncRunner
    kept: dict[Route, object] = field(default_factory=dict)
    recent: tuple[Patient, ...] = ()

    def note_patient(self, patient: Patient) -> None:
        """Put a patient first among the recent ones."""
        others = (one for one in self.recent if one.patient_id != patient.patient_id)
        self.recent = (patient, *others)[:_RECENT]
