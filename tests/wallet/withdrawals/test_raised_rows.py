"""What the database holds of raised fees, and who raises them by desk and command."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from config.kit.clock import now
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.raising import insert, raise_fee, raised, rows, stuck
from wallet.models import OutgoingTransaction, WithdrawalDecision
from wallet.services.withdrawals import dossier

__all__ = ["stuck"]


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
