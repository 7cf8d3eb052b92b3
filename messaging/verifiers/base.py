"""What we expect of a vendor's verifier, and how all of them ask."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

import httpx

ANSWER_BYTES_MAX = 64 * 1024
"""Bytes of a vendor's answer that are read."""


class VerifierRefused(Exception):
    """The vendor says that this captcha was not solved."""


class VerifierUnavailable(Exception):
    """The vendor said neither yes nor no: it did not answer, or not in its own words."""


class Answered(Protocol):
    """What a verifier reads of an answer: messaging.services.captchas.CaptchaAnswer says which field holds what."""

    @property
    def id(self) -> str: ...  # noqa: D102  # the class says it
    @property
    def answer(self) -> str: ...  # noqa: D102  # as above
    @property
    def extra(self) -> Mapping[str, str]: ...  # noqa: D102  # as above


class Verifier(Protocol):
    """One vendor, or one generation of its captcha."""

    def site(self, *, ip: str) -> dict[str, Any]:
        """What the vendor's script in the client wants to be started with. Raises VerifierUnavailable."""
        ...

    def check(self, answered: Answered, *, ip: str) -> str:
        """The vendor's own name of the captcha that was solved, by which it is spent; empty where it may come again.

        Raises VerifierRefused, VerifierUnavailable.
        """
        ...


def ask(method: str, url: str, *, timeout_seconds: float, **named: Any) -> Any:
    """What the vendor answers, read as JSON; `timeout_seconds` is for the whole of it, a trickle included.

    Raises VerifierUnavailable where it hangs, fails, or says what is no JSON.
    """
    deadline = time.monotonic() + timeout_seconds
    content = bytearray()
    try:
        with (
            httpx.Client(timeout=timeout_seconds, verify=_trusted(), trust_env=False) as client,
            client.stream(method, url, **named) as response,
        ):
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > ANSWER_BYTES_MAX or time.monotonic() > deadline:
                    raise VerifierUnavailable("the answer is too long or too slow")
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as trouble:
        raise VerifierUnavailable(f"no answer ({type(trouble).__name__})") from None
    if status != 200:
        raise VerifierUnavailable(f"answered {status}")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise VerifierUnavailable("the answer is no JSON") from None


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that we trust, read once: to read them takes longer than to ask."""
    return httpx.create_ssl_context(trust_env=False)


def text_of(answer: Any, name: str) -> str:
    """A text of the vendor's answer; empty where there is none."""
    value = answer.get(name) if isinstance(answer, dict) else None
    return value if isinstance(value, str) else ""
