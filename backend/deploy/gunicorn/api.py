"""gunicorn for the REST server: stateless workers of four threads on loopback, behind nginx."""

import os

wsgi_app = "backend.django_api.wsgi:application"
bind = os.environ.get("API_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("API_WORKERS", "4"))
# A call that waits for the ML service must hold nobody up. Threads cost a call nothing that could
# be measured; more of them would only wait for the same core.
worker_class = "gthread"
threads = 4
# Longer than any call may take: the ML service has 15 s, a statement of the database 15 s.
timeout = 60
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 2_000
# Both services would put one into the same home; systemd starts, reloads and stops them.
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1,::1"
limit_request_fields = 60
# The application writes one line a request, without addresses of records.
accesslog = None
