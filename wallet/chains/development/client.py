"""What tests and the demo ask of a running development chain, beyond what a node offers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import httpx

FAUCET_SCALES = {"ETH": 18, "USDT": 6}
"""Decimals of what the faucet pays."""


class ChainCallFailed(Exception):
    """The chain answered with an error."""


class DevelopmentChainClient:
    """The faucet, the miner and the fault switch of the chain at `url`."""

    def __init__(self, url: str, *, timeout_seconds: float = 10.0) -> None:
        self.url = url
        self._http = httpx.Client(timeout=timeout_seconds, trust_env=False)

    def call(self, method: str, *parameters: Any) -> Any:
        """Any JSON-RPC method. Raises ChainCallFailed, httpx.HTTPError."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        answer = self._http.post(self.url, json=body).json()
        if "error" in answer:
            raise ChainCallFailed(answer["error"]["message"])
        return answer["result"]

    def send(self, *, coin: str, to: str, amount: Decimal) -> str:
        """Pay from the faucet; gives the transaction's hash. Raises ChainCallFailed."""
        units = amount.scaleb(FAUCET_SCALES[coin])
        if units != units.to_integral_value():
            raise ChainCallFailed(f"{amount} is finer than {coin} on the chain")
        return str(self.call("development_send", coin, to, str(int(units))))

    def mine(self, blocks: int = 1) -> int:
        """Make blocks now; gives the height."""
        return int(self.call("development_mine", blocks), 16)

    def height(self) -> int:
        """Number of the newest block."""
        return int(self.call("eth_blockNumber"), 16)

    def reorganise(self, *, depth: int, dropped: Sequence[str] = ()) -> str:
        """Replace the newest blocks; gives the new head's hash."""
        return str(self.call("development_reorganise", depth, list(dropped)))

    def mine_on_send(self, *, wanted: bool) -> None:
        """Whether transactions are mined as they arrive."""
        self.call("development_mine_on_send", wanted)

    def arm(self, fault: str, *, method: str = "*", times: int = 1, seconds: float = 3600.0) -> None:
        """Let the next calls of a method go wrong: hang, late, lose_answer, garbage."""
        self.call("development_fault", fault, method, times, seconds)

    def clear(self) -> None:
        """No more faults."""
        self.call("development_clear")
