"""Conversions over HTTP and at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from accounts.admin_site import site
from tests.client import Api
from tests.factories_kyc import token_of
from tests.kit.test_money import BAD
from tests.wallet.conversions.arrange import trader
from tests.wallet.rates.arrange import tell_all
from tests.wallet.withdrawals.arrange import officer
from wallet.models import Conversion, ConversionLimit, ConversionQuote, ConversionTerms

pytestmark = pytest.mark.django_db
QUOTES, CONVERSIONS = "/api/v1/conversions/quotes", "/api/v1/conversions"
WISH = {"source_coin": "USDT", "target_coin": "ETH", "source_amount": "100"}


@pytest.fixture
def mine() -> Api:
    tell_all()
    return Api(token=token_of(trader()))


def test_a_quote_is_taken_and_read_again(mine: Api) -> None:
    quote = mine.post(QUOTES, WISH)
    assert quote.status_code == 201
    told = quote.json()
    assert told == {
        "id": told["id"], "source_coin": "USDT", "target_coin": "ETH", "source_amount": "100",
        "target_amount": "0.033166666666666666", "price": "0." + "0" * 3 + "3" * 33, "spread_percent": "0.5",
        "fee": "0.000166666666666666", "rate_taken_at": told["rate_taken_at"], "created_at": told["created_at"],
        "expires_at": told["expires_at"],
    }  # fmt: skip
    made = mine.post(CONVERSIONS, {"quote": told["id"]}, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201
    assert "Idempotency-Replayed" not in made.headers
    body = made.json()
    assert (body["quote"], body["source_amount"], body["target_amount"]) == (told["id"], "100", "0.033166666666666666")
    again = mine.post(CONVERSIONS, {"quote": told["id"]}, headers={"Idempotency-Key": "one"})
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (body, "true")
    refused = mine.post(CONVERSIONS, {"quote": told["id"]})
    assert (refused.status_code, refused.json()["slug"], refused.json()["conversion"]) == (409, "wallet.quote_used", body["id"])
    assert mine.get(f"{CONVERSIONS}/{body['id']}").json() == body
    assert mine.get(CONVERSIONS).json()["results"] == [body]
    lines = mine.get("/api/v1/statement?kind=conversion").json()["results"]
    assert [(line["coin"], line["amount"]) for line in lines] == [("ETH", "0.033166666666666666"), ("USDT", "-100")]
    assert {line["posting"] for line in lines} == {body["posting"]}


def test_conversions_are_paged(mine: Api) -> None:
    for _ in range(3):
        mine.post(CONVERSIONS, {"quote": mine.post(QUOTES, WISH).json()["id"]})
    page = mine.get(f"{CONVERSIONS}?size=2").json()
    rest = mine.get(page["next"].replace("http://testserver", "")).json()
    assert len({row["id"] for row in page["results"] + rest["results"]}) == 3


def test_anothers_quote_and_conversion_are_like_none(mine: Api) -> None:
    stranger = Api(token=token_of(trader()))
    quote = mine.post(QUOTES, WISH).json()["id"]
    theirs = stranger.post(CONVERSIONS, {"quote": quote})
    assert theirs.status_code == 404
    assert theirs.content == stranger.post(CONVERSIONS, {"quote": "4203918275640192"}).content
    made = mine.post(CONVERSIONS, {"quote": quote}).json()["id"]
    assert stranger.get(f"{CONVERSIONS}/{made}").status_code == 404
    assert stranger.get(CONVERSIONS).json()["results"] == []


@pytest.mark.parametrize("side", ["source_amount", "target_amount"])
def test_what_is_no_amount_is_refused_and_leaves_no_row(mine: Api, side: str) -> None:
    wish = {name: value for name, value in WISH.items() if name != "source_amount"}
    for bad in [*(bad for bad in BAD if isinstance(bad, str | float | bool | list | dict)), 0, "0", "-0", "-1", 10**77]:
        answer = mine.post(QUOTES, {**wish, side: bad})
        if bad == 1.1:  # a JSON number is read from its digits, and never was a float here
            assert answer.status_code in {201, 422}
            continue
        assert answer.status_code == 400, repr(bad)
        assert side in answer.json()["fields"] or answer.json()["slug"] == "api.malformed", repr(bad)
    for raw in (b"1e400", b"NaN", b"Infinity", b"1e-9"):
        body = b'{"source_coin": "USDT", "target_coin": "BTC", "' + side.encode() + b'": ' + raw + b"}"
        assert mine.call("POST", QUOTES, raw=body).status_code == 400
    assert not ConversionQuote.objects.exclude(source_amount__gt=1).exists()


def test_old_rates_are_said_with_when_to_try_again(settings: Any) -> None:
    settings.RATES_AGE_SECONDS_MAX = 60
    tell_all(age_seconds=61)
    answer = Api(token=token_of(trader())).post(QUOTES, WISH)
    assert (answer.status_code, answer.json()["slug"], answer.headers["Retry-After"]) == (503, "wallet.rate_stale", "30")


def test_the_desk_shows_conversions_and_changes_none(mine: Api) -> None:
    made = mine.post(CONVERSIONS, {"quote": mine.post(QUOTES, WISH).json()["id"]}).json()
    request: Any = RequestFactory().get("/")
    request.user, request.session = officer(role="auditor"), SessionStore()
    for model, word in ((Conversion, made["id"]), (ConversionTerms, "250000"), (ConversionLimit, "100000")):
        page = site._registry[model]
        for may in (page.has_add_permission, page.has_change_permission, page.has_delete_permission):
            assert not may(request)
        assert word in page.changelist_view(request).render().content.decode()
    shown = site._registry[Conversion].change_view(request, str(Conversion.objects.get().pk)).render().content.decode()
    assert "0.033166666666666666" in shown
    assert "ETH/USDT tests" in shown
