"""An HTTP client that does not give up: the product may be killed under it at any moment."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

TIMEOUT_SECONDS = 30.0
PATIENCE_SECONDS = 180.0
"""How long one call is tried again before the story fails."""
PAUSE_SECONDS_MAX = 2.0
AGAIN = frozenset({408, 502, 503, 504})
"""Answers of a product that is being started again."""
UNDER_WAY = "api.request_in_flight"
"""The process that took our key may live on for a moment after its connection was cut."""


class StoryFailed(Exception):
    """The story can't go on; the message says where and why."""


class Refused(StoryFailed):
    """The product said no. `repeated` tells that an earlier, unanswered attempt may have been carried out."""

    def __init__(self, what: str, response: httpx.Response, *, repeated: bool) -> None:
        self.response = response
        self.status = response.status_code
        self.body = _problem(response)
        self.slug = str(self.body.get("slug", ""))
        self.retry_after = int(response.headers.get("Retry-After") or self.body.get("retry_after") or 0)
        self.repeated = repeated
        super().__init__(f"{what}: {self.status} {self.slug} {self.body.get('detail', response.text[:200])}")


@dataclass
class Tally:
    """What the network cost, over all clients."""

    calls: int = 0
    retries: int = 0


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


class Browser:
    """One sender with an address of its own."""

    def __init__(self, url: str, source: str, tally: Tally) -> None:
        self.tally = tally
        transport = httpx.HTTPTransport(local_address=source)
        self.http = httpx.Client(base_url=url, transport=transport, timeout=TIMEOUT_SECONDS, trust_env=False)

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Callable[[], Any] | None = None,
        headers: Callable[[bytes], Mapping[str, str]] | None = None,
        waits_when_limited: bool = True,
        **given: Any,
    ) -> httpx.Response:
        """The answer, whatever it says. Tried again while the product is away; `body` and `headers` are made anew each time.

        Raises Refused for 4xx and 5xx (`repeated` after an attempt without an answer), StoryFailed when patience ends.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        attempt, repeated = 0, False
        while True:
            self._pause(attempt)
            attempt += 1
            try:
                request = self._request(method, path, body, headers, given)
                response = self.http.send(request)
            except httpx.TransportError as reason:
                repeated = repeated or not isinstance(reason, httpx.ConnectError)
                if time.monotonic() > deadline:
                    raise StoryFailed(f"{method} {path}: no answer for {PATIENCE_SECONDS:.0f} s ({reason!r})") from reason
                continue
            if response.status_code < 400:
                response.extensions["repeated"] = repeated
                return response
            refusal = Refused(f"{method} {path}", response, repeated=repeated)
            if time.monotonic() > deadline:
                raise refusal
            if refusal.status in AGAIN or refusal.slug == UNDER_WAY:
                repeated = True
            elif refusal.status == 429 and waits_when_limited:
                time.sleep(min(60, max(1, refusal.retry_after)))
            else:
                raise refusal

    def _pause(self, attempt: int) -> None:
        if attempt:
            self.tally.retries += 1
            time.sleep(min(PAUSE_SECONDS_MAX, 0.1 * 2**attempt) * random.uniform(0.5, 1.0))  # noqa: S311  # jitter
        self.tally.calls += 1

    def _request(
        self,
        method: str,
        path: str,
        body: Callable[[], Any] | None,
        headers: Callable[[bytes], Mapping[str, str]] | None,
        given: dict[str, Any],
    ) -> httpx.Request:
        request = self.http.build_request(method, path, json=body() if body else None, **given)
        if headers is not None:
            request.headers.update(headers(request.read()))
        return request


def wait_for(what: str, look: Callable[[], Any], *, seconds: float, first_pause: float = 0.2, pause_max: float = 1.5) -> Any:
    """What `look` finds, asked again until it is true. Raises StoryFailed when the time is over."""
    deadline = time.monotonic() + seconds
    pause = first_pause
    while not (found := look()):
        if time.monotonic() > deadline:
            raise StoryFailed(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause_max, pause * 1.3)
    return found
