"""Put the program together: the only module that names concrete adapters."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from desktop_app.application.ports import (
    HealthFinding,
    Records,
    RecordStore,
    RiskModel,
    SecretStore,
)
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.config import TRUSTED_BUNDLES, VERSION, model_folder, resource
from desktop_app.domain.account import Account
from desktop_app.domain.clinic import ColourScheme, Language, Preferences
from desktop_app.domain.errors import AppError, ErrorCode, is_disk_full
from desktop_app.gui.texts import language as chosen_language
from desktop_app.gui.texts import tr
from desktop_app.infrastructure.vault.file_vault import FileVault
from desktop_app.infrastructure.vault.key_wrapping import KdfCost
from desktop_app.infrastructure.vault.secret_store import AbsentSecretStore, KeyringSecretStore
from desktop_app.infrastructure.vault.sign_in_guard import FileSignInGuard
from desktop_app.infrastructure.vault.staged_clinic import FolderStagedClinic, finish_interrupted
from desktop_app.infrastructure.workstation.clock import SystemClock
from desktop_app.infrastructure.workstation.folder import is_local, is_possible
from desktop_app.infrastructure.workstation.log import start_log
from desktop_app.infrastructure.workstation.preferences import FilePreferences

if TYPE_CHECKING:
    from desktop_app.application.demonstration import DemonstrationWords, FictionalPatient
    from desktop_app.application.link import Link
    from desktop_app.application.scoring import ScoreSummary
    from desktop_app.application.sync_ports import SyncGateway, TransferFiles
    from desktop_app.domain.sync import ServerSettings
    from desktop_app.gui.application import Fronts, PageBuilder
    from desktop_app.gui.desk import Desk
    from desktop_app.gui.page import FrontPage, Page
    from desktop_app.gui.routes import Route
    from desktop_app.gui.tasks import Tasks
    from desktop_app.infrastructure.remote.server_session import Tokens


class OnceLoadedModel:
    """Loads the model at the first call; later callers get it, or the same refusal."""

    def __init__(self, load: Callable[[], RiskModel]) -> None:
        self._load = load
        self._lock = Lock()
        self._model: RiskModel | None = None
        self._refusal: AppError | None = None

    def __call__(self) -> RiskModel:
        """Return the loaded model; the AppError says why scoring is off."""
        with self._lock:
            if self._refusal is not None:
                raise self._refusal
            if self._model is None:
                try:
                    self._model = self._load()
                except AppError as error:
                    self._refusal = error
                    raise
            return self._model


class LateRecordStore:
    """The record store; its SQLAlchemy, slow to import, comes when the clinic is first asked for.

    The sign-in window is painted before that.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _store(self) -> RecordStore:
        from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore

        return SqlCipherRecordStore(self._folder)

    def claim(self) -> None:
        """Keep other programs off this data folder until `release`."""
        self._store.claim()

    def release(self) -> None:
        """Let other programs in again."""
        self._store.release()

    def exists(self) -> bool:
        """Tell whether there is a database file."""
        return self._store.exists()

    def check_sealed(self) -> tuple[HealthFinding, ...]:
        """Check what needs no key."""
        return self._store.check_sealed()

    def create(self, key: bytes) -> Records:
        """Create an empty database under that data key."""
        return self._store.create(key)

    def open(self, key: bytes) -> Records:
        """Open the database."""
        return self._store.open(key)


def shipped_model() -> RiskModel:
    """Load the bundle that came with the program."""
    from desktop_app.infrastructure.inference.bundled_model import load_model

    return load_model(model_folder(), trusted_sha256=TRUSTED_BUNDLES)


def score_file(source: Path, target: Path) -> "ScoreSummary":
    """Score a CSV file with the bundle that came with the program."""
    from desktop_app.application.scoring import score_file as score
    from desktop_app.infrastructure.documents.csv_files import CsvFiles
    from desktop_app.infrastructure.inference.bundled_model import load_model
    from desktop_app.infrastructure.inference.table_scorer import BundledTableScorer

    def load_scorer() -> BundledTableScorer:
        return BundledTableScorer(load_model(model_folder(), trusted_sha256=TRUSTED_BUNDLES))

    return score(source, target, files=CsvFiles(), load_scorer=load_scorer)


