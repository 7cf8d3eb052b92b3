"""What one coin is worth in another: directly, the other way round, over a coin between them; and what is too old."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts.admin_site import site
from accounts.models import RegisterType, User
from config.kit.clock import now
from tests.client import Api
from tests.wallet.rates.arrange import tell, tell_all
from wallet.models import Coin, Rate
from wallet.services.rates import reads, tickers
from wallet.services.rates.errors import RateStale, RateUnknown

pytestmark = pytest.mark.django_db


def price(source: str, target: str, *, fresh: bool = True) -> Decimal:
    read = reads.fresh if fresh else reads.between
    return read(Coin.objects.get(code=source), Coin.objects.get(code=target)).price


def test_a_price_is_read_in_both_directions_and_over_a_coin_between() -> None:
    tell_all()
    assert price("ETH", "USDT") == 3000
    assert price("USDT", "ETH") == Decimal("0." + "0" * 3 + "3" * 33)
    assert price("ETH", "BTC") == Decimal("0.05")
    assert price("BTC", "TWD") == 60000 * 32
    assert price("TWD", "USD") == Decimal("0.03125")


def test_the_pairs_own_price_comes_before_one_over_another_coin() -> None:
    tell_all()
    tell("ETH/BTC", "0.06")
    assert price("ETH", "BTC") == Decimal("0.06")


def test_where_no_price_leads_there_is_none() -> None:
    tell("BTC/USDT", "60000")
    with pytest.raises(RateUnknown):
        price("ETH", "BTC")


def test_a_coin_that_is_closed_has_no_price() -> None:
    tell_all()
    Coin.objects.filter(code="ETH").update(is_enabled=False)
    with pytest.raises(RateUnknown):
        price("ETH", "USDT")


def test_an_old_price_is_shown_and_not_used(settings: Any) -> None:
    settings.RATES_AGE_SECONDS_MAX = 120
    tell_all(age_seconds=119)
    assert price("ETH", "USDT") == 3000
    settings.RATES_AGE_SECONDS_MAX = 118
    with pytest.raises(RateStale):
        price("ETH", "USDT")
    assert price("ETH", "USDT", fresh=False) == 3000


def test_one_old_part_makes_the_whole_price_old() -> None:
    tell("BTC/USDT", "60000", taken_at=now() - timedelta(seconds=900))
    tell("ETH/USDT", "3000")
    with pytest.raises(RateStale):
        price("ETH", "BTC")


@given(top=st.integers(0, 10**60), bottom=st.integers(1, 10**40), places=st.integers(0, 36))
def test_rounding_down_loses_less_than_one_unit(top: int, bottom: int, places: int) -> None:
    exact = Fraction(top, bottom)
    lost = exact - Fraction(reads.floor_to(exact, places))
    assert 0 <= lost < Fraction(1, 10**places)


def test_everybody_reads_the_rates_over_http(api: Api) -> None:
    tell("ETH/USDT", "3000.50", change="-0.75", taken_at=now() - timedelta(hours=1))
    tell("BTC/USDT", "60000")
    answer = api.get("/api/v1/rates")
    assert answer.status_code == 200
    bitcoin, ether = answer.json()["results"]
    taken = Rate.objects.get(base__code="ETH").taken_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert ether == {
        "base": "ETH", "quote": "USDT", "price": "3000.5", "change_percent": "-0.75", "source": "tests", "taken_at": taken,
        "is_stale": True,
    }  # fmt: skip
    assert (bitcoin["change_percent"], bitcoin["is_stale"]) == (None, False)
    assert [row["base"] for row in api.get("/api/v1/rates?base=BTC").json()["results"]] == ["BTC"]
    assert api.get("/api/v1/rates?quote=TWD").json()["results"] == []
    refused = api.get("/api/v1/rates?base=DOGE")
    assert (refused.status_code, refused.json()["slug"]) == (400, "wallet.unknown_coin")


def test_the_desk_shows_rates_and_changes_none() -> None:
    tell("ETH/USDT", "3000.50", change="-0.75")
    officer = User.objects.create(
        email="auditor@example.com", register_type=RegisterType.STAFF, registered_at=now(), is_staff=True
    )
    officer.groups.add(Group.objects.get(name="auditor"))
    request: Any = RequestFactory().get("/")
    request.user, request.session = officer, SessionStore()
    page = site._registry[Rate]
    assert page.has_view_permission(request)
    for may in (page.has_add_permission, page.has_change_permission, page.has_delete_permission):
        assert not may(request)
    assert "3000.5" in page.changelist_view(request).render().content.decode()
    assert "-0.75" in page.change_view(request, str(Rate.objects.get().pk)).render().content.decode()


def test_tickers_are_every_crypto_coin_in_one_currency_with_the_change_of_all_parts() -> None:
    tell("ETH/USDT", "3000", change="10")
    tell("BTC/USDT", "60000", change="-100")
    tell("USDT/TWD", "32", change="-1")
    found = {row.base: (row.price, row.change_percent) for row in tickers.against("TWD")}
    assert found == {"ETH": (96_000, Decimal("8.9")), "BTC": (1_920_000, None), "USDT": (32, -1), "TRX": (None, None)}
    (usdt,) = [row for row in tickers.against("ETH") if row.base == "USDT"]
    assert usdt.change_percent == Decimal("-9.09090910")
    Coin.objects.filter(code="TWD").update(is_enabled=False)
    assert tickers.against("TWD") == tickers.against("NOPE") == []
