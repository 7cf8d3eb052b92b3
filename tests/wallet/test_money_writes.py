"""What holds of every write of money, the future ones too: once for each key, and no row for a body that is none."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import KeyedRequest
from config.kit.money import AmountInvalid
from config.kit.views import DialectView
from tests.client import Api
from tests.wallet import money_writes
from tests.wallet.money_writes import PREFIX, STORIES, World, arranged, rows
from tests.wallet.payments import arrange as payments
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange as withdrawals
from tests.wallet.withdrawals.conftest import network
from wallet.services import sub_accounts
from wallet.services.conversions import quoting
from wallet.services.funds_transfers import moving
from wallet.services.payments import paying

__all__ = ["network"]
WRITES = list(money_writes.writes())

BAD_AMOUNTS = {
    "0": "0", "zero": 0, "-0": "-0", "-0.0 as number": "raw:-0.0", "-1": "-1", "-1 as number": -1,
    "1e-9": "1e-9", "1e-9 as number": "raw:1e-9", "nine places": "0.000000001", "1e400": "1e400",
    "1e400 as number": "raw:1e400", "1e2 as number": "raw:1e2", "NaN": "NaN", "NaN as number": "raw:NaN",
    "Infinity": "Infinity", "Infinity as number": "raw:Infinity", "-Infinity": "raw:-Infinity", "full width": "\uff11",
    "arabic": "\u0661", "1_000": "1_000", "1,000": "1,000", "0x1": "0x1", "+1": "+1", "01": "01", " 1": " 1", ".5": ".5",
    "5.": "5.", "empty": "", "null": None, "list": ["1"], "object": {"amount": "1"}, "true": True, "false": False,
    "78 digits": "9" * 78, "78 digits as number": int("9" * 78), "78 places": "0." + "1" * 78, "text": "one",
}  # fmt: skip
"""What is no amount; `raw:` stands for a JSON number with just these characters."""


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Holds the next request of a view at its door, after everything that comes before the work."""

    def hold(view: type[DialectView], method: str) -> tuple[threading.Event, threading.Event]:
        entered, let_go = threading.Event(), threading.Event()
        work = getattr(view, method)

        def slow(self: DialectView, call: Any) -> Any:
            entered.set()
            assert let_go.wait(60)
            return work(self, call)

        slow.operation = work.operation  # type: ignore[attr-defined]  # as the decorator does
        monkeypatch.setattr(view, method, slow)
        return entered, let_go

    return hold


def test_every_write_keeps_its_answers_and_tells_of_the_key() -> None:
    assert {write.name for write in WRITES} == set(STORIES)
    assert all(write.operation.idempotent for write in WRITES)


def _post(api: Api, method: str, path: str, body: Any, key: str) -> Any:
    return Api(token=api.token).call(method.upper(), PREFIX + path, body, headers={"Idempotency-Key": key})