def assemble(
    data_folder: Path,
    *,
    model: Callable[[], RiskModel] = shipped_model,
    password_cost: KdfCost | None = None,
    secrets: SecretStore | None = None,
    link: "Link | None" = None,
) -> Entrance:
    """Join the adapters for one data folder; nothing is read or written yet but a half-made clinic.

    `password_cost` replaces the cost that is measured on this computer when a clinic is founded,
    `secrets` the system's key store, `link` the ways out of this computer.
    """
    from desktop_app.infrastructure.inference.stated_auc import read_auc

    def make_vault(folder: Path) -> FileVault:
        return FileVault(folder, lambda: password_cost) if password_cost else FileVault(folder)

    if not is_possible(data_folder):
        raise AppError(ErrorCode.FOLDER_READ_ONLY)
    if not is_local(data_folder):
        raise AppError(ErrorCode.FOLDER_NOT_LOCAL)
    finish_interrupted(data_folder)
    clock = SystemClock()
    secrets = secrets or KeyringSecretStore()
    return Entrance(
        data_folder=data_folder,
        vault=make_vault(data_folder),
        guard=FileSignInGuard(data_folder, clock),
        store=LateRecordStore(data_folder),
        clock=clock,
        model=OnceLoadedModel(model),
        auc=lambda: read_auc(model_folder()),
        encode_qr=_encode_qr,
        stage_clinic=lambda: FolderStagedClinic(data_folder, make_vault, LateRecordStore),
        secrets=secrets,
        link=link or make_link(secrets),
    )


def make_link(secrets: SecretStore) -> "Link":
    """Return the ways out of this computer; nothing is imported or reached before it is used."""
    from desktop_app.application.link import Link

    sessions: dict[tuple[str, str], Tokens] = {}

    def open_gateway(settings: "ServerSettings") -> "SyncGateway":
        from desktop_app.infrastructure.remote.gateway import HttpSyncGateway
        from desktop_app.infrastructure.remote.server_session import Tokens

        tokens = sessions.setdefault((settings.address, settings.account), Tokens())
        return HttpSyncGateway(settings, secrets, tokens, program=f"MesoDesk/{VERSION}")

    def files() -> "TransferFiles":
        from desktop_app.infrastructure.remote.transfer_files import AgeTransferFiles

        return AgeTransferFiles()

    return Link(open_gateway, files)


def _encode_qr(text: str) -> tuple[tuple[bool, ...], ...]:
    from desktop_app.infrastructure.documents.qr import encode_qr

    return encode_qr(text)


def demonstrate(
    folder: Path, language: Language, model: Callable[[], RiskModel]
) -> tuple[Entrance, Session]:
    """Found the demonstration clinic in an empty folder and sign its doctor in."""
    from desktop_app.application.demonstration import found_demonstration

    entrance = assemble(
        folder, model=model, password_cost=KdfCost(passes=1), secrets=AbsentSecretStore()
    )
    session = found_demonstration(entrance, _fictional_patients(), _demonstration_words(language))
    return entrance, session


def _fictional_patients() -> "tuple[FictionalPatient, ...]":
    from desktop_app.application.demonstration import read_fictional_patient

    people = json.loads(resource("demo/patients.json").read_text(encoding="utf-8"))
    return tuple(read_fictional_patient(one) for one in people)


def _demonstration_words(language: Language) -> "DemonstrationWords":
    from desktop_app.application.demonstration import DemonstrationWords

    return DemonstrationWords(
        language=language,
        clinic=tr("demonstration.clinic"),
        seat=tr("demonstration.seat"),
        administrator=tr("demonstration.administrator"),
        doctor=tr("demonstration.doctor"),
        staff=tr("demonstration.staff"),
        laboratory=tr("demonstration.laboratory"),
        message=tr("demonstration.message"),
    )


def open_window(
    data_folder: Path, *, language: Language | None = None, is_demonstration: bool = False
) -> int:
    """Show the window until it is closed and return the exit code.

    `language` overrides the one remembered on this workstation. The AppError that keeps the program
    from starting was shown.
    """
    from desktop_app.gui.interrupts import close_when_asked, end_at_once_when_asked

    end_at_once_when_asked()
    from desktop_app.gui.application import Application, create_qapplication
    from desktop_app.gui.reporter import refuse_to_start

    app = create_qapplication([])
    remembered = remember_preferences(data_folder, language)
    try:
        entrance = assemble(data_folder)
    except AppError as error:
        refuse_to_start(app, remembered.load(), error)
        raise
    start_log(data_folder)
    with close_when_asked(), ExitStack() as throw_away:

        def demonstrate_here() -> tuple[Entrance, Session]:
            folder = throw_away.enter_context(_throw_away_folder("mesodesk-demo-"))
            return demonstrate(folder, Language(chosen_language()), entrance.model)

        application = Application(
            app, entrance, remembered, front_pages(), WORK_PAGES, demonstrate=demonstrate_here
        )
        application.start(is_demonstration=is_demonstration)
        return app.exec()


