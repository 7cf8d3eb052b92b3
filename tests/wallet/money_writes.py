"""Every write of the native dialect that moves money or decides about it, with a request that succeeds.

The operations are read off the index, the fields off the description: a new one has to say here how it is arranged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from accounts.models.sessions import Level
from accounts.services import clients, sessions
from config.dialects.native.urls import urlpatterns
from config.kit.fields import AmountField
from config.kit.operations import Operation
from config.kit.views import DialectView
from messaging.models import Allowance, Purpose
from tests.client import Api
from tests.factories_around import proof_body, sub_account
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.wallet.fiat import arrange as fiat
from tests.wallet.payments import arrange as payments
from tests.wallet.rates import arrange as rates
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange
from wallet.models import Transfer
from wallet.services import futures

PREFIX = "/api/v1/"
SHOWN_ONCE = {"POST api-keys": "its answer holds the key's secret, which is shown once and kept nowhere"}
"""Writes of the wallet that keep no answer, each with the reason."""


@dataclass(frozen=True)
class Write:
    """One operation as it is declared."""

    name: str
    view: type[DialectView]
    method: str
    operation: Operation


def writes() -> Iterator[Write]:
    """All that the wallet's views of the native dialect change."""
    for pattern in urlpatterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        if not (isinstance(view, type) and issubclass(view, DialectView) and view.__module__.startswith("wallet.")):
            continue
        for method, operation in view.operations.items():
            name = f"{method.upper()} {re.sub(r'<.*?>', '{id}', str(pattern.pattern))}"
            if method != "get" and name not in SHOWN_ONCE and getattr(view, method).__module__.startswith("wallet."):
                yield Write(name, view, method, operation)


@dataclass
class World:
    """A customer with money, somebody to give to, and what can be bought."""

    customer: User = field(default_factory=lambda: fiat.customer(funds="100000"))
    receiver: User = field(default_factory=lambda: arrange.customer(funds="0"))
    api: Api = field(default_factory=Api)

    def __post_init__(self) -> None:
        arrange.fund(self.customer, "10")
        arrange.fund(self.customer, "100000", coin="USDT")
        fiat.open_bank()
        rates.tell_all()
        payments.sell()
        opened = sessions.open_session(
            user=self.customer, level=Level.FULL, client=clients.describe(ip="127.0.0.1", user_agent="t")
        )
        self.api.token = opened.token
        self.sub = sub_account(self.customer)

    def code(self) -> str:
        """The newest code in the customer's mailbox."""
        return read_code(self.customer.email or "")

    def transfer(self) -> Transfer:
        """A transfer whose link was opened."""
        return transfers.opened(self.customer, self.receiver, coin="USDT", amount="5")


@dataclass(frozen=True)
class Sent:
    """A request that succeeds, and what makes another one of it (nothing: another id in the path)."""

    path: str
    body: dict[str, Any] = field(default_factory=dict)
    otherwise: dict[str, Any] = field(default_factory=dict)

    @property
    def other(self) -> tuple[str, dict[str, Any]]:
        """Path and body of another request to the same operation."""
        if self.otherwise:
            return self.path, {**self.body, **self.otherwise}
        return re.sub(r"/\d+", "/4203918275640192", self.path, count=1), self.body


WITHDRAWAL = {"coin": "USDT", "network": "ETHEREUM", "address": arrange.ADDRESS, "amount": "20"}
MORE = {"amount": "21"}


def _withdrawal(world: World, step: str) -> Sent:
    pass_time_for_resend()
    asked = arrange.ask(world.customer, coin="USDT", amount="20")
    body = {"code": world.code(), "method": "email"} if step == "confirm" else {}
    return Sent(f"withdrawals/{asked.public_id}/{step}", body)


def _told(world: World) -> Sent:
    pass_time_for_resend()
    asked = arrange.ask(world.customer, coin="USDT", amount="20")
    another = {"is_own": False, "beneficiary": "Grace Hopper"}
    return Sent(f"withdrawals/{asked.public_id}/travel-rule", {"is_own": True}, another)


def _fiat(world: World, step: str = "") -> Sent:
    pass_time_for_resend()
    body = {"coin": "TWD", "bank_account": str(fiat.account_of(world.customer).public_id), "amount": "1000"}
    if not step:
        return Sent("fiat-withdrawals", body, {"amount": "1001"})
    asked = fiat.ask(world.customer, amount="1000")
    return Sent(f"fiat-withdrawals/{asked.public_id}/{step}", {"code": world.code()} if step == "confirm" else {})


def _trusted(world: World) -> Sent:
    body = {"label": "cold", "coin": "USDT", "network": "ETHEREUM", "address": arrange.OTHER_ADDRESS}
    pass_time_for_resend()
    world.api.post(PREFIX + "trusted-addresses", body)
    return Sent("trusted-addresses", {**body, "code": world.code()}, {"label": "colder"})