@pytest.mark.usefixtures("real_db")
def test_each_write_happens_once_for_its_key_and_nobody_waits_for_another(gate: Any, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    world = World()
    for write in WRITES:
        _once(write, world, gate)


def _once(write: money_writes.Write, world: World, gate: Any) -> None:
    sent = arranged(write.name, world)
    entered, let_go = gate(write.view, write.method)

    def first() -> Any:
        try:
            return _post(world.api, write.method, sent.path, sent.body, "key")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(first)
        assert entered.wait(60), write.name
        before = rows()
        meanwhile = _post(world.api, write.method, sent.path, sent.body, "key")
        told = (meanwhile.status_code, meanwhile.json()["slug"], meanwhile.headers["Retry-After"])
        assert told == (409, "api.request_in_flight", "1"), write.name
        assert rows() == before, write.name
        let_go.set()
        answered = working.result()
    assert answered.status_code in {200, 201, 204}, f"{write.name}: {answered.content}"
    assert "Idempotency-Replayed" not in answered.headers, write.name
    _again(write, world, sent, answered)


def _again(write: money_writes.Write, world: World, sent: money_writes.Sent, answered: Any) -> None:
    done = rows()
    again = _post(world.api, write.method, sent.path, sent.body, "key")
    assert (again.status_code, again.content) == (answered.status_code, answered.content), write.name
    assert again.headers["Idempotency-Replayed"] == "true", write.name
    path, body = sent.other
    other = _post(world.api, write.method, path, body, "key")
    assert (other.status_code, other.json()["slug"]) == (422, "api.idempotency_key_reused"), write.name
    assert rows() == done, write.name


@pytest.mark.django_db
def test_a_key_is_its_customers_alone_and_a_refusal_leaves_it_free() -> None:
    world, other = World(), arranged_stranger()
    body = {**money_writes.WITHDRAWAL, "amount": "1000000"}
    refused = _post(world.api, "post", "withdrawals", body, "mine")
    assert refused.status_code == 422
    assert not KeyedRequest.objects.exists()
    made = _post(world.api, "post", "withdrawals", money_writes.WITHDRAWAL, "mine")
    assert (made.status_code, "Idempotency-Replayed" in made.headers) == (201, False)
    theirs = _post(other, "post", "withdrawals", money_writes.WITHDRAWAL, "mine")
    assert theirs.status_code != 201 or theirs.json()["id"] != made.json()["id"]
    assert "Idempotency-Replayed" not in theirs.headers


def arranged_stranger() -> Api:
    return World().api


@pytest.mark.django_db
def test_an_answer_is_kept_sealed() -> None:
    world = World()
    made = _post(world.api, "post", "withdrawals", money_writes.WITHDRAWAL, "mine")
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM accounts_keyedrequest")
        ((stored,),) = cursor.fetchall()
    assert stored.startswith("sealed:1:")
    assert made.json()["address"] not in stored


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "\u00e9"])
@pytest.mark.django_db
def test_a_key_that_is_none_is_refused(key: str) -> None:
    world = World()
    refused = _post(world.api, "post", "withdrawals", money_writes.WITHDRAWAL, key)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["Idempotency-Key"])


def _encoded(body: dict[str, Any], field: str, bad: Any) -> bytes:
    if isinstance(bad, str) and bad.startswith("raw:"):
        return json.dumps({**body, field: "RAW"}).replace('"RAW"', bad.removeprefix("raw:")).encode()
    return json.dumps({**body, field: bad}).encode()


@pytest.mark.django_db
def test_what_is_no_amount_is_refused_by_every_operation_and_leaves_no_row(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    world, found = World(), money_writes.amounts()
    assert {"POST withdrawals", "POST transfers", "POST payments", "POST conversions/quotes"} <= set(found)
    for name, fields in found.items():
        sent = arranged(name, world)
        before = rows()
        for field in fields:
            body = {key: value for key, value in sent.body.items() if key not in fields}
            for said, bad in BAD_AMOUNTS.items():
                where = f"{name} {field}: {said}"
                refused = world.api.call("POST", PREFIX + sent.path, raw=_encoded(body, field, bad))
                assert refused.status_code in {400, 422}, f"{where}: {refused.content}"
                told = refused.json()
                assert told["slug"] == "api.malformed" or field in told["fields"] or told["slug"] in FREE, f"{where}: {told}"
        assert rows() == before, name
        assert world.api.call("POST", PREFIX + sent.path, sent.body).status_code == 201, name


FREE = {"wallet.one_amount_due", "wallet.conversion_too_small", "money.amount_too_fine"}
"""Refusals that speak of the amount without naming just this field."""


@pytest.mark.parametrize("bad", [1.1, float("nan"), True, None, "1e2", Decimal("NaN"), Decimal("1e-19"), [], "９"])
@pytest.mark.django_db
def test_the_services_take_no_float_and_nothing_else_that_is_no_amount(bad: Any) -> None:
    world = World()
    me, before = world.customer, rows()
    acts: list[Any] = [
        lambda: withdrawals.ask(me, coin="USDT", amount=bad),
        lambda: transfers.ask(me, world.receiver, coin="USDT", amount=bad),
        lambda: paying.pay(customer=me, service=payments.SERVICE, coin="USDT", amount=bad),
        lambda: moving.move(customer=me, direction="spot_to_futures", coin="USDT", amount=bad),
        lambda: sub_accounts.transfer(parent=me, source=None, target=world.sub.uid, coin="USDT", amount=bad),
    ]
    if bad is not None:
        acts.append(lambda: quoting.quote(customer=me, source_coin="USDT", target_coin="ETH", source_amount=bad))
    for act in acts:
        with pytest.raises(AmountInvalid):
            act()
    assert rows() == before
