"""The state table: what may follow what, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from config.kit.clock import now
from config.kit.flow import IllegalMove
from tests.wallet.withdrawals import arrange
from wallet.models import CoinNetwork, Withdrawal, WithdrawalEvent
from wallet.models.withdrawals import ENDS, IN_FLIGHT, WITHDRAWAL_FLOW, WithdrawalState
from wallet.services.actors import SYSTEM
from wallet.services.withdrawals.states import locked, move

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("state", "target"), WITHDRAWAL_FLOW.illegal())
def test_an_illegal_move_is_refused_and_nothing_changes(withdrawal, state, target):
    finished_at = withdrawal.created_at if state in ENDS else None
    arrange.by_hand(withdrawal, state=state, finished_at=finished_at)
    events = WithdrawalEvent.objects.count()
    with pytest.raises(IllegalMove):
        move(locked(withdrawal.pk), WithdrawalState(target), actor=SYSTEM, reason="trying")
    withdrawal.refresh_from_db()
    assert (withdrawal.state, WithdrawalEvent.objects.count()) == (state, events)


@pytest.mark.parametrize("state", IN_FLIGHT)
def test_no_way_leads_from_signed_bytes_to_an_end_but_through_the_chain_or_proof(state):
    without_proof = {WithdrawalState.CANCELLED, WithdrawalState.EXPIRED, WithdrawalState.REJECTED}
    assert not WITHDRAWAL_FLOW.next(state) & without_proof


def test_the_database_allows_the_moves_of_the_flow_and_no_others(withdrawal):
    allowed = set()
    for state in WithdrawalState.values:
        for target in set(WithdrawalState.values) - {state}:
            arrange.by_hand(withdrawal, state=state, finished_at=now() if state in ENDS else None)
            with suppress(IntegrityError):
                raw_change(withdrawal, state=target, finished_at=now() if target in ENDS else None)
                allowed.add((state, target))
    assert allowed == {(state, target) for state, nexts in WITHDRAWAL_FLOW.moves.items() for target in nexts}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("customer_id", "other"),
        ("coin_network_id", "USDT"),
        ("address", arrange.OTHER_ADDRESS),
        ("memo", "7"),
        ("amount", Decimal("1.5")),
        ("fee", Decimal(0)),
        ("payload_hash", b"0" * 32),
        ("client_reference", "another"),
        ("fingerprint", b"0" * 32),
        ("created_at", "2026-01-01T00:00:00Z"),
        ("public_id", 1234567890123456),
    ],
)
def test_raw_sql_cannot_change_what_was_asked_for(withdrawal, column, value):
    if value == "other":
        value = arrange.customer(funds="0").pk
    if value == "USDT":
        value = CoinNetwork.objects.get(coin__code="USDT", network__code="ETHEREUM").pk
    with pytest.raises(IntegrityError) as refusal:
        raw_change(withdrawal, **{column: value})
    assert named(refusal.value) == "withdrawal_facts"


def test_raw_sql_cannot_begin_a_withdrawal_further_on(withdrawal):
    other = arrange.fresh(withdrawal)
    other.pk, other.public_id, other.state = None, other.public_id + 1, WithdrawalState.APPROVED
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        other.save(force_insert=True)
    assert named(refusal.value) == "withdrawal_begins_in_verification"


@pytest.mark.parametrize("statement", ["DELETE FROM wallet_withdrawal WHERE false", "TRUNCATE wallet_withdrawal CASCADE"])
def test_raw_sql_cannot_make_a_withdrawal_disappear(withdrawal, statement):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
    assert named(refusal.value) == "wallet_withdrawal_append_only"


def raw_change(withdrawal, **changes):
    with transaction.atomic():
        Withdrawal.objects.filter(pk=withdrawal.pk).update(**changes)


def named(refusal):
    return refusal.__cause__.diag.constraint_name


def test_every_move_writes_who_when_and_why(withdrawal):
    move(locked(withdrawal.pk), WithdrawalState.CANCELLED, actor=SYSTEM, reason="trying")
    event = WithdrawalEvent.objects.latest("id")
    assert (event.state_before, event.state_after, event.actor, event.actor_kind, event.reason) == (
        "verification", "cancelled", None, "system", "trying",
    )  # fmt: skip
