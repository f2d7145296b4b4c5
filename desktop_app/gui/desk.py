"""What every presenter works with."""

from dataclasses import dataclass, field

from desktop_app.application.session import Session
from desktop_app.domain.clinic import Preferences
from desktop_app.gui.navigator import Navigator
from desktop_app.gui.routes import Route
from desktop_app.gui.tasks import Tasks


@dataclass
class Desk:
    """The signed-in person's session, the background worker, the window and the preferences.

    `kept` holds what a page wants back when it is built anew, by its route.
    """

    session: Session
    tasks: Tasks
    navigator: Navigator
    settings: Preferences
    kept: dict[Route, object] = field(default_factory=dict)
