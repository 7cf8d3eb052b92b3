"""What the database refuses of payments, and many at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from config.kit.clock import now
from config.kit.flow import IllegalMove
from tests.wallet.payments.arrange import BY, held, paid, payer, sell
from tests.wallet.withdrawals.crowd import at_once
from wallet.errors import InsufficientFunds
from wallet.models import Coin, Payment, PaymentEvent, Posting
from wallet.models.ledger import AccountKind
from wallet.models.payments import PAYMENT_FLOW, UNCOUNTED, PaymentState
from wallet.services import audit, balances
from wallet.services.payments import paying, settling
from wallet.services.payments.paying import Paid
from wallet.sql import load

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""A fixed time: what names a test must be the same in every worker."""


@pytest.fixture(autouse=True)
def sold(real_db: None) -> None:
    sell()


def usdt(user: Any) -> tuple[Decimal, Decimal]:
    own = balances.of_coin(user, Coin.objects.get(code="USDT"))
    return own.available, own.held


def refused_by(act: Any) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        act()
    return str(refused.value.__cause__.diag.constraint_name)


def test_the_database_knows_the_pairs_of_the_flow() -> None:
    text = load("payments_v1")
    pairs = set(re.findall(r"\('(\w+)', '(\w+)'\)", text))
    assert pairs == {(before, after) for before, nexts in PAYMENT_FLOW.moves.items() for after in nexts}


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAYMENT_FLOW.illegal() if pair[0] in {"held", "captured"}])
def test_no_statement_moves_a_payment_by_another_pair(before: str, after: str) -> None:
    made = held(payer()) if before == "held" else paid(payer())
    if before == after:
        return
    changes: dict[str, Any] = {"state": after, "finished_at": now() if after in UNCOUNTED else None}
    assert refused_by(lambda: Payment.objects.filter(pk=made.pk).update(**changes)) == "payment_flow"


def test_the_database_keeps_a_payment_as_it_was_asked_for() -> None:
    user = payer()
    made, taken = held(user), paid(user)
    rows, row = Payment.objects.filter(pk=made.pk), Payment.objects.filter(pk=taken.pk)
    for changes in (
        {"amount": 1},
        {"customer": payer()},
        {"api_key_id": "x"},
        {"expires_at": LONG_AGO},
        {"client_reference": "x"},
    ):
        assert refused_by(lambda changes=changes: rows.update(**changes)) == "payment_facts"
    assert refused_by(lambda: row.update(captured_amount=1)) == "payment_facts"
    moved = {"state": "captured", "captured_amount": 100}
    assert refused_by(lambda: rows.update(**moved)) == "payment_move_is_posted"
    assert refused_by(lambda: row.update(state="refunded", finished_at=now())) == "payment_move_is_posted"
    assert refused_by(lambda: rows.update(state="voided", finished_at=now())) == "payment_move_is_posted"
    assert refused_by(lambda: PaymentEvent.objects.update(reason="x")) == "wallet_paymentevent_append_only"
    with connection.cursor() as cursor:
        assert refused_by(lambda: cursor.execute("DELETE FROM wallet_payment")) == "wallet_payment_append_only"


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount": 0}, "payment_amount_positive"),
        ({"state": "held"}, "payment_begins_requested"),
        ({"captured_amount": 1}, "payment_captured_within"),
        ({"finished_at": LONG_AGO}, "payment_finished_at_its_end"),
        ({"client_reference": "one"}, "payment_client_reference_once"),
    ],
    ids=str,
)
def test_the_database_refuses_what_is_no_payment(changes: dict[str, Any], constraint: str) -> None:
    made = paid(payer(), client_reference="one")
    words = {"customer": made.customer, "service": made.service, "coin": made.coin, "amount": 1, "fingerprint": b""}
    assert refused_by(lambda: Payment.objects.create(**{**words, **changes})) == constraint


def test_many_payments_at_once_take_what_there_is_and_no_more() -> None:
    user = payer("10")
    outcomes = at_once([lambda number=number: paid(user, "1", hold=bool(number % 2)) for number in range(24)])
    assert sum(isinstance(outcome, Payment) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, InsufficientFunds) for outcome in outcomes) == 14
    assert Payment.objects.count() == 10
    assert audit.run(full=True, stop=False).ok


def test_one_key_and_many_threads_make_one_payment() -> None:
    user = payer()
    words: dict[str, Any] = {"customer": user, "service": "LISTING", "coin": "USDT", "amount": "1", "client_reference": "same"}
    outcomes = at_once([lambda: paying.pay(**words) for _ in range(20)])
    assert sum(isinstance(outcome, Paid) and not outcome.replayed for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Paid) and outcome.replayed for outcome in outcomes) == 19
    assert usdt(user) == (999, 0)


def test_capture_void_and_expiry_race_and_one_wins() -> None:
    winners: dict[str, int] = {}
    for _ in range(20):
        user = payer()
        made = held(user)
        acts = [
            lambda made=made: settling.capture(public_id=made.public_id, act=BY),
            lambda made=made: settling.capture(public_id=made.public_id, act=BY, amount="40"),
            lambda made=made: settling.void(public_id=made.public_id, act=BY),
            lambda made=made: settling.expire(made.pk),
        ]
        outcomes = at_once(acts)
        assert sum(isinstance(outcome, Payment) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 2
        made.refresh_from_db()
        winners[made.state] = winners.get(made.state, 0) + 1
        assert Posting.objects.filter(scope="payment", key=f"{made.public_id}:end").count() == 1
        taken = made.captured_amount or 0
        assert usdt(user) == (1000 - taken, 0)
    assert sum(winners.values()) == 20
    assert not Payment.objects.filter(state=PaymentState.HELD).exists()
    assert audit.run(full=True, stop=False).ok


def test_the_audit_knows_what_payments_hold() -> None:
    held(payer())
    assert audit.run(full=True, stop=False).ok
    assert balances.of_house("USDT", AccountKind.SERVICE) == 0
