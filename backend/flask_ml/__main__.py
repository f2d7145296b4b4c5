"""`python -m backend.flask_ml`: the ML service on loopback, for development."""

from dotenv import load_dotenv

from backend.flask_ml.app import create_app
from backend.flask_ml.config import MlSettings


def main() -> None:
    """Serve until stopped."""
    load_dotenv()
    settings = MlSettings.from_environment()
    create_app(settings).run(settings.host, settings.port, threaded=True)


if __name__ == "__main__":
    main()
