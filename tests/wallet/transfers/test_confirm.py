"""From asked for to given: the link, the second factor, the clock, and what stops it on the way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import override_settings

from accounts.errors import SecondFactorRequired, SecondFactorWrong, SecurityHoldActive
from accounts.models import LoginRecord, Status, User
from accounts.services import freezing, holds
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from tests import factories_accounts, levels
from tests.database import triggers_asleep
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_code, read_message, unsent_messages
from tests.wallet.transfers import arrange
from wallet.models import Coin, Transfer, TransferEvent, TransferRisk
from wallet.services import statement
from wallet.services.transfers import confirm, errors, expiry, links, messages, reads, views
from wallet.services.transfers.manner import Manner


def test_a_confirmed_small_transfer_is_the_receivers_at_once_and_both_are_told(sender, receiver):
    transfer = arrange.given(sender, receiver, amount="1", remark="Dinner")
    assert (transfer.state, transfer.verified_by, transfer.officers_required) == ("completed", "link", 0)
    assert (arrange.money(sender), arrange.money(receiver)) == (arrange.Money(9, 0), arrange.Money(1, 0))
    assert read_message(sender.email, "transfer_done").facts["receiver"] == str(receiver.uid)
    told = read_message(receiver.email, "transfer_received").facts
    assert (told["amount"], told["remark"]) == ("1", "Dinner")
    assert str(sender.uid) not in told["sender"]
    assert sender.email not in told["sender"]
    moves = list(TransferEvent.objects.order_by("id").values_list("state_after", "actor_kind"))
    assert moves == [
        ("verification", "customer"), ("opened", "customer"), ("review", "customer"), ("completed", "system"),
    ]  # fmt: skip
    assert TransferRisk.objects.get().is_flagged is False
    assert list(LoginRecord.objects.order_by("id").values_list("user_id", "act")) == [
        (sender.pk, "transfer_requested"), (sender.pk, "transfer_completed"), (receiver.pk, "transfer_received"),
    ]  # fmt: skip


def test_without_the_link_nothing_is_confirmed_and_the_token_itself_will_do(sender, receiver):
    transfer = arrange.ask(sender, receiver)
    with pytest.raises(errors.LinkNotOpened):
        arrange.confirm_it(sender, transfer)
    with pytest.raises(errors.TransferLinkInvalid):
        arrange.confirm_it(sender, transfer, token="x" * 43)
    assert arrange.confirm_it(sender, transfer, token=arrange.token_of(sender)).state == "completed"


def test_opening_the_link_moves_no_money_and_opening_it_again_changes_nothing(sender, receiver):
    transfer = arrange.opened(sender, receiver)
    assert links.open_link(arrange.token_of(sender)).state == "opened"
    assert arrange.money(sender) == arrange.Money(9, 1)
    assert TransferEvent.objects.filter(transfer=transfer).count() == 2


def test_the_link_of_one_transfer_confirms_no_other_and_is_nowhere_but_in_the_mail(sender, receiver):
    first = arrange.ask(sender, receiver)
    token = arrange.token_of(sender)
    with time_machine.travel(now() + timedelta(minutes=1)):
        second = arrange.ask(sender, receiver, amount="2")
    with pytest.raises(errors.TransferLinkInvalid):
        arrange.confirm_it(sender, second, token=token)
    assert token not in str(Transfer.objects.filter(pk=first.pk).values().get())
    assert all(token not in row.template for row in unsent_messages(sender.email))


def test_where_an_authenticator_is_bound_the_mailbox_alone_will_not_do(receiver):
    with time_machine.travel(now() - timedelta(days=2)):
        sender = factories_accounts.customer(email="bound@example.com")
        app = factories_accounts.bind_totp(sender)
        levels.give(sender, 2, at=now())
    arrange.fund(sender, "10")
    transfer = arrange.opened(sender, receiver)
    with pytest.raises(SecondFactorRequired) as met:
        arrange.confirm_it(sender, transfer)
    assert met.value.methods == ["totp"]
    assert arrange.fresh(transfer).state == "opened"
    assert arrange.confirm_it(sender, transfer, proof=Proof("totp", app.code())).verified_by == "totp"


def test_a_customer_without_a_mailbox_confirms_with_a_code_bound_to_this_transfer(receiver):
    sender = arrange.customer()
    User.objects.filter(pk=sender.pk).update(email=None, phone="+886912000111")
    sender.refresh_from_db()
    transfer = arrange.ask(sender, receiver)
    with pytest.raises(SecondFactorRequired):
        arrange.confirm_it(sender, transfer)
    code = read_code(sender.phone)
    other = arrange.ask(sender, receiver, amount="2")
    with pytest.raises(SecondFactorWrong):
        arrange.confirm_it(sender, other, proof=Proof("", code))
    assert arrange.confirm_it(sender, transfer, proof=Proof("", code)).verified_by == "phone"


def test_where_the_proof_is_shown_at_the_request_none_is_due_again(receiver):
    sender = arrange.customer()
    User.objects.filter(pk=sender.pk).update(email=None, phone="+886912000112")
    sender.refresh_from_db()
    at_once = {"manner": Manner(proof_at_request=True)}
    with pytest.raises(SecondFactorRequired):
        arrange.ask(sender, receiver, **at_once)
    code = read_code(sender.phone)
    with pytest.raises(SecondFactorWrong):
        arrange.ask(sender, receiver, amount="2", proof=Proof("", code), **at_once)
    assert not Transfer.objects.exists()
    transfer = arrange.ask(sender, receiver, proof=Proof("", code), **at_once)
    assert (transfer.verified_by, views.seen(transfer, by=sender).methods) == ("phone", ())
    assert arrange.confirm_it(sender, transfer).verified_by == "phone"


def test_a_link_that_only_its_sender_opens_is_anybody_elses_no_link(sender, receiver):
    transfer = arrange.ask(sender, receiver)
    token = arrange.token_of(sender)
    for who, text in ((receiver, token), (sender, "x" * 43), (sender, "")):
        with pytest.raises(errors.TransferLinkInvalid):
            links.open_own(customer=who, text=text)
    assert links.open_own(customer=sender, text=token).state == links.open_own(customer=sender, text=token).state == "opened"
    arrange.take_back(sender, transfer)
    with pytest.raises(IllegalMove):
        links.open_own(customer=sender, text=token)


def test_another_customers_transfer_is_absent_to_confirm_cancel_and_read(sender, receiver):
    transfer = arrange.opened(sender, receiver)
    for act in (arrange.confirm_it, arrange.take_back):
        with pytest.raises(Absent):
            act(receiver, transfer)
    with pytest.raises(Absent):
        reads.get(customer=receiver, public_id=transfer.public_id)
    arrange.confirm_it(sender, transfer)
    assert reads.get(customer=receiver, public_id=transfer.public_id).pk == transfer.pk
    with pytest.raises(Absent):
        reads.sent(customer=receiver, public_id=transfer.public_id)


def test_after_half_an_hour_it_ends_by_itself_and_the_money_is_available(sender, receiver):
    first, second = arrange.ask(sender, receiver), arrange.opened(sender, receiver, amount="2")
    with time_machine.travel(now() + timedelta(minutes=31)):
        with pytest.raises(errors.TransferExpired):
            arrange.confirm_it(sender, second)
        with pytest.raises(errors.TransferExpired):
            links.look(arrange.token_of(sender))
        assert (expiry.expire_due(), expiry.expire_due()) == (2, 0)
    assert {arrange.fresh(one).state for one in (first, second)} == {"expired"}
    assert arrange.money(sender) == arrange.Money(10, 0)
    assert read_message(sender.email, "transfer_expired").facts["amount"] == "2"


def test_a_reviewed_transfer_is_never_ended_by_the_clock(sender, receiver):
    transfer = arrange.reviewed(sender, receiver)
    with time_machine.travel(now() + timedelta(days=30)):
        assert expiry.expire_due() == 0
    assert arrange.fresh(transfer).state == "review"


def test_the_sender_takes_it_back_before_and_in_review_and_not_after(sender, receiver, officers):
    for way in (arrange.ask, arrange.opened, arrange.reviewed):
        transfer = way(sender, receiver)
        assert arrange.take_back(sender, transfer).state == "cancelled"
        assert arrange.money(sender) == arrange.Money(10, 0)
        with pytest.raises(IllegalMove):
            arrange.take_back(sender, transfer)
    waiting = arrange.approve(arrange.reviewed(sender, receiver), officers[0])
    with pytest.raises(IllegalMove):
        arrange.take_back(sender, waiting)


def test_a_new_mail_voids_the_link_before_and_is_had_once_a_minute_five_times(sender, receiver):
    transfer = arrange.ask(sender, receiver)
    former = arrange.token_of(sender)
    with pytest.raises(errors.TransferLinkTooSoon) as met:
        links.resend(customer=sender, public_id=transfer.public_id)
    assert 0 < met.value.retry_after <= links.RESEND_SECONDS
    for minute in range(1, links.LINKS_MAX):
        with time_machine.travel(transfer.created_at + timedelta(seconds=61 * minute)):
            links.resend(customer=sender, public_id=transfer.public_id)
    with pytest.raises(errors.TransferLinkInvalid):
        links.open_link(former)
    with time_machine.travel(transfer.created_at + timedelta(minutes=10)), pytest.raises(errors.TransferLinksUsedUp):
        links.resend(customer=sender, public_id=transfer.public_id)
    assert links.open_link(arrange.token_of(sender)).state == "opened"
    with pytest.raises(IllegalMove):
        links.resend(customer=sender, public_id=transfer.public_id)


@pytest.mark.parametrize("who", ["sender", "receiver"])
@pytest.mark.django_db
def test_what_stops_an_account_meanwhile_stops_the_transfer(sender, receiver, who):
    transfer = arrange.opened(sender, receiver)
    freezing.freeze(user={"sender": sender, "receiver": receiver}[who], client=CLIENT)
    with pytest.raises(errors.TransferHeld):
        arrange.confirm_it(sender, transfer)
    assert arrange.fresh(transfer).state == "opened"
    assert arrange.take_back(sender, transfer).state == "cancelled"


def test_what_was_asked_for_before_the_owner_froze_the_account_stays_stopped(sender, receiver):
    transfer = arrange.opened(sender, receiver)
    freezing.freeze(user=sender, client=CLIENT)
    locked = User.objects.get(pk=sender.pk)
    freezing.end(locked, freezing.current(locked))
    with pytest.raises(errors.TransferHeld, match="froze the account"):
        arrange.confirm_it(sender, transfer)


def test_a_security_hold_and_a_closed_coin_stop_the_confirmation(sender, receiver):
    transfer = arrange.opened(sender, receiver)
    hold = holds.start(user=sender, cause="password")
    with pytest.raises(SecurityHoldActive):
        arrange.confirm_it(sender, transfer)
    with triggers_asleep():
        hold.delete()
    Coin.objects.filter(code="ETH").update(withdrawals_stopped_because="the audit found a difference")
    with pytest.raises(errors.TransferHeld, match="ETH are closed"):
        arrange.confirm_it(sender, transfer)


def test_a_receiver_who_left_meanwhile_receives_nothing(sender, receiver):
    transfer = arrange.opened(sender, receiver)
    User.objects.filter(pk=receiver.pk).update(status=Status.DELETED)
    with pytest.raises(errors.TransferHeld, match="receiver"):
        arrange.confirm_it(sender, transfer)


def test_the_statement_names_the_other_in_words_that_are_the_readers_to_know(sender, receiver):
    arrange.given(sender, receiver)
    arrange.take_back(sender, arrange.ask(sender, receiver, amount="2"))
    own = statement.of_customer(sender).rows(below=None, above=None, limit=10)
    assert {(line.kind, line.counterparty) for line in own if line.kind != "deposit"} == {
        ("transfer_hold", str(receiver.uid)), ("transfer", str(receiver.uid)), ("transfer_release", str(receiver.uid)),
    }  # fmt: skip
    (line,) = statement.of_customer(receiver).rows(below=None, above=None, limit=10)
    assert (line.kind, line.amount) == ("transfer", Decimal(1))
    assert "***" in line.counterparty
    assert str(sender.uid) not in line.counterparty


def test_a_link_leads_to_the_tenants_page_where_there_is_one(sender, receiver):
    with override_settings(TRANSFER_LINK_URL="https://app.example.com/confirm"):
        arrange.ask(sender, receiver)
    assert read_message(sender.email, "transfer_requested").facts["link"].startswith("https://app.example.com/confirm#")


def test_the_code_of_a_transfer_says_how_much_goes_to_whom(sender, receiver):
    transfer = arrange.ask(sender, receiver)
    assert messages.facts(transfer) == {"amount": "1", "coin": "ETH", "receiver": str(receiver.uid)}
    assert confirm.proof_context(transfer) == f"transfer:{transfer.public_id}:1:{receiver.pk}"