def take_tour(
    out: Path,
    *,
    data_folder: Path | None,
    language: str,
    theme: str,
    size: tuple[int, int],
) -> int:
    """Let the program show its main job in a clinic of its own and return the exit code.

    Pictures and report go to `out`; the clinic's files are kept only in a `data_folder`.
    """
    with ExitStack() as throw_away:
        if data_folder is None:
            folder = throw_away.enter_context(_throw_away_folder("mesodesk-tour-"))
        else:
            folder = data_folder.absolute()
            with _refused_folder():
                folder.mkdir(parents=True, exist_ok=True)
        _show_round(out, folder, Preferences(Language(language), ColourScheme(theme)), size)
    return 0


@contextmanager
def _throw_away_folder(prefix: str) -> Iterator[Path]:
    """Make a folder that is gone afterwards; FOLDER_READ_ONLY or DISK_FULL where none can be."""
    with _refused_folder():
        folder = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    with folder as name:
        yield Path(name)


@contextmanager
def _refused_folder() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = ErrorCode.DISK_FULL if is_disk_full(error) else ErrorCode.FOLDER_READ_ONLY
        raise AppError(code) from error


def _show_round(out: Path, folder: Path, look: Preferences, size: tuple[int, int]) -> None:
    # Pictures need no screen; without one Qt would not even start.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from desktop_app.application.demonstration import admit
    from desktop_app.gui.application import Application, create_qapplication
    from desktop_app.gui.interrupts import close_when_asked
    from desktop_app.gui.tour.take import take_tour as take

    entrance = assemble(folder, secrets=AbsentSecretStore())
    if entrance.has_clinic:
        raise AppError(ErrorCode.CLINIC_EXISTS)
    start_log(folder)
    remembered = remember_preferences(folder)
    remembered.save(look)
    words = _demonstration_words(look.language)

    def admit_all(session: Session) -> None:
        for person in _fictional_patients():
            admit(session, person, words)

    app = create_qapplication([])
    with close_when_asked():
        take(
            Application(app, entrance, remembered, front_pages(), WORK_PAGES),
            out,
            json.loads(resource("demo/tour.json").read_text(encoding="utf-8")),
            admit_all,
            language=look.language.value,
            theme=look.colour_scheme.value,
            size=size,
        )


def remember_preferences(data_folder: Path, language: Language | None = None) -> FilePreferences:
    """Return where this workstation remembers the last preferences used."""
    return FilePreferences(data_folder / "preferences.json", language)


def front_pages() -> "Fronts":
    """Return the builders of the pages before sign-in, each imported when first shown."""
    from desktop_app.gui.application import Fronts

    def first_run(entrance: Entrance, tasks: "Tasks") -> "FrontPage":
        from desktop_app.gui.first_run.presenter import build_first_run

        return build_first_run(entrance, tasks)

    def sign_in(entrance: Entrance, tasks: "Tasks") -> "FrontPage":
        from desktop_app.gui.sign_in.presenter import build_sign_in

        return build_sign_in(entrance, tasks)

    def lock(
        entrance: Entrance, tasks: "Tasks", person: Account, idle_minutes: int | None
    ) -> "FrontPage":
        from desktop_app.gui.sign_in.presenter import build_lock

        return build_lock(entrance, tasks, person, idle_minutes)

    return Fronts(first_run, sign_in, lock)


def _patients(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.patients.presenter import build_page

    return build_page(desk, route)


def _register(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.register.presenter import build_page

    return build_page(desk, route)


def _patient(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.patient.presenter import build_page

    return build_page(desk, route)


def _assessment(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.assessment.presenter import build_page

    return build_page(desk, route)


def _result(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.result.presenter import build_page

    return build_page(desk, route)


def _compare(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.compare.presenter import build_page

    return build_page(desk, route)


def _sync(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.sync.presenter import build_page

    return build_page(desk, route)


def _conflict(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.conflict.presenter import build_page

    return build_page(desk, route)


def _settings(desk: "Desk", route: "Route") -> "Page":
    from desktop_app.gui.settings.presenter import build_page

    return build_page(desk, route)


# Screens are imported when first shown: the sign-in window must not wait for them.
WORK_PAGES: Mapping[str, "PageBuilder"] = {
    "patients": _patients,
    "register_patient": _register,
    "edit_patient": _register,
    "patient": _patient,
    "new_assessment": _assessment,
    "result": _result,
    "compare": _compare,
    "sync": _sync,
    "conflict": _conflict,
    "settings": _settings,
}
