"""Signs what a generated client is about to send, as its last act: then every byte stands."""

from __future__ import annotations

import itertools
import time
from typing import Any

from requests import PreparedRequest
from requests.auth import AuthBase

from tests.apikeys.independent import BtseClient, SpotClient

_moments = itertools.count(1)
START_BEFORE_MILLISECONDS = 30_000
"""BTSE's nonce is the moment and counts once: moments are dealt out from here, each later than the one before."""


class Signing(AuthBase):
    """By one key, with a new nonce each time."""

    def __init__(self, client: SpotClient | BtseClient) -> None:
        self.client = client
        self.start = int(time.time() * 1000) - START_BEFORE_MILLISECONDS

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The same request with its headers."""
        signed = self.client.sign(request.method or "", request.path_url, body_of(request), moment=self._moment())
        request.headers.update(signed.headers)
        return request

    def _moment(self) -> str:
        return str(self.start + next(_moments))


def body_of(request: PreparedRequest) -> bytes:
    """Its bytes."""
    body: Any = request.body
    return body.encode() if isinstance(body, str) else body or b""
