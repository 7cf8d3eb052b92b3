"""A key's cap in a coin holds over its withdrawals of a day, fees included, however many ask at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from apikeys.models import ApiKey, DailyCap, Scheme
from config.kit.clock import now
from config.kit.crypto import seal
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.crowd import at_once, patiently
from wallet.models import Withdrawal
from wallet.models.trusted_addresses import TrustedAddress
from wallet.services import coins
from wallet.services.withdrawals.errors import KeyCapExceeded


def key_of(user: User, cap: str | None = "1.004") -> str:
    """A key that may withdraw, with a trusted address to send to."""
    moment = now()
    made = ApiKey(
        user=user, key="K" * 32, scheme=Scheme.NATIVE_HMAC, label="robot", scopes=["withdraw"], networks=["127.0.0.1"],
        created_at=moment, aged_from=moment,
    )  # fmt: skip
    made.sealed_secret = seal(b"secret", context=made.seal_context)
    made.save()
    if cap is not None:
        DailyCap.objects.create(api_key=made, coin="ETH", amount=cap)
    TrustedAddress.objects.create(
        customer=user, coin_network=coins.network("ETH", "ETHEREUM"), address=arrange.ADDRESS, memo="", label="cold",
        created_at=moment, usable_from=moment,
    )  # fmt: skip
    return str(made.public_id)


@pytest.mark.django_db
def test_a_key_withdraws_up_to_its_cap_and_no_more_until_a_day_has_passed() -> None:
    user = arrange.customer()
    key = key_of(user)
    arrange.ask(user, amount="0.5", api_key_id=key)
    arrange.ask(user, amount="0.4", api_key_id=key)
    with pytest.raises(KeyCapExceeded) as refused:
        arrange.ask(user, amount="0.2", api_key_id=key)
    left = Decimal("1.004") - Decimal("0.9") - 2 * _fee(user)
    assert (refused.value.maximum, Decimal(refused.value.remaining)) == ("1.004", left)
    assert Withdrawal.objects.count() == 2
    with time_machine.travel(now() + timedelta(hours=24, seconds=1)):
        arrange.ask(user, amount="0.2", api_key_id=key)


@pytest.mark.django_db
def test_a_cap_of_nothing_lets_nothing_out_and_a_key_without_one_has_its_customers_limits() -> None:
    user = arrange.customer()
    key = key_of(user, cap="0")
    with pytest.raises(KeyCapExceeded):
        arrange.ask(user, amount="0.1", api_key_id=key)
    DailyCap.objects.all().delete()
    arrange.ask(user, amount="0.5", api_key_id=key)


@pytest.mark.django_db
def test_what_was_taken_back_uses_up_no_cap_and_a_session_has_none() -> None:
    user = arrange.customer()
    key = key_of(user)
    arrange.take_back(user, arrange.ask(user, amount="0.9", api_key_id=key))
    arrange.ask(user, amount="0.9", api_key_id=key)
    arrange.ask(user, amount="0.9")


def test_sixteen_at_once_get_what_the_cap_holds(real_db: None) -> None:
    user = arrange.customer()
    key = key_of(user)
    fee = _fee(user)
    DailyCap.objects.update(amount=5 * (Decimal("0.1") + fee))
    acts = [patiently(lambda: arrange.ask(user, amount="0.1", api_key_id=key))] * 16
    met = at_once(acts)
    assert sum(isinstance(one, Withdrawal) for one in met) == 5, met
    assert sum(isinstance(one, KeyCapExceeded) for one in met) == 11


def _fee(user: User) -> Decimal:
    return coins.network("ETH", "ETHEREUM").withdrawal_fee
