"""Whatever is posted, the sums hold: drawn cases, and the bank test."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories_wallet as factory
from tests.wallet.withdrawals.crowd import at_once
from wallet import errors
from wallet.models.ledger import AccountKind, Entry
from wallet.services import audit, ledger
from wallet.services.ledger import AccountRef, Leg

units = st.integers(min_value=1, max_value=10**30)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(units, min_size=1, max_size=12), coin=st.sampled_from([("ETH", 18), ("BTC", 8), ("CNY", 4)]))
def test_a_split_of_any_amount_loses_no_unit(parts, coin):
    code, scale = coin
    amounts = [Decimal(part % 10 ** (scale + 18) + 1).scaleb(-scale) for part in parts]
    payer = factory.owner()
    takers = [factory.owner() for _ in parts]
    with transaction.atomic():
        factory.fund(payer, str(sum(amounts)), coin=code)
        legs = [Leg(AccountRef(payer, code, AccountKind.SPOT_AVAILABLE), -sum(amounts, Decimal(0)))]
        legs += [
            Leg(AccountRef(taker, code, AccountKind.SPOT_AVAILABLE), amount)
            for taker, amount in zip(takers, amounts, strict=True)
        ]
        ledger.post(kind="transfer", scope="test", key=factory.fresh_key(), legs=legs, actor="test")
    assert [factory.available(taker, code) for taker in takers] == amounts
    assert factory.available(payer, code) == 0


def _client(place: int, people: list, attempts: int) -> tuple[int, int]:
    """Random transfers and holds among the people; how many went through and how many were refused."""
    dice = random.Random(place)
    through = refused = 0
    for _ in range(attempts):
        giver, taker = dice.sample(people, 2)
        amount = str(Decimal(dice.randint(1, 3_000)).scaleb(-2))
        try:
            factory.transfer(giver, taker, amount, fee=dice.choice(["0", "0.01"]))
            through += 1
        except errors.InsufficientFunds:
            refused += 1
    return through, refused


def _reader(people: list, times: int) -> int:
    """Look at all the books in one snapshot, again and again; how often they were wrong."""
    wrong = 0
    for _ in range(times):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(
                "SELECT (SELECT coalesce(sum(balance), 0) FROM wallet_ledgeraccount)"
                " + (SELECT coalesce(sum(amount), 0) FROM wallet_pendingentry), "
                "(SELECT count(*) FROM wallet_ledgeraccount WHERE balance < 0 AND NOT allow_negative)"
            )
            total, negative = cursor.fetchone()
            wrong += total != 0 or negative > 0
    return wrong


@pytest.mark.usefixtures("real_db")
def test_the_bank_holds(pytestconfig):
    """Accounts, clients and readers at once. `--bank-attempts` makes it long."""
    attempts = int(pytestconfig.getoption("--bank-attempts"))
    clients, accounts = (64, 100) if attempts > 10_000 else (12, 10)
    people = [factory.owner() for _ in range(accounts)]
    for person in people:
        factory.fund(person, "100")
    acts = [lambda place=place: _client(place, people, attempts // clients) for place in range(clients)]
    acts += [lambda: _reader(people, max(10, attempts // 200))] * 2
    outcomes = at_once(acts)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert outcomes[clients:] == [0, 0]
    through = sum(outcome[0] for outcome in outcomes[:clients])
    refused = sum(outcome[1] for outcome in outcomes[:clients])
    assert through + refused == clients * (attempts // clients)
    assert through > 0
    assert refused > 0
    assert Entry.objects.values("posting_id").distinct().count() == through + accounts
    report = audit.run(full=True, stop=False)
    assert report.ok, report.findings
