"""Asking for a withdrawal: what is reserved, what is refused, and what happens twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.errors import SecurityHoldActive
from accounts.models import Status
from accounts.services import holds
from config.kit.clock import now
from config.kit.errors import DomainError
from config.kit.money import AmountInvalid
from kyc.errors import NotEntitled
from tests.factories_messaging import unsent_messages
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import HOT_WALLET
from wallet.chains.errors import InvalidAddress, InvalidMemo, NetworkNotConnected
from wallet.errors import InsufficientFunds, UnknownCoin, UnknownNetwork
from wallet.models import Coin, CoinNetwork, DepositAddress, TrustedAddress, Withdrawal, WithdrawalEvent, WithdrawalLimit
from wallet.services.withdrawals import errors, expiry, request

D = Decimal


def test_amount_and_fee_move_from_available_to_held(customer):
    withdrawal = arrange.ask(customer, amount="1.5")
    fee = withdrawal.fee
    assert fee > 0
    assert arrange.money(customer) == arrange.Money(D("8.5") - fee, D("1.5") + fee)
    assert (withdrawal.state, withdrawal.address) == ("verification", arrange.ADDRESS)
    event = WithdrawalEvent.objects.get()
    assert (event.state_before, event.state_after, event.actor) == ("", "verification", customer)


def test_the_owner_is_told_at_once_and_gets_the_code(customer):
    arrange.ask(customer)
    assert {message.template for message in unsent_messages(customer.email)} == {"withdrawal_requested", "code_withdrawal"}


REFUSED_AMOUNTS = [
    "0", "-0", "-1", "1e-9", "1e400", "NaN", "Infinity", "１", "1_000", "0x1", 1.1, "", None, [], True, "1" * 78,
    "0.0000000000000000001", "+1", " 1", "1.", ".5", "01", b"1", D("NaN"),
]  # fmt: skip


@pytest.mark.parametrize("amount", REFUSED_AMOUNTS, ids=repr)
def test_an_amount_that_is_none_is_refused_without_a_row(customer, amount):
    with pytest.raises(AmountInvalid):
        arrange.ask(customer, amount=amount)
    assert_nothing_happened(customer)


def test_less_than_the_minimum_is_refused(customer):
    minimum = CoinNetwork.objects.get(coin__code="ETH", network__code="ETHEREUM").withdrawal_minimum
    with pytest.raises(errors.AmountBelowMinimum):
        arrange.ask(customer, amount=minimum - D("0.000001"))
    assert_nothing_happened(customer)


def test_more_than_there_is_with_the_fee_is_refused(customer):
    with pytest.raises(InsufficientFunds):
        arrange.ask(customer, amount="10")
    assert_nothing_happened(customer)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"address": ""}, InvalidAddress),
        ({"address": "0x1234"}, InvalidAddress),
        ({"address": arrange.ADDRESS[:-1] + "e"}, InvalidAddress),
        ({"address": "0x" + "0" * 40}, InvalidAddress),
        ({"address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"}, InvalidAddress),
        ({"memo": "12"}, InvalidMemo),
        ({"address": HOT_WALLET}, errors.HouseAddress),
    ],
)
def test_a_destination_that_cannot_be_is_refused(customer, change, refusal):
    with pytest.raises(refusal):
        arrange.ask(customer, **change)
    assert_nothing_happened(customer)


@pytest.mark.parametrize(
    ("coin", "network", "refusal"),
    [("NOPE", "ETHEREUM", UnknownCoin), ("ETH", "NOPE", UnknownNetwork), ("ETH", "TRON", UnknownNetwork)],
)
def test_an_unknown_coin_or_network_is_refused(customer, coin, network, refusal):
    with pytest.raises(refusal):
        request.request(customer=customer, coin=coin, network=network, address=arrange.ADDRESS, amount="1", ip="127.0.0.1")


def test_ones_own_deposit_address_is_refused_and_anothers_is_not(customer):
    network = CoinNetwork.objects.get(coin__code="ETH", network__code="ETHEREUM").network
    other = arrange.customer(funds="0")
    for index, (owner, address) in enumerate([(customer, arrange.ADDRESS), (other, arrange.OTHER_ADDRESS)]):
        DepositAddress.objects.create(
            customer=owner, network=network, address=address, derivation_index=index, key_fingerprint="f"
        )
    with pytest.raises(errors.OwnAddress):
        arrange.ask(customer)
    assert arrange.ask(customer, address=arrange.OTHER_ADDRESS).state == "verification"


def test_below_the_level_nothing_leaves(db):
    user = arrange.customer(level=1)
    with pytest.raises(NotEntitled):
        arrange.ask(user)
    assert_nothing_happened(user)


def test_a_security_hold_stops_it_and_is_named(customer):
    holds.start(user=customer, cause="password")
    with pytest.raises(SecurityHoldActive) as refused:
        arrange.ask(customer)
    assert refused.value.facts["cause"] == "password"
    assert_nothing_happened(customer)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.NORMAL])
def test_an_account_that_is_not_normal_sends_nothing(customer, status):
    type(customer).objects.filter(pk=customer.pk).update(status=status)
    with pytest.raises(errors.WithdrawalsClosed):
        arrange.ask(customer)


def test_a_limit_that_is_not_set_is_closed(customer):
    WithdrawalLimit.objects.filter(coin__code="ETH", level=2, window_hours=24).delete()
    with pytest.raises(errors.LimitUnset):
        arrange.ask(customer)
    assert_nothing_happened(customer)


def test_the_limit_counts_what_may_still_leave_and_forgets_what_did_not(customer):
    WithdrawalLimit.objects.filter(coin__code="ETH", level=2, window_hours=24).update(maximum=D("2"))
    first = arrange.ask(customer, amount="1.5")
    with pytest.raises(errors.LimitExceeded) as refused:
        arrange.ask(customer, amount="0.6")
    assert refused.value.facts["remaining"] == "0.5"
    arrange.take_back(customer, first)
    assert arrange.ask(customer, amount="2").amount == 2


def test_the_limit_looks_back_over_its_window_only(customer):
    WithdrawalLimit.objects.filter(coin__code="ETH", level=2, window_hours=24).update(maximum=D("2"))
    first = arrange.ask(customer, amount="2")
    arrange.by_hand(first, created_at=now() - timedelta(hours=24, seconds=1))
    assert arrange.ask(customer, amount="2").amount == 2


def test_a_closed_network_sends_nothing(customer):
    CoinNetwork.objects.filter(coin__code="ETH").update(is_withdrawal_open=False)
    with pytest.raises(errors.WithdrawalsClosed):
        arrange.ask(customer)
    assert_nothing_happened(customer)


def test_too_many_at_once_are_refused(customer, monkeypatch):
    monkeypatch.setattr(request, "OPEN_PER_CUSTOMER_MAX", 2)
    first = arrange.ask(customer)
    arrange.ask(customer)
    with pytest.raises(errors.TooManyOpen):
        arrange.ask(customer)
    arrange.take_back(customer, first)
    assert arrange.ask(customer).state == "verification"


def test_the_same_reference_and_body_give_the_same_withdrawal(customer):
    words = {"customer": customer, "coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS, "ip": arrange.IP}
    first = request.request(**words, amount="1", client_reference="a")
    again = request.request(**words, amount="1.0", client_reference="a")
    assert (again.replayed, again.withdrawal.pk) == (True, first.withdrawal.pk)
    assert arrange.money(customer).held == 1 + first.withdrawal.fee
    with pytest.raises(errors.ReferenceTaken):
        request.request(**words, amount="2", client_reference="a")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Coin.objects.filter(code="ETH").update(is_enabled=False),
        lambda: CoinNetwork.objects.filter(coin__code="ETH").update(withdrawal_minimum=D(2), scale=0),
        lambda: CoinNetwork.objects.filter(coin__code="ETH").update(is_withdrawal_open=False),
    ],
)
def test_a_reference_is_answered_as_it_stands_whatever_was_set_meanwhile(customer, change):
    words = {"customer": customer, "coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS.lower(), "ip": arrange.IP}
    first = request.request(**words, amount="0.5", client_reference="a")
    change()
    again = request.request(**words, amount="0.5", client_reference="a")
    assert (again.withdrawal, again.replayed) == (first.withdrawal, True)
    with pytest.raises(errors.ReferenceTaken):
        request.request(**words, amount="0.6", client_reference="a")
    with pytest.raises(DomainError):
        request.request(**words, amount="0.5", client_reference="b")


def test_a_reference_does_not_stand_for_another_coin(customer):
    arrange.ask(customer, client_reference="a")
    with pytest.raises(errors.ReferenceTaken):
        arrange.ask(customer, amount="50", coin="USDT", client_reference="a")


def test_a_reference_belongs_to_its_customer(customer):
    other = arrange.customer()
    first = arrange.ask(customer, client_reference="a")
    second = arrange.ask(other, amount="2", client_reference="a")
    assert first.pk != second.pk


def test_a_key_sends_to_trusted_addresses_only(customer):
    with pytest.raises(errors.AddressNotTrusted):
        arrange.ask(customer, api_key_id="7")
    trust(customer, usable_from=now() + timedelta(hours=1))
    with pytest.raises(errors.AddressCoolingDown):
        arrange.ask(customer, api_key_id="7")
    assert_nothing_happened(customer)
    TrustedAddress.objects.update(usable_from=now() - timedelta(seconds=1))
    sent = arrange.ask(customer, api_key_id="7")
    assert (sent.state, sent.verified_by, sent.api_key_id) == ("review", "api_key", "7")


def test_a_small_amount_to_a_trusted_address_needs_no_officer_unless_flagged(customer):
    trust(customer, usable_from=now() - timedelta(days=2))
    assert arrange.ask(customer, amount="0.1", api_key_id="7").state == "approved"
    assert arrange.ask(customer, amount="0.11", api_key_id="7").state == "review"
    young = arrange.customer(days_old=1)
    trust(young, usable_from=now() - timedelta(days=2))
    flagged = arrange.fresh(arrange.ask(young, amount="0.1", api_key_id="7"))
    assert (flagged.state, flagged.is_flagged, flagged.officers_required) == ("review", True, 2)


def test_a_network_without_a_gateway_is_refused(customer, monkeypatch):
    def none(network: str) -> None:
        raise NetworkNotConnected(network=network)

    monkeypatch.setattr("wallet.chains.registry.gateway", none)
    with pytest.raises(NetworkNotConnected):
        arrange.ask(customer)


def test_what_was_not_confirmed_in_time_ends_and_nothing_else_does(customer):
    late, early, confirmed = arrange.ask(customer), arrange.ask(customer), arrange.confirmed(customer)
    past = now() - timedelta(seconds=1)
    Withdrawal.objects.filter(pk__in=[late.pk, confirmed.pk]).update(expires_at=past)
    assert [expiry.expire(one.pk) for one in (late, early, confirmed)] == [True, False, False]
    assert expiry.expire(late.pk) is False
    assert [arrange.fresh(one).state for one in (late, early, confirmed)] == ["expired", "verification", "review"]
    assert arrange.money(customer).held == early.total + confirmed.total


def trust(customer, *, usable_from):
    network = CoinNetwork.objects.get(coin__code="ETH", network__code="ETHEREUM")
    return TrustedAddress.objects.create(
        customer=customer, label="cold", coin_network=network, address=arrange.ADDRESS, usable_from=usable_from
    )


def assert_nothing_happened(customer):
    assert not Withdrawal.objects.filter(customer=customer).exists()
    assert arrange.money(customer).held == 0
    assert not unsent_messages(customer.email)
