"""Where the program's own files and the clinic's data are."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VERSION = "1.0.0"
# SHA-256 of the manifest of each bundle that this program was built to trust; the manifest names
# the SHA-256 of every other file. Printed by `python -m risk_model.train`.
TRUSTED_BUNDLES = frozenset({"dc3f9667c0a16c434bd26c8389cd223d5987d67fbd44e9e034101036f82213c9"})
DATA_FOLDER_VARIABLE = "MESODESK_DATA_DIR"

_ROOT = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent.parent))


def resource(relative: str) -> Path:
    """Return the path of a shipped resource, from source or inside the frozen program."""
    return _ROOT / "resources" / relative


def model_folder() -> Path:
    """Return the folder of the shipped model bundle."""
    return _ROOT / "model_result"


def data_folder(chosen: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the clinic's folder: the chosen one, the environment's, or the system's own."""
    if chosen is not None:
        return chosen.absolute()
    if named := environment.get(DATA_FOLDER_VARIABLE):
        return Path(named).absolute()
    home = Path.home()
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "MesoDesk"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "MesoDesk"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "mesodesk"
