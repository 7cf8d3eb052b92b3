"""Gunicorn's configuration, for development and production: threads, because the time goes to the database.

The address to listen on is given on the command line (`--bind`). Figures behind the choice: docs/decisions/0004-web-server.md.
"""

from __future__ import annotations

import multiprocessing

worker_class = "gthread"
workers = max(2, min(multiprocessing.cpu_count(), 8))
threads = 8
timeout = 60
graceful_timeout = 15
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
preload_app = False
accesslog = None
errorlog = "-"
loglevel = "info"
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True
