"""Processes of our own that look again and again: stopped by SIGTERM between two looks, patient with the database."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections, connection

logger = logging.getLogger(__name__)

PAUSE_AFTER_FAULT_SECONDS = 2.0


def run_until_stopped(look: Callable[[], bool], *, pause_seconds: float, once: bool = False) -> None:
    """Call `look` until SIGTERM or SIGINT; at once again while it answers True (there was work), else after a pause.

    A database that is away is waited for. With `once`, one look, and what it raises is raised.
    """
    if once:
        look()
        return
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        pause = pause_seconds
        try:
            close_old_connections()
            if look():
                continue
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database does not answer: %s", type(error.__cause__ or error).__name__)
            pause = PAUSE_AFTER_FAULT_SECONDS
        except Exception:
            logger.exception("a look failed; the next one comes after a pause")
            connection.close()
            pause = PAUSE_AFTER_FAULT_SECONDS
        stopping.wait(pause)
