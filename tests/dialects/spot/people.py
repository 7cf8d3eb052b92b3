"""Customers of spot and their programs."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import User
from apikeys.models import Scheme
from config.kit.clock import now
from tests import levels
from tests.apikeys import people
from tests.apikeys.independent import SpotClient
from tests.apikeys.test_foreign_requests import issue
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange
from wallet.models import Transfer, TrustedAddress
from wallet.services import coins, futures

ROOT = "/api/spot/v1/"
NETWORK = "Ethereum (ERC-20)"
ADDRESS = arrange.ADDRESS
_numbers = itertools.count(1)


@dataclass
class Program:
    """A program with a key that may do everything."""

    user: User
    client: SpotClient

    def post(self, path: str, body: Any = None, *, raw: bytes | None = None, nonce: str = "") -> Any:
        sent = json.dumps({} if body is None else body).encode() if raw is None else raw
        return people.send(self.client.sign("POST", ROOT + path, sent, nonce=nonce))

    def get(self, path: str) -> Any:
        return people.send(self.client.sign("GET", ROOT + path))

    def does(self, path: str, body: Any = None) -> Any:
        """What it answers as data; it went well."""
        told = self.post(path, body).json()
        assert (told["code"], told["msg"], told["success"]) == ("0", "result.success", True), told
        return told["data"]

    def refused(self, path: str, body: Any = None, **more: Any) -> str:
        """The number of the refusal."""
        answer = self.post(path, body, **more)
        told = answer.json()
        assert (answer.status_code, told["data"], told["success"]) == (200, None, False), told
        return str(told["code"])


def customer(*, usdt: str = "1000", level: int = 2) -> User:
    """A customer of the level, a year old, futures opened."""
    user = people.customer(f"program{next(_numbers)}@example.com")
    before = now() - timedelta(days=400)
    levels.give(user, level, at=before)
    User.objects.filter(pk=user.pk).update(registered_at=before)
    user.refresh_from_db()
    arrange.fund(user, usdt, coin="USDT")
    if level >= 2:
        futures.open_for(user=user)
    return user


def program(user: User | None = None, scopes: tuple[str, ...] = ("read", "transfer", "withdraw")) -> Program:
    """The program of a customer, and a trusted address to send to."""
    owner = user or customer()
    issued = issue(owner, Scheme.SPOT, scopes)
    moment = now()
    TrustedAddress.objects.get_or_create(
        customer=owner, coin_network=coins.network("USDT", "ETHEREUM"), address=ADDRESS, memo="",
        defaults={"label": "cold", "created_at": moment, "usable_from": moment},
    )  # fmt: skip
    return Program(owner, SpotClient(issued.api_key.key, issued.secret))


def withdrawal(**more: Any) -> dict[str, Any]:
    """The body of a withdrawal."""
    return {"coin": "USDT", "network": NETWORK, "address": ADDRESS, "amount": 20, **more}


def approved(number: str) -> str:
    """The transfer of that id, let through by as many officers as it takes."""
    transfer = Transfer.objects.get(public_id=number)
    while transfer.state != "completed":
        transfer = transfers.approve(transfer, transfers.officer())
    return number
