"""What names no destination, no receiver, nothing of one's own: refused in words by every native write of money, without a row.

Bad amounts are told in `test_money_writes.py`. A new write has to say here what else of its body can be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.wallet import money_writes
from tests.wallet.conversions.arrange import offer
from tests.wallet.fiat import arrange as fiat
from tests.wallet.money_writes import PREFIX, STORIES, Sent, World, arranged, rows
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from wallet.chains import registry
from wallet.models import CoinNetwork
from wallet.services.conversions import dust
from wallet.services.deposits import addresses

__all__ = ["network"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("network")]
ROOT = Path(__file__).resolve().parents[2]

Wrong = dict[str, Any] | Callable[[World, World], dict[str, Any]]
"""What is wrong of the body (None: it lacks that), or what makes it from the customer's world and a stranger's."""

ADDRESS = arrange.ADDRESS.replace("6E0F", "6e0F")
UNKNOWN_COIN = {"unknown coin": ({"coin": "DOGE"}, "wallet.unknown_coin"), "no coin": ({"coin": ""}, "api.invalid")}
DESTINATIONS: dict[str, tuple[Wrong, str]] = {
    "bad checksum": ({"address": ADDRESS}, "wallet.invalid_address"),
    "one digit short": ({"address": arrange.ADDRESS[:-1]}, "wallet.invalid_address"),
    "one digit more": ({"address": arrange.ADDRESS + "0"}, "wallet.invalid_address"),
    "no prefix": ({"address": arrange.ADDRESS[2:]}, "wallet.invalid_address"),
    "another network's address": ({"address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}, "wallet.invalid_address"),
    "full width": ({"address": arrange.ADDRESS[:-1] + "\uff10"}, "wallet.invalid_address"),
    "nobody's address": ({"address": "0x" + "0" * 40}, "wallet.invalid_address"),
    "no address": ({"address": ""}, "api.invalid"),
    "too long": ({"address": "0x" + "1" * 200}, "api.invalid"),
    "unknown network": ({"network": "NOWHERE"}, "wallet.unknown_network"),
    "a network that does not carry it": ({"network": "BANK"}, "wallet.unknown_network"),
    "forbidden memo": ({"memo": "7"}, "wallet.invalid_memo"),
    "own address": (
        lambda world, _: {"address": addresses.issue(customer=world.customer, coin="USDT", network="ETHEREUM")[0].address},
        "wallet.own_address",
    ),
    "the house's address": (lambda *_: {"address": registry.hot_wallet("ETHEREUM")}, "wallet.house_address"),
    **UNKNOWN_COIN,
}  # fmt: skip
RECEIVERS: dict[str, tuple[Wrong, str]] = {
    "oneself": (lambda world, _: {"receiver_uid": str(world.customer.uid)}, "wallet.transfer_to_oneself"),
    "oneself by mail": (
        lambda world, _: {"receiver_uid": None, "receiver_email": world.customer.email}, "wallet.transfer_to_oneself",
    ),
    "own sub-account": (lambda world, _: {"receiver_uid": str(world.sub.uid)}, "wallet.receiver_is_family"),
    "names that disagree": (lambda _, other: {"receiver_email": other.customer.email}, "accounts.receivers_differ"),
    "one name of nobody": ({"receiver_email": "nobody@example.com"}, "accounts.receiver_unknown"),
    "nobody": ({"receiver_uid": "100000001"}, "accounts.receiver_unknown"),
    "no name": ({"receiver_uid": None}, "accounts.receiver_not_named"),
    "not a uid": ({"receiver_uid": "1' OR '1'='1"}, "accounts.receiver_unknown"),
    **UNKNOWN_COIN,
}  # fmt: skip
BAD: dict[str, dict[str, tuple[Wrong, str]]] = {
    # First: who has opened them is told so, whatever is agreed to again.
    "POST futures": {"another agreement": ({"agreement": "1999-01"}, "wallet.futures_agreement_changed")},
    "POST withdrawals": DESTINATIONS,
    "POST trusted-addresses": DESTINATIONS,
    "POST deposit-addresses": {
        "a network that does not carry it": ({"network": "BANK"}, "wallet.unknown_network"),
        "unknown network": ({"network": "NOWHERE"}, "wallet.unknown_network"),
        "unknown coin": ({"coin": "DOGE"}, "wallet.unknown_coin"),
    },
    "POST transfers": RECEIVERS,
    "POST fiat-withdrawals": {
        "another's bank account": (
            lambda _, other: {"bank_account": str(fiat.account_of(other.customer).public_id)}, "api.absent",
        ),
        "no bank account": ({"bank_account": "x"}, "api.absent"),
        "a coin that banks do not carry now": ({"coin": "USD"}, "wallet.fiat_withdrawals_closed"),
        "no fiat coin": ({"coin": "USDT"}, "wallet.not_a_fiat_coin"),
        **UNKNOWN_COIN,
    },
    "POST conversions/quotes": {
        "the same coin": ({"target_coin": "USDT"}, "wallet.same_coin"),
        "unknown coin": ({"target_coin": "DOGE"}, "wallet.unknown_coin"),
        "both amounts": ({"target_amount": "1"}, "wallet.one_amount_due"),
    },
    "POST conversions": {
        "another's quote": (lambda _, other: {"quote": str(offer(other.customer).public_id)}, "api.absent"),
        "no quote": ({"quote": "x"}, "api.absent"),
    },
    "POST conversions/dust-quotes": {
        "the same coin": ({"target_coin": "BTC"}, "wallet.same_coin"),
        "unknown coin": ({"coins": ["DOGE"]}, "wallet.unknown_coin"),
        "nothing of it": ({"coins": ["CNY"]}, "wallet.not_dust"),
    },
    "POST conversions/dust": {"another's offer": (lambda _, other: {"quote": _dust_of(other)}, "api.absent")},
    "POST funds-transfers": {"no direction": ({"direction": "home"}, "api.invalid"), **UNKNOWN_COIN},
    "POST payments": {"unknown service": ({"service": "NONE"}, "wallet.unknown_service"), **UNKNOWN_COIN},
    "POST sub-accounts/transfers": {
        "to itself": (lambda world, _: {"source": str(world.sub.uid)}, "wallet.same_account"),
        "another's sub-account": (lambda _, other: {"target": str(other.sub.uid)}, "api.absent"),
        "another customer": (lambda _, other: {"target": str(other.customer.uid)}, "api.absent"),
        "from another's": (lambda _, other: {"source": str(other.sub.uid)}, "api.absent"),
        **UNKNOWN_COIN,
    },
}  # fmt: skip
"""Write → what else than an amount can be wrong of its body → the refusal. Writes of one thing have its id instead."""


def _dust_of(other: World) -> str:
    arrange.fund(other.customer, "0.00001", coin="BTC")
    return str(dust.quote(customer=other.customer, target_coin="USDT", coins=["BTC"]).quote.public_id)


def test_every_write_says_what_can_be_wrong() -> None:
    assert {name for name in STORIES if "{id}" not in name} == set(BAD)


def test_what_is_wrong_is_refused_in_words_and_leaves_no_row(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    world, other, otherwise = World(), World(), {}
    for name, wrongs in BAD.items():
        sent = arranged(name, world)
        for said, (wrong, slug) in wrongs.items():
            changes = wrong(world, other) if callable(wrong) else wrong
            before = rows()
            body = {key: value for key, value in {**sent.body, **changes}.items() if value is not None}
            refused = _send(world, name, sent, body)
            told = refused.json()
            answer = (told.get("slug"), 400 <= refused.status_code < 500, bool(told.get("detail")), rows() == before)
            if answer != (slug, True, True, True):
                otherwise[f"{name}, {said}"] = answer
    assert otherwise == {}


def test_a_missing_memo_is_refused_where_one_is_due(settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    world = World()
    for name in ("POST withdrawals", "POST trusted-addresses"):
        sent = arranged(name, world)
        CoinNetwork.objects.filter(coin__code="USDT").update(memo_required=True)
        before = rows()
        assert _send(world, name, sent, sent.body).json()["slug"] == "wallet.memo_required"
        assert rows() == before
        CoinNetwork.objects.filter(coin__code="USDT").update(memo_required=False)


@pytest.mark.parametrize("ids", ["another's", "nonsense"])
def test_an_id_of_another_or_of_nothing_answers_alike_and_moves_nothing(settings: Any, ids: str) -> None:
    settings.RATELIMIT_ENABLE = False
    world, other = World(), World()
    for name in (name for name in STORIES if "{id}" in name):
        sent = arranged(name, other if ids == "another's" else world)
        paths = [sent.path]
        if ids == "nonsense":
            paths = [re.sub(r"/\d+", f"/{bad}", sent.path, count=1) for bad in ("7", "x", "9" * 30, "%EF%BC%91", "-1", "0x1")]
        for path in paths:
            before = rows()
            refused = _send(world, name, Sent(path), sent.body)
            assert (refused.status_code, refused.json()["slug"]) == (404, "api.absent"), f"{name} {path}: {refused.content}"
            assert rows() == before, name


def test_the_description_of_keys_names_every_write_that_takes_none() -> None:
    """Whatever its scopes: money to a bank, new addresses, and what a person agrees to, take a session."""
    text = (ROOT / "docs" / "dialects" / "native.md").read_text(encoding="utf-8")
    named = re.search(r"A key is refused, whatever its scopes, at ([^.]+)\.", text)
    assert named is not None
    closed = {write.name for write in money_writes.writes() if write.operation.needs.scope is None}
    assert set(re.findall(r"`([A-Z]+ [^`]+)`", named.group(1))) == {name.replace(" ", " /") for name in closed}
    assert {"POST fiat-withdrawals", "POST fiat-withdrawals/{id}/confirm"} <= closed


def _send(world: World, name: str, sent: Sent, body: dict[str, Any]) -> Any:
    return world.api.call(name.partition(" ")[0], PREFIX + sent.path, body)
