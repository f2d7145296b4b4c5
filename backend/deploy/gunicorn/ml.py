"""gunicorn for the ML service: two workers on loopback, the model read once before they part."""

import os

wsgi_app = "backend.flask_ml.wsgi:application"
bind = os.environ.get("ML_BIND", "127.0.0.1:9000")
workers = int(os.environ.get("ML_WORKERS", "2"))
preload_app = True
timeout = 30
graceful_timeout = 20
# Both services would put one into the same home; systemd starts, reloads and stops them.
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1,::1"
accesslog = None
