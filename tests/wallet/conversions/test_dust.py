"""Small balances exchanged together: what is small, all or nothing, once, and what the database refuses."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.errors import SecurityHoldActive
from accounts.models import User
from accounts.services import holds
from config.kit.clock import now
from config.kit.errors import Absent
from kyc.errors import NotEntitled
from tests.client import Api
from tests.factories_messaging import read_message
from tests.wallet.conversions.arrange import available, house, offer, trader
from tests.wallet.rates.arrange import tell_all
from tests.wallet.withdrawals.crowd import at_once
from tests.wallet.withdrawals.test_api import signed_in
from wallet.errors import InsufficientFunds, UnknownCoin
from wallet.models import Conversion, ConversionLimit, ConversionQuote, ConversionTerms, DustQuote
from wallet.services import audit, statement
from wallet.services.conversions import dust, errors, executing, policy, quoting
from wallet.services.rates.errors import RateUnknown

SMALL = {"BTC": "0.00005", "ETH": "0.0005", "TWD": "9", "USDT": "100"}


@pytest.fixture
def rates(db: None) -> None:
    tell_all()


@pytest.fixture
def holder(rates: None) -> User:
    """Three small balances, and one that is not."""
    return trader(**SMALL)


def test_all_small_balances_become_one_coin_at_quoted_prices_and_everybody_knows(holder: User) -> None:
    before = house("USDT")
    offered = dust.quote(customer=holder, target_coin="USDT")
    assert {part.source_coin.code: str(part.source_amount.normalize()) for part in offered.parts} == {
        "BTC": "0.00005", "ETH": "0.0005", "TWD": "9"
    }  # fmt: skip
    made = dust.convert(customer=holder, quote=offered.quote.public_id)
    assert [row.quote_id for row in made] == [part.pk for part in offered.parts]
    assert {coin: available(holder, coin) for coin in SMALL} == {
        "BTC": 0, "ETH": 0, "TWD": 0, "USDT": 100 + offered.target_amount
    }  # fmt: skip
    given = sum((part.target_amount + part.fee + part.dust for part in offered.parts), Decimal(0))
    assert house("USDT")["conversion"] == before["conversion"] - given
    assert house("USDT")["fee"] == before["fee"] + offered.fee
    told = read_message(holder.email or "", "dust_converted").facts
    assert told["coins"] == ", ".join(part.source_coin.code for part in offered.parts)
    assert len(statement.of_customer(holder, kind="conversion").rows(below=None, above=None, limit=9)) == 6
    assert policy.used(holder, offered.parts[0].source_coin, hours=24) == offered.parts[0].source_amount
    with pytest.raises(errors.QuoteUsed):
        dust.convert(customer=holder, quote=offered.quote.public_id)
    with pytest.raises(errors.NoDust):
        dust.quote(customer=holder, target_coin="USDT")


def test_only_what_one_conversion_would_not_take_is_small(holder: User) -> None:
    minimum = ConversionTerms.objects.get(coin__code="USDT").minimum
    for amount, small in ((minimum, False), (minimum - Decimal("0.00000001"), True)):
        one = trader(USDT=str(amount))
        if small:
            assert len(dust.quote(customer=one, target_coin="ETH", coins=["USDT"]).parts) == 1
            continue
        with pytest.raises(errors.NotDust):
            dust.quote(customer=one, target_coin="ETH", coins=["USDT"])


def test_what_is_named_is_told_why_it_is_not_exchanged_and_what_is_not_named_is_left_out(holder: User) -> None:
    for coins, target, refusal in (
        (["NONE"], "USDT", UnknownCoin), (["USDT"], "USDT", errors.SameCoin), (["USDT"], "ETH", errors.NotDust),
        (["USD"], "USDT", errors.NotDust), ([], "NONE", UnknownCoin),
    ):  # fmt: skip
        with pytest.raises(refusal):
            dust.quote(customer=holder, target_coin=target, coins=coins)
    with pytest.raises(errors.ConversionTooSmall):
        dust.quote(customer=trader(TWD="0.01"), target_coin="USD", coins=["TWD"])
    with pytest.raises(RateUnknown):
        dust.quote(customer=trader(TRX="9"), target_coin="USDT", coins=["TRX"])
    ConversionTerms.objects.filter(coin__code="TWD").update(is_open=False)
    ConversionLimit.objects.filter(coin__code="BTC").delete()
    with pytest.raises(errors.ConversionsClosed):
        dust.quote(customer=holder, target_coin="USDT", coins=["ETH", "TWD"])
    with pytest.raises(errors.ConversionLimitUnset):
        dust.quote(customer=holder, target_coin="USDT", coins=["BTC"])
    assert [part.source_coin.code for part in dust.quote(customer=holder, target_coin="USDT").parts] == ["ETH"]
    assert DustQuote.objects.count() == 1


def test_anothers_offer_is_like_none_and_no_part_is_taken_alone(holder: User) -> None:
    offered = dust.quote(customer=holder, target_coin="USDT")
    with pytest.raises(Absent):
        dust.convert(customer=trader(), quote=offered.quote.public_id)
    with pytest.raises(Absent):
        dust.convert(customer=holder, quote="x")
    with pytest.raises(Absent):
        executing.convert(customer=holder, quote=offered.parts[0].public_id)


def test_what_left_meanwhile_stops_all_of_it(holder: User) -> None:
    offered = dust.quote(customer=holder, target_coin="USDT")
    part = offered.parts[0]
    dust_again = dust.quote(customer=holder, target_coin="USDT", coins=[part.source_coin.code])
    dust.convert(customer=holder, quote=dust_again.quote.public_id)
    with pytest.raises(InsufficientFunds):
        dust.convert(customer=holder, quote=offered.quote.public_id)
    assert Conversion.objects.filter(customer=holder).count() == 1
    assert available(holder, "TWD") == 9


def test_it_stands_for_seconds_and_asks_everything_again(holder: User) -> None:
    offered = dust.quote(customer=holder, target_coin="USDT")
    with time_machine.travel(now() + timedelta(hours=1), tick=False), pytest.raises(errors.QuoteExpired):
        dust.convert(customer=holder, quote=offered.quote.public_id)
    ConversionTerms.objects.filter(coin__code="TWD").update(is_open=False)
    with pytest.raises(errors.ConversionsClosed):
        dust.convert(customer=holder, quote=offered.quote.public_id)
    ConversionTerms.objects.filter(coin__code="TWD").update(is_open=True)
    holds.start(user=holder, cause="password")
    with pytest.raises(SecurityHoldActive):
        dust.convert(customer=holder, quote=offered.quote.public_id)
    with pytest.raises(SecurityHoldActive):
        dust.quote(customer=holder, target_coin="USDT")
    with pytest.raises(NotEntitled):
        dust.quote(customer=trader(level=1, **SMALL), target_coin="USDT")
    assert not Conversion.objects.exists()


def test_offers_that_nobody_took_go(holder: User) -> None:
    kept = dust.quote(customer=holder, target_coin="USDT", coins=["TWD"])
    dust.convert(customer=holder, quote=kept.quote.public_id)
    dust.quote(customer=holder, target_coin="USDT")
    with time_machine.travel(now() + timedelta(days=quoting.KEPT_DAYS + 1), tick=False):
        assert quoting.prune() == 2
    assert list(DustQuote.objects.all()) == [kept.quote]


def test_it_goes_over_http(api: Api, holder: User) -> None:
    me = signed_in(api, holder)
    path = "/api/v1/conversions/dust"
    offered = me.post(f"{path}-quotes", {"target_coin": "USDT"})
    assert offered.status_code == 201, offered.content
    shown = offered.json()
    assert sorted(part["source_coin"] for part in shown["parts"]) == ["BTC", "ETH", "TWD"]
    assert sum(Decimal(part["target_amount"]) for part in shown["parts"]) == Decimal(shown["target_amount"])
    taken = me.post(path, {"quote": shown["id"]})
    assert taken.status_code == 201, taken.content
    assert taken.json()["results"] == list(reversed(me.get("/api/v1/conversions").json()["results"]))
    assert me.post(path, {"quote": shown["id"]}).json()["slug"] == "wallet.quote_used"
    assert me.post(f"{path}-quotes", {"target_coin": "USDT"}).json()["slug"] == "wallet.no_dust"
    for body in ({}, {"target_coin": "USDT", "coins": ["BTC"] * 31}, {"target_coin": "USDT", "coins": "BTC"}):
        assert me.post(f"{path}-quotes", body).status_code == 400, body
    assert Api().post(path, {"quote": shown["id"]}).status_code == 401


def test_the_database_takes_an_offer_whole_and_each_part_for_its_own(real_db: None) -> None:
    tell_all()
    holder, other = trader(**SMALL), trader()
    offered = dust.quote(customer=holder, target_coin="USDT")
    part = offered.parts[0]

    def refused(act: Any) -> str:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            act()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return str(refusal.value.__cause__.diag.constraint_name)

    assert refused(partial(executing.take, part, customer=holder, reference=None, api_key_id="")) == "dust_quote_is_taken_whole"
    assert refused(lambda: DustQuote.objects.update(target_coin=part.source_coin)) == "wallet_dustquote_append_only"
    stray = offer(other, "90", source="USDT", target="ETH")
    stray.pk, stray.public_id, stray.dust_quote = None, stray.public_id + 1, offered.quote
    assert refused(lambda: stray.save(force_insert=True)) == "conversion_quote_of_its_dust"
    results = at_once([partial(dust.convert, customer=holder, quote=offered.quote.public_id)] * 4)
    assert sum(isinstance(result, list) for result in results) == 1
    assert sum(isinstance(result, errors.QuoteUsed) for result in results) == 3
    assert audit.run(stop=False).findings == []
    assert ConversionQuote.objects.filter(dust_quote=offered.quote).count() == 3
