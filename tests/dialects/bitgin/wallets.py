"""Customers with money and a session of bitgin's. How they come by session and level is told in other tests."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.conf import settings

from accounts.api.bitgin.calls import MANNERS
from accounts.models import User
from accounts.models.sessions import Level
from accounts.services import clients, sessions
from apikeys.models import Scheme
from config.kit.clock import now
from tests import factories_accounts as make
from tests import levels
from tests.apikeys import people as key_people
from tests.apikeys.independent import BtseClient
from tests.apikeys.test_foreign_requests import issue
from tests.dialects.bitgin.people import Caller
from tests.factories_messaging import read_message
from tests.wallet.withdrawals import arrange
from wallet.models import Transfer

OPERATION = "capital/wallet/operation"
CONFIRM, RESEND, CANCEL = "validate/transfer_confirm", "validate/emailtransfer_resend", "capital/transfer/cancel"
_numbers = itertools.count(1)


@dataclass
class Mover:
    """Who moves money."""

    user: User
    caller: Caller

    @property
    def username(self) -> str:
        return self.user.username or ""

    @property
    def email(self) -> str:
        return self.user.email or ""

    phone = ""

    def operate(self, operation: str, **said: Any) -> Any:
        """A wallet operation, as a session asks for it; `headers` are sent along."""
        headers = said.pop("headers", {})
        return self.caller.post(OPERATION, {"operation": operation, **said}, **headers)

    def send(self, to: Mover, amount: Any = 1, *, asset: str = "ETH", **said: Any) -> Any:
        """A TRANSFER to somebody, named as in the document's sample."""
        named = {"receiver": to.username, "receiverEmail": to.email}
        return self.operate("TRANSFER", **{"fromWallet": [source(asset, amount)], **named, **said})

    def sent(self, to: Mover, amount: Any = 1, **said: Any) -> int:
        """The id of a TRANSFER that stands."""
        answer = self.send(to, amount, **said)
        assert answer.json()["code"] == 1, answer.content
        return answer.json()["data"]

    def link(self) -> str:
        """The address in the newest mail about a transfer, without our own name and the dialect's prefix."""
        whole = read_message(self.user.email or "", "transfer_requested").facts["link"]
        prefix = f"{settings.PUBLIC_URL}/v1/"
        assert whole.startswith(f"{prefix}validate/emailtransfer?code="), whole
        return whole.removeprefix(prefix)

    def money(self, coin: str = "ETH") -> tuple[Decimal, Decimal]:
        """Available and held."""
        found = arrange.money(self.user, coin)
        return Decimal(found.available), Decimal(found.held)

    def browser(self) -> Caller:
        """The same session in a browser: its token in the cookie alone."""
        caller = Caller(keeps_cookies=True)
        caller.client.cookies["token"] = self.caller.token
        return caller


def source(asset: str = "ETH", amount: Any = 1, wallet: str = "SPOT@", **more: Any) -> dict[str, Any]:
    """One entry of `fromWallet`."""
    return {"wallet": wallet, "asset": asset, "amount": amount, **more}


def mover(*, level: int = 2, funds: str = "10", **coins: str) -> Mover:
    """A customer of 400 days with a user name, ten ether and a full session."""
    user = arrange.customer(level=level, funds=funds)
    for coin, amount in coins.items():
        arrange.fund(user, amount, coin=coin)
    user.username = f"mover{next(_numbers)}"
    user.save(update_fields=["username"])
    return Mover(user, Caller(token=token_of(user)))


def mover_with_app() -> tuple[Mover, make.App]:
    """The same with an authenticator, bound two days ago."""
    number = next(_numbers)
    with time_machine.travel(now() - timedelta(days=2)):
        user = make.customer(email=f"app{number}@example.com", username=f"app{number}")
        app = make.bind_totp(user)
        levels.give(user, 2, at=now())
    arrange.fund(user, "10")
    arrange.fund(user, "10", coin="USDT")
    return Mover(user, Caller(token=token_of(user))), app


def token_of(user: User) -> str:
    """The token of a new session in bitgin's form."""
    client = clients.describe(ip="127.0.0.1", user_agent="tests")
    return sessions.open_session(user=user, level=Level.FULL, client=client, manners=MANNERS).token


def key_of(user: User, *scopes: str) -> BtseClient:
    """A BTSE key with these scopes."""
    issued = issue(user, Scheme.BTSE, scopes)
    return BtseClient(issued.api_key.key, issued.secret)


def signed(client: BtseClient, method: str, path: str, body: bytes = b"", **more: Any) -> Any:
    """The answer to a signed request."""
    return key_people.send(client.sign(method, f"/v1/{path}", body, **more))


def state_of(public_id: int) -> str:
    """Where the transfer stands."""
    return Transfer.objects.values_list("state", flat=True).get(public_id=public_id)


def audit(path: str, public_id: object) -> str:
    """The path as the document spells it, with the transfer it is about."""
    return f"{path}?balance_audit_id={public_id}"
