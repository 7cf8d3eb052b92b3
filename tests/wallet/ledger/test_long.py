"""What a crowd, a great many drawn cases, and a million entries must leave exact. Options of `make soak` make each long."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories_wallet as factory
from tests.wallet.withdrawals.crowd import at_once
from wallet.models.ledger import AccountKind, Posting
from wallet.services import audit, balances, folding, ledger
from wallet.services.ledger import AccountRef, Leg

SCALES = {"ETH": 18, "BTC": 8}
TAKERS = 6
BATCH = 100
REBUILT = """
    SELECT count(*) FILTER (WHERE a.balance + coalesce(p.waiting, 0) IS DISTINCT FROM coalesce(e.rebuilt, 0)), count(*),
           (SELECT count(*) FROM wallet_entry)
      FROM wallet_ledgeraccount a
      LEFT JOIN (SELECT account_id, sum(amount) AS rebuilt FROM wallet_entry GROUP BY 1) e ON e.account_id = a.id
      LEFT JOIN (SELECT account_id, sum(amount) AS waiting FROM wallet_pendingentry GROUP BY 1) p ON p.account_id = a.id
"""
"""Accounts whose balance is another than their entries say, accounts, and entries."""


@pytest.mark.usefixtures("real_db")
def test_keys_that_every_client_posts_have_one_effect_each(pytestconfig):
    """All keys by every client, each in an order of its own."""
    keys = int(pytestconfig.getoption("--contested-keys"))
    clients = 100 if keys >= 100 else 16
    customer = factory.owner()
    words = [factory.deposit_words(customer, str(place + 1)) for place in range(keys)]

    def client(place: int) -> Counter[bool]:
        own = words[:]
        random.Random(place).shuffle(own)
        return Counter(ledger.post(**one).replayed for one in own)

    outcomes = at_once([lambda place=place: client(place) for place in range(clients)])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    told: Counter[bool] = sum(outcomes, Counter())
    assert told == {False: keys, True: keys * (clients - 1)}
    assert Posting.objects.filter(key__in=[one["key"] for one in words]).count() == keys
    assert factory.available(customer) == sum(range(1, keys + 1))


@pytest.mark.usefixtures("real_db")
def test_fees_and_splits_drift_by_no_unit(pytestconfig):
    """Postings of one payer, several takers and a fee, at 8 and at 18 decimals, against sums of whole numbers."""
    payer, takers = factory.owner(), [factory.owner() for _ in range(TAKERS)]
    owed: Counter[tuple[str, int]] = Counter()
    fees: Counter[str] = Counter()
    for coin in SCALES:
        factory.fund(payer, str(10**15), coin=coin)
    part = st.integers(1, 10**22) | st.integers(1, 9)
    cases = settings(
        max_examples=int(pytestconfig.getoption("--drift-cases")),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    @cases
    @given(coin=st.sampled_from(sorted(SCALES)), parts=st.lists(part, min_size=1, max_size=TAKERS), fee=part)
    def posted(coin: str, parts: list[int], fee: int) -> None:
        units = [one % 10 ** (SCALES[coin] + 6) + 1 for one in [*parts, fee]]
        legs = [
            Leg(AccountRef(taker, coin, AccountKind.SPOT_AVAILABLE), Decimal(amount).scaleb(-SCALES[coin]))
            for taker, amount in zip(takers, units[:-1], strict=False)
        ]
        legs.append(Leg(AccountRef(None, coin, AccountKind.FEE), Decimal(units[-1]).scaleb(-SCALES[coin])))
        legs.append(Leg(AccountRef(payer, coin, AccountKind.SPOT_AVAILABLE), -Decimal(sum(units)).scaleb(-SCALES[coin])))
        ledger.post(kind="transfer", scope="test", key=factory.fresh_key(), legs=legs, actor="test")
        for place, amount in enumerate(units[:-1]):
            owed[coin, place] += amount
        fees[coin] += units[-1]

    posted()
    for coin, scale in SCALES.items():
        given_out = sum(owed[coin, place] for place in range(TAKERS)) + fees[coin]
        for place, taker in enumerate(takers):
            assert factory.available(taker, coin) == Decimal(owed[coin, place]).scaleb(-scale)
        assert balances.of_house(coin, AccountKind.FEE) == Decimal(fees[coin]).scaleb(-scale)
        assert factory.available(payer, coin) == Decimal(10**15) - Decimal(given_out).scaleb(-scale)


@pytest.mark.usefixtures("real_db")
def test_balances_rebuilt_from_their_entries_are_identical(pytestconfig):
    """Transfers with fees in batches by four clients, folded meanwhile."""
    entries = int(pytestconfig.getoption("--rebuilt-entries"))
    people = [factory.owner() for _ in range(50)]
    for person in people:
        factory.fund(person, "1000000")
    batches = entries // (3 * BATCH * 4) + 1

    def client(place: int) -> int:
        dice, done = random.Random(place), 0
        for _ in range(batches):
            drafts = []
            for _ in range(BATCH):
                giver, taker = dice.sample(people, 2)
                amount = str(Decimal(dice.randint(1, 10**9)).scaleb(-9))
                drafts.append(factory.transfer_draft(giver, taker, amount, fee="0.000001"))
            outcomes = ledger.post_batch(drafts)
            done += sum(isinstance(outcome, ledger.PostingResult) for outcome in outcomes)
            if dice.random() < 0.05:
                folding.fold_all()
        return done

    outcomes = at_once([lambda place=place: client(place) for place in range(4)])
    assert outcomes == [batches * BATCH] * 4
    with connection.cursor() as cursor:
        cursor.execute(REBUILT)
        differing, accounts, found = cursor.fetchone()
    assert differing == 0
    assert (accounts, found) == (len(people) + 2, 4 * batches * BATCH * 3 + 2 * len(people))
    report = audit.run(full=True, stop=False)
    assert report.ok, report.findings
