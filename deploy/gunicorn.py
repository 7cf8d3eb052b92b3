"""Gunicorn's configuration, for development and production: threads, because the time goes to the database.

The address to listen on is given on the command line (`--bind`). Figures behind the choice: docs/decisions/0004-web-server.md.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import shutil
import tempfile
import threading
from typing import Any

# Where the processes of this server count together. New at each start, before anything imports the counters.
METRICS_FOLDER = tempfile.mkdtemp(prefix="quaestor-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_FOLDER  # noqa: TID251  # the library reads its folder from nowhere else

worker_class = "gthread"
workers = max(2, min(multiprocessing.cpu_count(), 8))
threads = 8
timeout = 60
graceful_timeout = 15
keepalive = 15
max_requests = 20_000
max_requests_jitter = 2_000
preload_app = True
accesslog = None
errorlog = "-"
loglevel = "info"
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True

LIBRARIES_AFTER_SECONDS = 10.0


def on_starting(server: Any) -> None:
    """Try the store of the documents before a port is open; the application is loaded already (`preload_app`)."""
    from django.core.exceptions import ImproperlyConfigured

    from kyc.services import storage_check

    try:
        storage_check.at_start()
    except ImproperlyConfigured as unfit:
        raise SystemExit(str(unfit)) from None


def post_worker_init(worker: Any) -> None:
    """Load the chain's libraries when the start is over, so that neither it nor a customer waits for them."""
    for module in ("wallet.chains.evm", "wallet.chains.derivation"):
        later = threading.Timer(LIBRARIES_AFTER_SECONDS, importlib.import_module, args=(module,))
        later.daemon = True
        later.start()


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a process counted that is gone."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library says no types here


def on_exit(server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(METRICS_FOLDER, ignore_errors=True)
