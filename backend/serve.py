"""`python -m backend.serve`: both services on loopback, SQLite, a demonstration account."""

import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

DATA = Path(__file__).resolve().parents[1] / "build" / "server"


def main() -> int:
    """Start both and wait; either one's end ends the other."""
    DATA.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(24)
    api_port = os.environ.get("API_PORT", "8000")
    ml_port = os.environ.get("ML_PORT", "9000")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "backend.django_api.settings.local",
        "DATABASE_URL": os.environ.get("DATABASE_URL", f"sqlite:///{DATA / 'local.sqlite3'}"),
        "API_KEY": key,
        "ML_API_KEY": key,
        "ML_BASE_URL": f"http://127.0.0.1:{ml_port}",
        "DEV_HOST": "127.0.0.1",
        "DEV_PORT": ml_port,
        "RELOAD_STAMP": str(DATA / "reload"),
        "SYNC_KEY_FILE": os.environ.get("SYNC_KEY_FILE", str(DATA / "sync-keys.json")),
    }

    def python(*arguments: str) -> list[str]:
        return [sys.executable, "-m", *arguments]

    manage = python("backend.django_api.manage")
    subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True)
    subprocess.run([*manage, "demonstration"], env=environment, check=True)
    if not Path(environment["SYNC_KEY_FILE"]).exists():
        subprocess.run([*manage, "make_sync_keys"], env=environment, check=True)
    print(f"http://127.0.0.1:{api_port}/api/docs/  and  /admin/   (Ctrl+C stops)", flush=True)
    signal.signal(signal.SIGTERM, _interrupt)
    running = [
        subprocess.Popen(python("backend.flask_ml"), env=environment),
        # --insecure serves the administration pages' styles without the debug pages.
        subprocess.Popen(
            [*manage, "runserver", "--noreload", "--insecure", f"127.0.0.1:{api_port}"],
            env=environment,
        ),
    ]
    try:
        while all(process.poll() is None for process in running):
            try:
                running[0].wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
