"""A real mail server and a real SMS gateway, and people to write to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.db import connection

from config.carriers import email_carriers, sms_carriers
from config.kit.clock import now
from messaging.outbox import catcher


def customer(email: str | None = "ada@example.com", **fields: Any) -> Any:
    """A customer's row, as messaging knows it."""
    values = {"email": email, "register_type": "email" if email else "phone", "registered_at": now(), **fields}
    return get_user_model()._default_manager.create(**values)


THREADS_MAX = 24
"""Threads with a connection each: the suite runs in parallel, and PostgreSQL's connections are counted."""


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act(0…count-1)` answered or raised, on threads that start together and share the numbers."""
    results: list[Any] = [None] * count
    threads_count = min(count, THREADS_MAX)
    gate = threading.Barrier(threads_count)

    def run(first: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            for number in range(first, count, threads_count):
                try:
                    results[number] = act(number)
                except Exception as raised:  # noqa: BLE001  # whatever it was, it is the answer
                    results[number] = raised
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(first,)) for first in range(threads_count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return results


CONNECTIONS_MAX = 24
"""Connections that a crowd holds at the same time."""


def crowd(count: int, act: Callable[[], Any]) -> list[Any]:
    """What `act()` answered or raised in each of `count` threads, all of them alive before the first one acts.

    Each takes a connection of its own; CONNECTIONS_MAX of them at a time, as the pool of a busy server would let them.
    """
    gate, slots = threading.Barrier(count), threading.BoundedSemaphore(CONNECTIONS_MAX)
    results: list[Any] = []

    def run() -> None:
        gate.wait(timeout=60)
        with slots:
            try:
                results.append(act())
            except Exception as raised:  # noqa: BLE001  # whatever it was, it is the answer
                results.append(raised)
            finally:
                connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return results


@pytest.fixture
def post_office(real_db: None, settings: LazySettings) -> Iterator[None]:
    """The development post office on free ports, with the settings pointing at it."""
    with free_ports(settings):
        yield


class free_ports:  # noqa: N801  # reads as a statement
    """Start both catchers on ports of their own and point the settings there."""

    def __init__(self, settings: LazySettings) -> None:
        self.settings = settings

    def __enter__(self) -> None:
        self.mail = catcher.mail_server(0)
        self.mail.start()
        self.sms = catcher.sms_server(0)
        self.thread = threading.Thread(target=self.sms.serve_forever, daemon=True)
        self.thread.start()
        self.settings.EMAIL_CARRIERS = email_carriers(f"smtp://127.0.0.1:{self.mail.port}?from=no-reply@quaestor.local")
        self.settings.SMS_CARRIERS = sms_carriers(f"http://bearer:token-of-tests@127.0.0.1:{self.sms.server_port}/sms")

    def __exit__(self, *_: object) -> None:
        self.sms.shutdown()
        self.sms.server_close()
        self.mail.stop()
