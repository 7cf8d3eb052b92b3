"""RSA keys that are drawn ahead, so that no browser waits for its primes: each is given once and to one only.

They stand in the memory of one process and belong to nobody; what is given is sealed where it is kept. A thread behind
all others draws them, one at a time: a flood uses one core at most.
"""

from __future__ import annotations

import os
import threading
from collections import deque

from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from config.kit.errors import Unavailable

PUBLIC_EXPONENT = 65_537
WAIT_SECONDS = 3
"""How long a request waits for its turn to have a key drawn."""
BEHIND = 10
"""Niceness of the thread that draws ahead."""

_ready: deque[rsa.RSAPrivateKey] = deque()
_drawing = threading.BoundedSemaphore(1)
_filling = threading.Lock()


def take() -> rsa.RSAPrivateKey:
    """A key that nobody has: one that is ready, else one that is drawn now. Raises Unavailable where too many wait."""
    try:
        key = _one_ready()
        if key is not None:
            return key
        if not _drawing.acquire(timeout=WAIT_SECONDS):
            raise Unavailable(retry_after=WAIT_SECONDS)
        try:
            return _one_ready() or _draw()
        finally:
            _drawing.release()
    finally:
        _fill_behind()


def _one_ready() -> rsa.RSAPrivateKey | None:
    """Taken off, so that no other gets it; keys of other bits than the setting's are dropped."""
    while True:
        try:
            key = _ready.popleft()
        except IndexError:
            return None
        if key.key_size == settings.EXX_RSA_BITS:
            return key


def _draw() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=settings.EXX_RSA_BITS)


def _fill_behind() -> None:
    if len(_ready) < settings.EXX_KEYS_READY and not _filling.locked():
        threading.Thread(target=fill, name="drawn-keys", daemon=True).start()


def fill() -> None:
    """Draw until as many are ready as the setting says. One thread at a time does it."""
    if not _filling.acquire(blocking=False):
        return
    try:
        _step_back()
        while len(_ready) < settings.EXX_KEYS_READY:
            with _drawing:
                _ready.append(_draw())
    finally:
        _filling.release()


def _step_back() -> None:
    """Let every other thread go first, where the system can say so of a thread."""
    if threading.current_thread() is not threading.main_thread() and hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
