"""The WSGI application that gunicorn serves; the environment may stand in a file `.env`."""

from dotenv import load_dotenv

from backend.flask_ml.app import create_app

load_dotenv()
application = create_app()
