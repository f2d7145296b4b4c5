"""Where the program's own files are."""

import sys
from pathlib import Path

_ROOT = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent.parent))


def resource(relative: str) -> Path:
    """Return the path of a shipped resource, from source or inside the frozen program."""
    return _ROOT / "resources" / relative
