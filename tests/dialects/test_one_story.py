"""One story (sign up, verify, deposit, withdraw) through every dialect that can tell it: the books are the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache

from tests.dialects import tellers
from tests.dialects.tellers import ADDRESS, COIN, Customer
from tests.kyc.conftest import storage_root as storage_root  # noqa: PLC0414  # documents go where those of kyc's tests go
from tests.wallet.deposits import arrange as deposits
from tests.wallet.withdrawals import arrange as withdrawals
from tests.wallet.withdrawals.conftest import network as network  # noqa: PLC0414  # a scripted chain
from tests.wallet.withdrawals.outside import Network
from wallet.models import Entry, Withdrawal
from wallet.models.deposits import DepositState
from wallet.services import audit
from wallet.services.deposits import crediting

pytestmark = pytest.mark.usefixtures("real_db", "storage_root")
STEPS = ("sign_up", "verify", "address", "withdraw", "see")
TELLERS = {
    "native": tellers.Native,
    "bhex": tellers.Bhex,
    "bitgin": tellers.Bitgin,
    "exx": tellers.Exx,
    "bitflex": tellers.Bitflex,
    "spot": tellers.Spot,
}
STORIES: dict[str, dict[str, str]] = {
    "native": {"sign_up": "native", "verify": "native", "address": "native", "withdraw": "native", "see": "native"},
    # Bhex has no wallet.
    "bhex": {"sign_up": "bhex", "verify": "bhex", "address": "native", "withdraw": "native", "see": "native"},
    # Bitgin has no addresses and no withdrawals; it shows the wallet to signed requests.
    "bitgin": {"sign_up": "bitgin", "verify": "bitgin", "address": "native", "withdraw": "native", "see": "bitgin"},
    # Exx ends with the account.
    "exx": {"sign_up": "exx", "verify": "native", "address": "native", "withdraw": "native", "see": "native"},
    # Bitflex sends the code of the sign-up; the account is opened natively with it.
    "bitflex": {"sign_up": "bitflex", "verify": "native", "address": "native", "withdraw": "native", "see": "native"},
    # Spot has signed requests only: account and identity are told natively.
    "spot": {"sign_up": "native", "verify": "native", "address": "spot", "withdraw": "spot", "see": "spot"},
}
"""Story → step → the dialect that tells it. Each step that a dialect has words for is told in them."""
PAID_IN = "100"
BOOKS = {
    "level": 2,
    "state": "success",
    "money": {COIN: (Decimal(87), Decimal(0))},
    "postings": [
        ("deposit", [("external_in", "house", -100), ("spot_available", "own", 100)]),
        ("withdrawal_hold", [("spot_available", "own", -13), ("spot_held", "own", 13)]),
        ("withdrawal", [("external_out", "house", 10), ("fee", "house", 3), ("spot_held", "own", -13)]),
    ],
}
"""What stands there in the end, by whichever way."""


def test_each_dialect_tells_what_it_has_words_for() -> None:
    assert set(STORIES) == set(TELLERS)
    for name, story in STORIES.items():
        own = {step for step in STEPS if hasattr(TELLERS[name], step)}
        assert tuple(story) == STEPS
        assert {step for step, teller in story.items() if teller == name} == own, name
        assert set(story.values()) <= {name, "native"}


@pytest.mark.parametrize("name", STORIES)
def test_the_story_ends_with_the_same_books(name: str, network: Network) -> None:
    cache.clear()
    cast: dict[str, Any] = {teller: TELLERS[teller]() for teller in set(STORIES[name].values())}
    by = {step: getattr(cast[teller], step) for step, teller in STORIES[name].items()}
    customer: Customer = by["sign_up"]()
    by["verify"](customer)
    pay_in(customer, by["address"](customer))
    pay_out(by["withdraw"](customer), network)
    assert {
        "level": customer.native().get("/api/v1/kyc").json()["level"],
        "state": customer.native().get("/api/v1/withdrawals").json()["results"][0]["state"],
        "money": by["see"](customer),
        "postings": postings_of(customer),
    } == BOOKS
    assert audit.run(full=True, stop=False).ok


def pay_in(customer: Customer, address: str) -> None:
    """The network pays to the address that was told, and the watcher has seen it deep enough."""
    deposit = deposits.deposit(customer.user, state=DepositState.PENDING, amount=PAID_IN)
    assert deposit.deposit_address.address == address
    deposits.read_to(deposit)
    assert crediting.credit(deposit.pk, block_hash=deposit.block_hash)


def pay_out(public_id: int, network: Network) -> None:
    """As many officers as it takes, the signer and the network do their part."""
    withdrawal = Withdrawal.objects.get(public_id=public_id)
    assert withdrawal.address == ADDRESS
    while withdrawal.state != "approved":
        withdrawal = withdrawals.approve(withdrawals.fresh(withdrawal), withdrawals.officer())
    withdrawals.step(withdrawal)
    withdrawals.sign_all()
    withdrawals.step(withdrawal)
    withdrawals.mine(network, withdrawal)
    withdrawals.step(withdrawal)


def postings_of(customer: Customer) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Every posting that touched the customer: its kind, and what each account won or lost."""
    touched = Entry.objects.filter(account__owner=customer.user).values("posting_id")
    found: dict[int, tuple[str, list[tuple[str, str, int]]]] = {}
    for entry in Entry.objects.filter(posting__in=touched).select_related("posting", "account", "coin").order_by("posting_id"):
        assert entry.coin.code == COIN
        whose = "own" if entry.account.owner_id == customer.user.pk else "house"
        legs = found.setdefault(entry.posting_id, (entry.posting.kind, []))[1]
        legs.append((entry.account.kind, whose, int(entry.amount)))
    return [(kind, sorted(legs)) for kind, legs in found.values()]
