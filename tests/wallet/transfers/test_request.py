"""Asking for a transfer: what is reserved, whom it reaches, and what is refused without a row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts import errors as account_errors
from accounts.models import AttemptCounter, RegisterType, Status, User
from accounts.services import holds
from accounts.services.receivers import Named
from config.kit.clock import now
from config.kit.money import AmountInvalid
from kyc.errors import NotEntitled
from tests.database import triggers_asleep
from tests.factories_messaging import read_message, unsent_messages
from tests.wallet.transfers import arrange
from wallet.errors import InsufficientFunds, UnknownCoin
from wallet.models import Posting, Transfer, TransferEvent, TransferLimit
from wallet.models.coins import Coin
from wallet.services.transfers import errors, request
from wallet.services.withdrawals.errors import LimitExceeded, ReferenceTaken

BAD_AMOUNTS: list[Any] = [
    "0", "-0", "-1", "0.0000000000000000001", "1e400", "NaN", "Infinity", "１", "1_000", "0x1", 1.1, "", None, [], True,
    "9" * 78, "+1", " 1", "1,5", Decimal("NaN"), Decimal("1e-30"), {},
]  # fmt: skip


def refused(refusal: type[Exception], sender: User, receiver: User, **more: Any) -> Any:
    """The refusal, and the proof that nothing was written."""
    before = Posting.objects.count()
    with pytest.raises(refusal) as met:
        arrange.ask(sender, receiver, **more)
    assert (Transfer.objects.count(), Posting.objects.count()) == (0, before)
    return met.value


def test_a_transfer_reserves_its_amount_and_mails_a_link_to_its_sender_alone(sender, receiver):
    transfer = arrange.ask(sender, receiver, amount="1.5", remark="Dinner")
    assert (transfer.state, transfer.amount, transfer.receiver_id) == ("verification", Decimal("1.5"), receiver.pk)
    assert arrange.money(sender) == arrange.Money(Decimal("8.5"), Decimal("1.5"))
    told = read_message(sender.email, "transfer_requested").facts
    assert (told["amount"], told["coin"], told["receiver"]) == ("1.5", "ETH", str(receiver.uid))
    assert "/transfers/link#" in told["link"]
    assert unsent_messages(receiver.email) == []
    assert list(TransferEvent.objects.values_list("state_after", "actor_kind")) == [("verification", "customer")]


@pytest.mark.parametrize("way", ["uid", "phone", "email", "username"])
def test_a_receiver_is_reached_by_each_of_their_names_however_it_is_written(sender, receiver, way):
    User.objects.filter(pk=receiver.pk).update(phone="+886912345678", username="Bobby")
    named = {"uid": str(receiver.uid), "phone": "+886 912-345-678", "email": f" {receiver.email.upper()} ", "username": "bobby"}
    assert arrange.ask(sender, receiver, named=Named(**{way: named[way]})).receiver_id == receiver.pk


def test_several_names_of_one_receiver_must_be_one_customers(sender, receiver):
    other = arrange.customer(funds="0")
    both = Named(uid=str(receiver.uid), email=receiver.email)
    refused(account_errors.ReceiversDiffer, sender, receiver, named=Named(uid=str(receiver.uid), email=other.email))
    refused(account_errors.ReceiverUnknown, sender, receiver, named=Named(uid=str(receiver.uid), email="no@example.com"))
    refused(account_errors.ReceiverNotNamed, sender, receiver, named=Named())
    assert arrange.ask(sender, receiver, named=both).receiver_id == receiver.pk


@pytest.mark.parametrize(
    "named", [{"uid": "bobby"}, {"email": "100000001"}, {"username": "a@b.example"}, {"phone": "1"}, {"uid": "0"}]
)
def test_a_name_of_another_kind_is_nobodys(sender, receiver, named):
    refused(account_errors.ReceiverUnknown, sender, receiver, named=Named(**named))


def test_nobody_gives_to_themselves_to_their_own_sub_accounts_to_officers_or_to_sub_accounts_of_others(sender, receiver):
    def sub(parent: User) -> User:
        facts = {"register_type": RegisterType.SUB_ACCOUNT, "registered_at": now(), "parent": parent}
        return User.objects.create(username=f"sub{parent.pk}", **facts)

    refused(errors.TransferToOneself, sender, sender)
    own = sub(sender)
    refused(errors.ReceiverIsFamily, sender, own)
    refused(account_errors.ReceiverUnknown, sender, sub(receiver))
    refused(account_errors.ReceiverUnknown, sender, arrange.officer())
    refused(account_errors.NotForSubAccounts, own, receiver)


@pytest.mark.parametrize("status", [status for status in Status if status not in (Status.NORMAL, Status.DELETED)])
def test_an_account_that_is_not_in_good_standing_receives_nothing(sender, receiver, status):
    User.objects.filter(pk=receiver.pk).update(status=status)
    refused(errors.ReceiverUnavailable, sender, receiver)


def test_a_closed_account_is_nobody_and_an_unverified_one_receives_nothing(sender, receiver):
    refused(errors.ReceiverUnavailable, sender, arrange.customer(level=0, funds="0"))
    User.objects.filter(pk=receiver.pk).update(status=Status.DELETED)
    refused(account_errors.ReceiverUnknown, sender, receiver)


def test_who_looks_for_customers_is_stopped_and_who_pays_known_ones_is_not(sender, receiver):
    for number in range(10):
        refused(account_errors.ReceiverUnknown, sender, receiver, named=Named(email=f"guess{number}@example.com"))
    locked = refused(account_errors.ReceiverLocked, sender, receiver)
    assert locked.retry_after > 800
    other = arrange.customer()
    for _ in range(12):
        arrange.ask(other, receiver, amount="0.1")
    assert AttemptCounter.objects.filter(scope="receiver").count() == 1


def test_who_may_not_send_looks_nobody_up(receiver):
    refused(NotEntitled, arrange.customer(level=1), receiver, named=Named(email="guess@example.com"))
    assert not AttemptCounter.objects.filter(scope="receiver").exists()


@pytest.mark.parametrize("amount", BAD_AMOUNTS, ids=repr)
def test_what_is_no_amount_is_refused_without_a_row(sender, receiver, amount):
    refused(AmountInvalid, sender, receiver, amount=amount)


def test_an_amount_is_as_fine_as_its_coin_and_no_finer(sender, receiver):
    arrange.fund(sender, "10", coin="USDT")
    scale = Coin.objects.get(code="USDT").scale
    refused(AmountInvalid, sender, receiver, amount="0." + "0" * scale + "1", coin="USDT")
    assert arrange.ask(sender, receiver, amount="0." + "0" * (scale - 1) + "1", coin="USDT").amount > 0


def test_more_than_there_is_and_coins_that_are_not_here_or_closed_are_refused(sender, receiver):
    refused(InsufficientFunds, sender, receiver, amount="10.000000000000000001")
    refused(UnknownCoin, sender, receiver, coin="NOPE")
    Coin.objects.filter(code="ETH").update(withdrawals_stopped_because="the audit found a difference")
    refused(errors.TransfersClosed, sender, receiver)
    Coin.objects.filter(code="ETH").update(withdrawals_stopped_because="", is_enabled=False)
    refused(UnknownCoin, sender, receiver)


def test_a_security_hold_and_a_status_stop_what_would_leave(sender, receiver):
    hold = holds.start(user=sender, cause="password")
    refused(account_errors.SecurityHoldActive, sender, receiver)
    with triggers_asleep():
        hold.delete()
    User.objects.filter(pk=sender.pk).update(status=Status.NOT_TRADABLE)
    sender.refresh_from_db()
    refused(errors.TransfersClosed, sender, receiver)


def test_limits_are_per_level_coin_and_window_and_closed_where_unset(sender, receiver):
    TransferLimit.objects.filter(coin__code="ETH", level=2, window_hours=24).update(maximum=Decimal(3))
    arrange.take_back(sender, arrange.ask(sender, receiver, amount="3"))
    arrange.given(sender, receiver, amount="1")
    arrange.ask(sender, receiver, amount="1.5")
    with pytest.raises(LimitExceeded) as met:
        arrange.ask(sender, receiver, amount="0.6")
    assert (met.value.maximum, met.value.remaining) == ("3", "0.5")
    TransferLimit.objects.filter(coin__code="ETH", level=2, window_hours=24).delete()
    with pytest.raises(errors.TransferLimitUnset):
        arrange.ask(sender, receiver, amount="0.1")


def test_so_many_may_be_under_way_and_no_more(sender, receiver, monkeypatch):
    monkeypatch.setattr(request, "OPEN_PER_CUSTOMER_MAX", 2)
    first = arrange.ask(sender, receiver, amount="0.1")
    arrange.ask(sender, receiver, amount="0.1")
    with pytest.raises(errors.TooManyOpenTransfers):
        arrange.ask(sender, receiver, amount="0.1")
    arrange.take_back(sender, first)
    arrange.ask(sender, receiver, amount="0.1")


def test_the_same_reference_gives_the_same_transfer_whatever_became_of_the_receiver(sender, receiver):
    made = arrange.asked(sender, receiver, client_reference="once")
    User.objects.filter(pk=receiver.pk).update(status=Status.LOCKED)
    again = arrange.asked(sender, receiver, amount="1.000", client_reference="once")
    assert (made.replayed, again.replayed, again.transfer.pk) == (False, True, made.transfer.pk)
    assert arrange.money(sender).held == 1
    for other in ({"amount": "2"}, {"remark": "x"}, {"named": Named(email="a@example.com")}, {"coin": "USDT"}):
        with pytest.raises(ReferenceTaken):
            arrange.ask(sender, receiver, client_reference="once", **other)
    assert Transfer.objects.count() == 1


def test_the_reference_is_its_senders_own(sender, receiver):
    other = arrange.customer()
    arrange.ask(sender, receiver, client_reference="once")
    arrange.ask(other, receiver, client_reference="once")
    assert Transfer.objects.count() == 2
