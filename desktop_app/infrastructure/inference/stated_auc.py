"""What the sign-in window says of the model: read before anything of the model is imported."""

import json
from pathlib import Path


def read_auc(folder: Path) -> float | None:
    """Return the AUC that the bundle's metadata state, without loading the model."""
    try:
        info = json.loads((folder / "xgb_slim_features_info.json").read_bytes())
        return float(info["evaluation"]["auc"]["value"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
