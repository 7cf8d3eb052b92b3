"""The development chain as an outsider uses it: a faucet, balances, JSON-RPC over HTTP."""

from __future__ import annotations

import secrets
import time
from decimal import Decimal
from typing import Any

import httpx
from eth_utils.address import to_checksum_address

from config.demo.browser import PATIENCE_SECONDS, StoryFailed

SCALES = {"ETH": 18, "USDT": 6}
BALANCE_OF = "0x70a08231"
"""Selector of ERC-20's balanceOf(address)."""
USDT_CONTRACT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"


def stranger() -> str:
    """An address that nobody has used, so that what lies on it later was sent to it in this story."""
    return str(to_checksum_address("0x" + secrets.token_hex(20)))


class Chain:
    """One node at `url`."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False)

    def call(self, method: str, *parameters: Any) -> Any:
        """Ask the node, again while it does not answer. Raises StoryFailed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.http.post(
                    "", json={"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
                ).json()
            except (httpx.TransportError, ValueError) as reason:
                if time.monotonic() > deadline:
                    raise StoryFailed(f"the chain does not answer {method}: {reason!r}") from reason
                time.sleep(0.5)
                continue
            if "error" in answer:
                raise StoryFailed(f"the chain refuses {method}: {answer['error']}")
            return answer["result"]

    def balance(self, coin: str, address: str) -> Decimal:
        """What lies on the address, in the coin's unit."""
        if coin == "ETH":
            units = self.call("eth_getBalance", address, "latest")
        else:
            asked = {"to": USDT_CONTRACT, "data": BALANCE_OF + address[2:].lower().rjust(64, "0")}
            units = self.call("eth_call", asked, "latest")
        return Decimal(int(units, 16)).scaleb(-SCALES[coin])

    def pay(self, coin: str, address: str, amount: Decimal) -> None:
        """Let the faucet bring the address up to `amount`; an attempt that lost its answer is not paid twice."""
        missing = amount - self.balance(coin, address)
        if missing > 0:
            self.call("development_send", coin, address, str(int(missing.scaleb(SCALES[coin]))))
