"""What the ML service reads from its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHIPPED_FOLDER = Path(__file__).resolve().parents[2] / "model_result"
# SHA-256 of the manifest of the shipped bundle; printed by `python -m risk_model.train`.
SHIPPED_BUNDLE = "dc3f9667c0a16c434bd26c8389cd223d5987d67fbd44e9e034101036f82213c9"


@dataclass(frozen=True)
class MlSettings:
    """The ML service's settings."""

    api_key: str
    model_folder: Path
    model_file: str
    info_file: str
    allowed_origins: tuple[str, ...]
    is_insecure_allowed: bool
    host: str
    port: int
    trusted_sha256: frozenset[str]
    trust_file: Path | None
    reload_stamp: Path | None
    rate_limit_storage: str
    trusted_proxies: frozenset[str]

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "MlSettings":
        """Read the environment; what is not said is what is safe."""

        def words(name: str) -> list[str]:
            return [w.strip() for w in environment.get(name, "").split(",") if w.strip()]

        def path(name: str) -> Path | None:
            return Path(environment[name]) if environment.get(name) else None

        return cls(
            api_key=environment.get("API_KEY", ""),
            model_folder=path("MODEL_DIR") or SHIPPED_FOLDER,
            model_file=environment.get("MODEL_FILE") or "xgb_slim_features.joblib",
            info_file=environment.get("INFO_FILE") or "xgb_slim_features_info.json",
            allowed_origins=tuple(words("ALLOWED_ORIGINS")),
            is_insecure_allowed=environment.get("DEV_ALLOW_INSECURE") == "1",
            host=environment.get("DEV_HOST") or "127.0.0.1",
            port=int(environment.get("DEV_PORT") or 9000),
            trusted_sha256=frozenset({SHIPPED_BUNDLE, *words("TRUSTED_SHA256")}),
            trust_file=path("TRUST_FILE"),
            reload_stamp=path("RELOAD_STAMP"),
            rate_limit_storage=environment.get("RATELIMIT_STORAGE_URI") or "memory://",
            trusted_proxies=frozenset(words("TRUSTED_PROXIES") or ("127.0.0.1", "::1")),
        )

    def trusted(self) -> frozenset[str]:
        """Return the hashes that may load now; the trust file is read anew each time."""
        if self.trust_file is None or not self.trust_file.exists():
            return self.trusted_sha256
        lines = self.trust_file.read_text("utf-8").splitlines()
        return self.trusted_sha256 | {line.partition("#")[0].strip() for line in lines}
