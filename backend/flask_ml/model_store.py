"""The model in use: replaced whole or not at all, alike in every worker."""

import logging
import shutil
import tempfile
import threading
from pathlib import Path

from backend.flask_ml.config import MlSettings
from risk_model.bundle import INFO_FILE, MODEL_FILE, Bundle, load_bundle
from risk_model.errors import BundleError

logger = logging.getLogger(__name__)


class ModelStore:
    """Holds one verified bundle; a new one takes its place in one assignment.

    A reload reaches one worker. It touches the stamp, and the others, which look at its time
    before each request, follow.
    """

    def __init__(self, settings: MlSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._stamp_seen = self._stamp_time()
        self._bundle: Bundle | None = None

    @property
    def bundle(self) -> Bundle | None:
        """Return the model in use, or None while there is none."""
        return self._bundle

    def load(self) -> Bundle:
        """Verify and read the bundle, then use it; the old one stays where this fails."""
        with self._lock:
            self._bundle = self._read()
            return self._bundle

    def reload(self) -> Bundle:
        """Load, and let the other workers follow."""
        bundle = self.load()
        if (stamp := self._settings.reload_stamp) is not None:
            stamp.touch()
            self._stamp_seen = self._stamp_time()
        return bundle

    def follow(self) -> None:
        """Load again where another worker did."""
        if (now := self._stamp_time()) == self._stamp_seen:
            return
        self._stamp_seen = now
        try:
            self.load()
        except BundleError as error:
            logger.error("the new model was refused: %s", error.code)

    def _stamp_time(self) -> int:
        stamp = self._settings.reload_stamp
        try:
            return 0 if stamp is None else stamp.stat().st_mtime_ns
        except OSError:
            return 0

    def _read(self) -> Bundle:
        settings = self._settings
        if (settings.model_file, settings.info_file) == (MODEL_FILE, INFO_FILE):
            return load_bundle(settings.model_folder, trusted_sha256=settings.trusted())
        # The library knows a bundle by its files' names; a copy gives them.
        with tempfile.TemporaryDirectory(prefix="mesodesk-ml-") as scratch:
            for theirs, ours in (
                (settings.model_file, MODEL_FILE),
                (settings.info_file, INFO_FILE),
            ):
                if (settings.model_folder / theirs).exists():
                    shutil.copyfile(settings.model_folder / theirs, Path(scratch) / ours)
            return load_bundle(Path(scratch), trusted_sha256=settings.trusted())