def _resent(world: World) -> Sent:
    asked = transfers.ask(world.customer, world.receiver, coin="USDT", amount="5")
    Transfer.objects.filter(pk=asked.pk).update(link_sent_at="2026-01-01T00:00:00Z")
    return Sent(f"transfers/{asked.public_id}/resend")


def _quoted(world: World) -> Sent:
    body = {"source_coin": "USDT", "target_coin": "ETH", "source_amount": "100"}
    quote = world.api.post(PREFIX + "conversions/quotes", body).json()
    return Sent("conversions", {"quote": quote["id"]}, {"quote": "4203918275640192"})


def _dust(world: World) -> list[str]:
    """A balance of BTC that is small, whatever was asked for before."""
    arrange.fund(world.customer, "0.00001", coin="BTC")
    return ["BTC"]


def _swept(world: World) -> Sent:
    body = {"target_coin": "USDT", "coins": _dust(world)}
    offered = world.api.post(PREFIX + "conversions/dust-quotes", body).json()
    return Sent("conversions/dust", {"quote": offered["id"]}, {"quote": "4203918275640192"})


def _moved(world: World) -> Sent:
    futures.open_for(user=world.customer)
    return Sent("funds-transfers", {"direction": "spot_to_futures", "coin": "USDT", "amount": "5"}, MORE)


def _removed(world: World) -> Sent:
    sub = sub_account(world.customer)
    return Sent(f"sub-accounts/{sub.uid}", proof_body(world.customer, Purpose.SUB_ACCOUNT_DELETE))


STORIES: dict[str, Callable[[World], Sent]] = {
    "POST futures": lambda _: Sent("futures", {"agreement": settings.FUTURES_AGREEMENT}, {"agreement": "1999-01"}),
    "POST deposit-addresses": lambda _: Sent("deposit-addresses", {"coin": "USDT", "network": "ETHEREUM"}, {"coin": "ETH"}),
    "POST trusted-addresses": _trusted,
    "POST transfers": lambda world: Sent(
        "transfers", {"receiver_uid": str(world.receiver.uid), "coin": "USDT", "amount": "5"}, MORE
    ),
    "POST transfers/{id}/confirm": lambda world: Sent(f"transfers/{world.transfer().public_id}/confirm"),
    "POST transfers/{id}/cancel": lambda world: Sent(f"transfers/{world.transfer().public_id}/cancel"),
    "POST transfers/{id}/resend": _resent,
    "POST withdrawals": lambda _: Sent("withdrawals", WITHDRAWAL, MORE),
    "POST withdrawals/{id}/confirm": lambda world: _withdrawal(world, "confirm"),
    "POST withdrawals/{id}/cancel": lambda world: _withdrawal(world, "cancel"),
    "PUT withdrawals/{id}/travel-rule": _told,
    "POST fiat-withdrawals": _fiat,
    "POST fiat-withdrawals/{id}/confirm": lambda world: _fiat(world, "confirm"),
    "POST fiat-withdrawals/{id}/cancel": lambda world: _fiat(world, "cancel"),
    "POST conversions/quotes": lambda _: Sent(
        "conversions/quotes",
        {"source_coin": "USDT", "target_coin": "ETH", "source_amount": "100"},
        {"source_amount": "101"},
    ),
    "POST conversions": _quoted,
    "POST conversions/dust-quotes": lambda world: Sent(
        "conversions/dust-quotes", {"target_coin": "ETH", "coins": _dust(world)}, {"target_coin": "USDT"}
    ),
    "POST conversions/dust": _swept,
    "POST funds-transfers": _moved,
    "POST payments": lambda _: Sent("payments", {"service": payments.SERVICE, "coin": "USDT", "amount": "5"}, MORE),
    "POST sub-accounts/transfers": lambda world: Sent(
        "sub-accounts/transfers", {"target": str(world.sub.uid), "coin": "USDT", "amount": "5"}, MORE
    ),
    "DELETE sub-accounts/{id}": _removed,
}
"""How each write is arranged."""


def arranged(name: str, world: World) -> Sent:
    """A request of that operation that succeeds, whatever was asked for before."""
    Allowance.objects.all().delete()
    return STORIES[name](world)


def amounts() -> dict[str, list[str]]:
    """Operation → the fields of its body that are amounts, as the description tells them."""
    document = SchemaGenerator(urlconf="config.dialects.native.urls_mounted").get_schema(request=None, public=True)
    pattern = AmountField._spectacular_annotation["field"]["pattern"]  # type: ignore[attr-defined]  # set by the decorator
    found = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            for shape in content.values():
                schema = document["components"]["schemas"][shape["schema"]["$ref"].rpartition("/")[2]]
                names = [name for name, told in schema["properties"].items() if told.get("pattern") == pattern]
                if names:
                    found[f"{method.upper()} {re.sub(r'{.*?}', '{id}', path.removeprefix(PREFIX))}"] = names
    return found


def rows() -> dict[str, int]:
    """How many rows each table of the wallet has, and how many messages wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'wallet%' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()] + ["messaging_message"]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        return dict(cursor.fetchall())
