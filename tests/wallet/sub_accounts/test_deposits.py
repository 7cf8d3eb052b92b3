"""Deposits of sub-accounts: under their parent's level, and never onto one that is removed."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from accounts.models import LoginRecord, User
from accounts.services import second_factor
from tests.factories_accounts import CLIENT, customer
from tests.factories_around import sub_account
from tests.wallet.balances import available, postings_of
from tests.wallet.deposits import arrange
from tests.wallet.pairs.arrange import confirm
from tests.wallet.sub_accounts.test_limits import verified
from tests.wallet.withdrawals.arrange import officer as treasury_officer
from wallet.models.deposits import Deposit, DepositState
from wallet.services import sub_accounts as family
from wallet.services.deposits import crediting, resolving
from wallet.services.pairs.errors import NotACustomersAccount


def arrived(sub: User) -> Deposit:
    """A deposit that has its confirmations."""
    deposit = arrange.deposit(sub, state=DepositState.PENDING)
    arrange.read_to(deposit)
    return deposit


@pytest.mark.django_db
def test_a_sub_account_receives_under_its_parents_level_and_the_log_says_so() -> None:
    sub = sub_account(verified(1))
    deposit = arrived(sub)
    assert crediting.credit(deposit.pk, block_hash=deposit.block_hash)
    assert available(sub, "USDT") == 20
    acts = LoginRecord.objects.filter(user=sub).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["registered", "deposit_address_added", "crypto_deposit"]


@pytest.mark.django_db
def test_without_the_parents_level_it_is_held() -> None:
    parent = verified(1)
    sub = sub_account(parent)
    deposit = arrived(sub)
    arrange.level_lost(parent)
    assert crediting.credit(deposit.pk, block_hash=deposit.block_hash)
    deposit.refresh_from_db()
    assert (deposit.state, postings_of(sub, "USDT")) == (DepositState.HELD, 0)


@pytest.mark.django_db
def test_what_arrives_for_a_removed_one_is_held_and_no_officer_books_it_there() -> None:
    sub = sub_account(verified(1))
    deposit = arrived(sub)
    User.objects.filter(pk=sub.pk).update(status="deleted")
    assert crediting.credit(deposit.pk, block_hash=deposit.block_hash)
    deposit.refresh_from_db()
    assert deposit.state == DepositState.HELD
    words = {"deposit": deposit.public_id, "outcome": "credit", "officer": treasury_officer(), "reason": "asked"}
    with pytest.raises(NotACustomersAccount):
        confirm(resolving, resolving.propose(**words))
    assert postings_of(sub, "USDT") == 0


def test_a_deposit_waits_for_a_removal_under_way_and_is_then_held(real_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sub = sub_account(verified(1))
    deposit = arrived(sub)
    monkeypatch.setattr(second_factor, "require", lambda *_args, **_named: None)
    started = threading.Event()

    def credit() -> None:
        started.set()
        crediting.credit(deposit.pk, block_hash=deposit.block_hash)
        connection.close()

    thread = threading.Thread(target=credit)
    assert sub.parent is not None
    with transaction.atomic():
        family.remove(parent=sub.parent, uid=sub.uid, proof=None, client=CLIENT)
        thread.start()
        started.wait(10)
        thread.join(1.0)  # whether or not it came so far: what it must not do is to look before the removal is through
    thread.join(30)
    deposit.refresh_from_db()
    assert (deposit.state, available(sub, "USDT")) == (DepositState.HELD, 0)


@pytest.mark.django_db
def test_holding_open_asks_nothing_of_who_has_no_parent() -> None:
    user = customer()
    assert family.hold_open(user) is user
