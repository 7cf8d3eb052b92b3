"""Converting in one request: the quote of this moment, taken once for a reference."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.wallet.conversions.arrange import available, trader
from tests.wallet.rates.arrange import tell, tell_all
from tests.wallet.withdrawals.crowd import at_once as in_a_crowd
from wallet.errors import IdempotencyConflict
from wallet.models import Conversion, ConversionQuote
from wallet.services.conversions import at_once, errors
from wallet.services.conversions.executing import Converted


@pytest.fixture
def rates(db: None) -> None:
    tell_all()


def convert(customer: Any, **wish: Any) -> Converted:
    return at_once.convert(customer=customer, **{"source_coin": "USDT", "target_coin": "ETH", **wish})


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize("wish", [{"source_amount": "300"}, {"target_amount": "0.03"}], ids=str)
def test_a_reference_makes_one_conversion_at_the_price_of_its_first_request(wish: dict[str, Any]) -> None:
    customer = trader(USDT="1000")
    first = convert(customer, **wish, client_reference="one")
    tell("ETH/USDT", "3300")
    again = convert(customer, **wish, client_reference="one")
    assert (first.replayed, again.replayed, again.conversion.pk) == (False, True, first.conversion.pk)
    assert (Conversion.objects.count(), ConversionQuote.objects.count()) == (1, 1)
    (name,) = wish
    for other in ({name: "301"}, {**wish, "target_coin": "BTC"}, {**wish, "source_coin": "ETH", "target_coin": "USDT"}):
        with pytest.raises(IdempotencyConflict):
            convert(customer, **other, client_reference="one")
    assert convert(customer, **wish).conversion.pk != first.conversion.pk


@pytest.mark.usefixtures("rates")
def test_another_customers_reference_is_another() -> None:
    ada, bob = trader(), trader()
    assert not convert(ada, source_amount="10", client_reference="one").replayed
    assert not convert(bob, source_amount="11", client_reference="one").replayed
    with pytest.raises(errors.OneAmountDue):
        convert(ada, source_amount="1", target_amount="1")


def test_many_requests_of_one_reference_convert_once_and_all_are_told(real_db: None) -> None:
    tell_all()
    customer = trader(USDT="1000")
    wish = partial(convert, customer, source_amount="100", client_reference="one")
    told = in_a_crowd([wish] * 5)
    assert {one.conversion.public_id for one in told} == {Conversion.objects.get().public_id}
    assert [one.replayed for one in told].count(False) == 1
    assert available(customer, "USDT") == 900
