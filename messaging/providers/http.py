"""One POST to a provider, with a time-out at each step and nothing of its words in what is raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from messaging.providers.base import ProviderSilent, ProviderUnavailable

STEPS = 4
"""Connecting, writing, waiting for the answer and reading it: each may take the time-out."""
ANSWER_BYTES_MAX = 64 * 1024
_NEVER_HAD_IT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, repr=False)
class HttpRequest:
    """One POST to a provider."""

    url: str
    json: Mapping[str, object] | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    basic: tuple[str, str] | None = None


def post(request: HttpRequest, *, who: str, timeout_seconds: float) -> httpx.Response:
    """The provider's answer. Raises ProviderUnavailable (it got nothing), ProviderSilent (it may have it)."""
    try:
        with httpx.Client(timeout=timeout_seconds, auth=request.basic, trust_env=False) as client:
            return client.post(request.url, json=request.json, data=request.form, headers=request.headers)
    except _NEVER_HAD_IT as trouble:
        raise ProviderUnavailable(f"{who} does not answer ({type(trouble).__name__})") from None
    except httpx.HTTPError as trouble:
        raise ProviderSilent(f"{who} gave no answer ({type(trouble).__name__})") from None


def answer_of(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object; empty where it is none, or too long to be one."""
    if len(response.content) > ANSWER_BYTES_MAX:
        return {}
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def word(answer: dict[str, Any], name: str) -> str:
    """A text or number of the answer as text; empty where there is none."""
    value = answer.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
