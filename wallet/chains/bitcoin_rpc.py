"""JSON-RPC of Bitcoin Core and its kin over HTTP. Amounts come as Decimal, errors as what they are.

Source: Bitcoin Core, doc/JSON-RPC-interface.md and src/rpc/protocol.h (error codes).
"""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from typing import Any

import httpx

from wallet.chains.errors import ChainUnavailable

NOT_FOUND = -5
"""RPC_INVALID_ADDRESS_OR_KEY: also "no such transaction"."""
INVALID_PARAMETER = -8
"""RPC_INVALID_PARAMETER: also "block height out of range"."""
ANSWER_BYTES_MAX = 256 * 1024 * 1024
"""A block of four million weight units, described in words."""
BUSY = (-28, -9, -10)
"""Starting, not connected, catching up: a question for later."""


class RpcRefused(Exception):
    """The node answered with an error of its own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class BitcoinRpc:
    """One node. Its URL may hold a password, and is told to nobody. Thread-safe; hold one per process."""

    def __init__(self, url: str, *, network: str, timeout_seconds: float) -> None:
        self._http = httpx.Client(timeout=httpx.Timeout(timeout_seconds, connect=min(2.0, timeout_seconds)), trust_env=False)
        self._url = url
        self._network = network
        self._ids = itertools.count(1)

    def call(self, method: str, *parameters: Any) -> Any:
        """The result. Raises RpcRefused, ChainUnavailable."""
        identity = next(self._ids)
        body = {"jsonrpc": "2.0", "id": identity, "method": method, "params": list(parameters)}
        try:
            response = self._http.post(self._url, content=json.dumps(body), headers={"Content-Type": "application/json"})
        except httpx.TimeoutException as error:
            raise self._unavailable("timeout") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._unavailable("no_connection") from error
        if response.status_code in (401, 403):
            raise self._unavailable("not_let_in")
        try:
            answer = json.loads(response.content, parse_float=Decimal)
            if answer["id"] != identity:
                raise ValueError("an answer to another question")
            failure = answer.get("error")
            if failure is None:
                return answer["result"]
            code, message = int(failure["code"]), str(failure["message"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unavailable("senseless_answer") from error
        if code in BUSY:
            raise self._unavailable("node_is_busy")
        raise RpcRefused(code, message)

    def _unavailable(self, reason: str) -> ChainUnavailable:
        return ChainUnavailable(network=self._network, reason=reason)

    def __repr__(self) -> str:
        return f"BitcoinRpc({self._network})"
