"""Raising a stuck payment's fee: the same payment, nonce and wallet, so that the network runs one of them and never both."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from accounts.services import holds
from config.kit.clock import now
from tests.database import triggers_asleep
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import sign
from wallet.chains.gateway import BroadcastOutcome, Sighting
from wallet.models import OutgoingTransaction, Withdrawal, WithdrawalDecision
from wallet.services.withdrawals import absence, bumping, dossier, errors, reads, reconciliation, signing
from wallet.services.withdrawals.payload import payload_hash_of


@pytest.fixture
def stuck(customer: Any) -> Withdrawal:
    """Sent, and in no block."""
    return arrange.sent(customer)


def raise_fee(withdrawal: Withdrawal, officer: Any) -> OutgoingTransaction:
    bumping.raise_fee(
        public_id=withdrawal.public_id, officer=officer, reason="the customer waits", seen_hash=payload_hash_of(withdrawal)
    )
    return arrange.transaction_of(withdrawal)


def raised(withdrawal: Withdrawal, officer: Any) -> Withdrawal:
    """Raised, signed and sent."""
    raise_fee(withdrawal, officer)
    assert arrange.sign_all() == 1
    due(withdrawal)
    return arrange.step(withdrawal)


def due(withdrawal: Withdrawal) -> None:
    OutgoingTransaction.objects.filter(withdrawal=withdrawal).update(last_sent_at=now() - timedelta(minutes=5))


def signed(*, seconds_ago: int) -> None:
    """As if the signer had signed all that is signed so long ago."""
    with triggers_asleep():
        OutgoingTransaction.objects.filter(signed_at__isnull=False).update(signed_at=now() - timedelta(seconds=seconds_ago))


def rows(withdrawal: Withdrawal) -> list[OutgoingTransaction]:
    return list(OutgoingTransaction.objects.filter(withdrawal=withdrawal).order_by("id"))


def insert(former: OutgoingTransaction, **changes: Any) -> OutgoingTransaction:
    """A replacement past the service."""
    facts: dict[str, Any] = {
        name: getattr(former, name)
        for name in ("withdrawal", "network", "sender", "nonce", "unsigned_payload", "unsigned_hash", "approved_hash")
    }
    facts |= {"replaces": former, "fee_ceiling": former.fee_ceiling + 1, "lease_token": 0, **changes}
    with transaction.atomic():
        return OutgoingTransaction.objects.create(**facts)


def test_a_raised_payment_is_the_same_one_dearer_and_ends_once(customer, network, officers, stuck):
    assert raised(stuck, officers[0]).state == "broadcast"
    former, dearer = rows(stuck)
    assert (dearer.nonce, dearer.sender, dearer.replaces) == (former.nonce, former.sender, former)
    assert dearer.fee_ceiling > former.fee_ceiling
    assert network.sent == [bytes(former.signed_bytes or b""), bytes(dearer.signed_bytes or b"")]
    network.mine(dearer.tx_hash or "")
    assert arrange.step(stuck).state == "success"
    assert arrange.money(customer) == arrange.Money(10 - stuck.total, 0)
    assert [row.settled_at is not None for row in rows(stuck)] == [False, True]
    shown = reads.on_chain(arrange.fresh(stuck))
    assert shown is not None
    assert shown.tx_hash == dearer.tx_hash


def test_the_former_one_may_be_mined_after_all(customer, network, officers, stuck):
    raised(stuck, officers[0])
    former, dearer = rows(stuck)
    network.mine(former.tx_hash or "")
    assert arrange.step(stuck).state == "success"
    assert arrange.money(customer).held == 0
    assert [row.settled_at is not None for row in rows(stuck)] == [True, False]
    assert reconciliation.vanished() == []
    shown = reads.on_chain(arrange.fresh(stuck))
    assert shown is not None
    assert (shown.tx_hash, dearer.settled_at) == (former.tx_hash, None)


def test_a_reorganisation_may_exchange_the_two(network, officers, stuck):
    raised(stuck, officers[0])
    former, dearer = rows(stuck)
    network.mine(former.tx_hash or "", confirmations=1)
    assert arrange.step(stuck).state == "confirming"
    network.mined.clear()
    network.mine(dearer.tx_hash or "", confirmations=1)
    assert arrange.step(stuck).state == "confirming"
    assert [row.block_number is not None for row in rows(stuck)] == [False, True]


def test_absence_is_proven_for_all_of_them_or_not_at_all(customer, network, officers, stuck):
    raised(stuck, officers[0])
    former, dearer = rows(stuck)
    network.absent.add(former.tx_hash or "")
    due(stuck)
    assert arrange.step(stuck).state == "broadcast"
    network.absent.add(dearer.tx_hash or "")
    assert arrange.step(stuck).state == "failed"
    assert arrange.money(customer) == arrange.Money(10, 0)


def test_a_worker_raises_what_is_stuck_and_no_sooner(network, stuck, settings):
    settings.FEE_RAISE_AFTER_SECONDS = 600
    due(stuck)
    arrange.step(stuck)
    assert len(rows(stuck)) == 1
    signed(seconds_ago=601)
    due(stuck)
    arrange.step(stuck)
    former, dearer = rows(stuck)
    assert (dearer.raised_by, dearer.raised_because) == (None, "in no block for 10 minutes")
    assert set(network.sent) == {bytes(former.signed_bytes or b"")}
    due(stuck)
    arrange.step(stuck)
    assert len(rows(stuck)) == 2  # the signer has its turn


def test_with_zero_seconds_only_officers_raise(stuck, settings):
    settings.FEE_RAISE_AFTER_SECONDS = 0
    signed(seconds_ago=86_400)
    due(stuck)
    arrange.step(stuck)
    assert len(rows(stuck)) == 1


def test_where_the_node_refuses_the_dearer_one_the_former_goes_on(network, officers, stuck, monkeypatch):
    raise_fee(stuck, officers[0])
    arrange.sign_all()
    former, dearer = rows(stuck)
    network.refused = {bytes(dearer.signed_bytes or b"")}
    due(stuck)
    assert arrange.step(stuck).state == "broadcast"
    assert network.sent[-2:] == [bytes(dearer.signed_bytes or b""), bytes(former.signed_bytes or b"")]


def test_what_the_signer_refuses_leaves_the_former_as_it_was(network, officers, stuck):
    refused = raise_fee(stuck, officers[0])
    signing.refuse_to_sign(refused.pk, because="no")
    due(stuck)
    assert arrange.step(stuck).state == "broadcast"
    signed(seconds_ago=86_400)
    due(stuck)
    arrange.step(stuck)
    former, first, second = rows(stuck)
    assert (first.abandoned_at is not None, second.abandoned_at, second.replaces) == (True, None, former)


def test_a_refused_replacement_stops_nobody_behind_it(customer, officers):
    stuck = arrange.sent(customer)
    behind = arrange.approved(customer)
    arrange.step(behind)
    refused = raise_fee(stuck, officers[0])
    signing.refuse_to_sign(refused.pk, because="no")
    assert arrange.sign_all() == 1
    assert arrange.transaction_of(behind).signed_bytes is not None


def test_an_unsigned_replacement_stops_nobody_behind_it(customer, officers):
    stuck = arrange.sent(customer)
    raise_fee(stuck, officers[0])
    behind = arrange.approved(customer)
    arrange.step(behind)
    waiting = arrange.transaction_of(behind)
    assert signing.sign(waiting.pk, signer=sign)


def test_nothing_is_raised_of_what_a_block_holds_or_officers_gave_up(network, officers, stuck, settings):
    settings.WITHDRAWAL_ABSENCE_AFTER_SECONDS = 0
    network.sightings[arrange.transaction_of(stuck).tx_hash or ""] = Sighting.MINED
    with pytest.raises(errors.NotStuck):
        raise_fee(stuck, officers[0])
    network.sightings.clear()
    network.outcome = BroadcastOutcome.UNKNOWN
    due(stuck)
    unsure = arrange.step(stuck)
    absence.declare(public_id=stuck.public_id, officer=officers[0], reason="lost", seen_hash=payload_hash_of(unsure))
    with pytest.raises(errors.NotStuck):
        raise_fee(stuck, officers[1])
    assert len(rows(stuck)) == 1


def test_nothing_is_raised_before_it_was_sent(customer, officers):
    with pytest.raises(errors.NotStuck):
        raise_fee(arrange.signed(customer), officers[0])


def test_nothing_is_hurried_for_a_customer_who_is_held(customer, officers, stuck):
    holds.start(user=customer, cause="password")
    with pytest.raises(errors.GateClosed):
        raise_fee(stuck, officers[0])
    assert len(rows(stuck)) == 1


def test_what_was_raised_before_a_hold_came_is_not_signed_under_it(customer, officers, stuck):
    raise_fee(stuck, officers[0])
    holds.start(user=customer, cause="password")
    with pytest.raises(errors.GateClosed):
        arrange.sign_all()


def test_only_another_officer_than_the_customer_raises_and_it_is_audited(officers, stuck):
    from accounts.models import AuditRecord

    with pytest.raises(errors.PayloadChanged):
        bumping.raise_fee(public_id=stuck.public_id, officer=officers[0], reason="r", seen_hash=b"x" * 32)
    with pytest.raises(errors.NotAnOfficer):
        raise_fee(stuck, stuck.customer)
    raise_fee(stuck, officers[0])
    written = AuditRecord.objects.filter(act="withdrawal.fee_raised").get()
    assert (written.actor, written.reason) == (officers[0], "the customer waits")


def test_a_fee_is_raised_to_the_maximum_and_so_often(network, officers, stuck, settings):
    settings.EVM_NETWORK_FEE_MAX = "0.0015"
    with pytest.raises(errors.NetworkFeeTooHigh):
        raise_fee(stuck, officers[0])
    settings.EVM_NETWORK_FEE_MAX = "1"
    for _ in range(bumping.RAISES_MAX):
        raise_fee(stuck, officers[0])
        arrange.sign_all()
    with pytest.raises(errors.FeeRaisedTooOften):
        raise_fee(stuck, officers[0])


def test_while_one_waits_for_the_signer_no_other_is_made(officers, stuck):
    raise_fee(stuck, officers[0])
    with pytest.raises(errors.NotStuck):
        raise_fee(stuck, officers[0])


def test_a_wallet_counts_a_raised_payment_once_at_its_newest_fee(customer, network, officers, stuck):
    raised(stuck, officers[0])
    network.fee_ceiling = Decimal("0.001")
    network.funds["ETH"] = Decimal(2) + Decimal("0.003")
    assert arrange.step(arrange.approved(customer)).state == "signing"


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"nonce": 9}, "outgoing_replacement_is_the_same_payment"),
        ({"sender": "0x00000000000000000000000000000000000000F1"}, "outgoing_replacement_is_the_same_payment"),
        ({"fee_ceiling": Decimal("0.0001")}, "only for a higher fee"),
        ({"replaces": None}, "lacks a standing approval"),
        ({"approved_hash": b"x" * 32}, "lacks a standing approval"),
    ],
)
def test_the_database_takes_no_replacement_that_is_another_payment(stuck, changes, constraint):
    with pytest.raises(DatabaseError, match=constraint):
        insert(arrange.transaction_of(stuck), **changes)


def test_the_database_takes_no_replacement_of_anothers_payment(customer, stuck):
    other = arrange.sent(customer)
    with pytest.raises(IntegrityError, match="outgoing_replacement_is_the_same_payment"):
        insert(arrange.transaction_of(stuck), withdrawal=other)


def test_the_database_takes_one_replacement_of_each_and_settles_one(network, officers, stuck):
    raised(stuck, officers[0])
    former, dearer = rows(stuck)
    with pytest.raises(IntegrityError, match="outgoing_replaced_once"):
        insert(former)
    OutgoingTransaction.objects.filter(pk=former.pk).update(block_number=7, settled_at=now())
    with pytest.raises(IntegrityError, match="settled_once"), transaction.atomic():
        OutgoingTransaction.objects.filter(pk=dearer.pk).update(block_number=8, settled_at=now())
    with pytest.raises(DatabaseError, match="stays settled"), transaction.atomic():
        OutgoingTransaction.objects.filter(pk=former.pk).update(settled_at=None)


def test_the_database_takes_no_replacement_of_what_a_block_holds(network, stuck):
    network.mine(arrange.transaction_of(stuck).tx_hash or "", confirmations=1)
    assert arrange.step(stuck).state == "confirming"
    with pytest.raises(DatabaseError, match="lacks a standing approval"):
        insert(arrange.transaction_of(stuck))
    assert WithdrawalDecision.objects.filter(withdrawal=stuck, matter="absence").count() == 0


def test_an_operator_raises_by_command(officers, stuck, capsys):
    who = {"by": officers[0].email, "reason": "the customer waits"}
    call_command("raise_fee", stuck.public_id, **who)
    assert "waits for the signer with a fee of 0.002 at most" in capsys.readouterr().out
    with pytest.raises(CommandError, match="waits for a block"):
        call_command("raise_fee", stuck.public_id, **who)
    with pytest.raises(CommandError, match="not a treasury officer"):
        call_command("raise_fee", stuck.public_id, by="nobody@example.com", reason="r")
    with pytest.raises(CommandError):
        call_command("raise_fee", 1, **who)


def test_the_desk_offers_it_while_it_makes_sense(officers, stuck):
    def offered() -> bool:
        return dossier.choices(dossier.open_dossier(stuck.public_id), officers[0], is_treasury=True).can_raise_fee

    assert offered()
    raise_fee(stuck, officers[0])
    assert not offered()
