"""Nonces in order, prices that are fresh, and no payment that the hot wallet can't bear."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from config.kit.clock import now
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import sign
from wallet.models import OutgoingTransaction
from wallet.services.withdrawals import errors, signing


def prepared(customer, *, number: int = 3):
    made = [arrange.approved(customer, amount="1") for _ in range(number)]
    return [arrange.step(withdrawal) for withdrawal in made]


def test_what_comes_behind_a_refused_nonce_is_not_signed_and_prepared_anew(customer):
    first, second, third = prepared(customer)
    one, two, three = (arrange.transaction_of(each) for each in (first, second, third))
    assert signing.sign(one.pk, signer=sign)
    signing.refuse_to_sign(two.pk, because="no")
    assert not signing.sign(three.pk, signer=sign)
    assert OutgoingTransaction.objects.get(pk=three.pk).signer_refusal == "an earlier nonce was refused"
    assert [arrange.step(each).state for each in (second, third)] == ["approved", "approved"]
    assert [arrange.step(each).state for each in (third, second)] == ["signing", "signing"]
    assert [arrange.transaction_of(each).nonce for each in (first, third, second)] == [0, 1, 2]


def test_what_was_prepared_after_a_refusal_is_not_signed_with_a_gap_below_it(customer):
    first, second = prepared(customer, number=2)
    signing.refuse_to_sign(arrange.transaction_of(first).pk, because="no")
    (late,) = prepared(customer, number=1)
    waiting = arrange.transaction_of(late)
    assert not signing.sign(waiting.pk, signer=sign)
    assert arrange.step(first).state == "approved"
    assert not signing.sign(waiting.pk, signer=sign)
    assert [arrange.step(each).state for each in (late, second)] == ["approved", "approved"]


def test_a_nonce_that_became_free_while_the_node_was_asked_is_taken_first(customer, network, monkeypatch):
    (first,) = prepared(customer, number=1)
    second = arrange.approved(customer)
    signing.refuse_to_sign(arrange.transaction_of(first).pk, because="no")
    whole, seen = network.build, []

    def build(**facts):
        seen.append(facts["nonce"])
        if len(seen) == 1:
            arrange.step(first)
        return whole(**facts)

    monkeypatch.setattr(network, "build", build)
    arrange.step(second)
    assert seen == [1, 0]
    assert arrange.transaction_of(second).nonce == 0


def test_a_payment_priced_long_ago_is_not_signed(customer):
    (withdrawal,) = prepared(customer, number=1)
    outgoing = arrange.transaction_of(withdrawal)
    OutgoingTransaction.objects.filter(pk=outgoing.pk).update(created_at=now() - timedelta(seconds=301))
    with pytest.raises(errors.GateClosed, match="priced too long ago"):
        signing.sign(outgoing.pk, signer=sign)


def test_a_fee_that_the_signer_would_refuse_is_not_even_prepared(customer, network, settings):
    network.fee_ceiling = Decimal(settings.EVM_NETWORK_FEE_MAX) + Decimal("0.001")
    (withdrawal,) = prepared(customer, number=1)
    assert (withdrawal.state, "above the maximum" in withdrawal.blocked_because) == ("approved", True)
    assert not OutgoingTransaction.objects.exists()
    network.fee_ceiling = Decimal(settings.EVM_NETWORK_FEE_MAX)
    assert arrange.step(withdrawal).state == "signing"


def test_the_wallet_must_bear_all_payments_that_no_block_holds(customer, network):
    network.funds["ETH"] = Decimal("2.0019")
    first, second = prepared(customer, number=2)
    assert (first.state, second.state, second.blocked_because != "") == ("signing", "approved", True)
    network.funds["ETH"] = Decimal("2.002")
    assert arrange.step(second).state == "signing"


def test_what_is_mined_is_in_the_balance_already(customer, network):
    network.funds["ETH"] = Decimal("1.001")
    first, second = prepared(customer, number=2)
    arrange.sign_all()
    arrange.step(first)
    arrange.mine(network, first, confirmations=1)
    arrange.step(first)
    assert arrange.step(second).state == "signing"


def test_tokens_and_their_fees_are_counted_apart(customer, network):
    arrange.fund(customer, "1000", coin="USDT")
    network.funds.update(ETH=Decimal("0.0019"), USDT=Decimal("199.9"))
    made = [arrange.approved(customer, coin="USDT", amount="100") for _ in range(2)]
    assert [arrange.step(each).state for each in made] == ["signing", "approved"]
    network.funds["USDT"] = Decimal(200)
    assert arrange.step(made[1]).state == "approved"  # too little ether for its fee
    network.funds.update(ETH=Decimal("0.002"), USDT=Decimal("199.9"))
    assert arrange.step(made[1]).state == "approved"  # too little of the token itself
    network.funds["USDT"] = Decimal(200)
    assert arrange.step(made[1]).state == "signing"
