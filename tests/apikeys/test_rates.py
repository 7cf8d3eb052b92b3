"""How often a key may ask, and what happens where nothing can be counted."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from accounts.models import User
from apikeys.models import Nonce, RefusedRequest
from config.dialects.native.dialect import NATIVE
from config.kit.dialect import KeyRates
from config.production import complaints
from tests.apikeys import people, urls
from tests.apikeys.independent import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]


@pytest.fixture
def rates(empty_cache: None) -> Iterator[None]:
    before = NATIVE.key_rates
    object.__setattr__(NATIVE, "key_rates", KeyRates(per_key="3/m", per_owner="5/m", per_address_and_endpoint="9/m"))
    yield
    object.__setattr__(NATIVE, "key_rates", before)


@pytest.fixture
def ada() -> User:
    return people.customer()


@pytest.fixture
def signer_that_withdraws(ada: User) -> Client:
    return people.signer(people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",)))


def ask(signer: Any, path: str = "/api/v1/reading", ip: str = "127.0.0.1") -> Any:
    return people.send(signer.sign("GET", path), ip=ip)


def test_a_key_is_counted_over_all_its_requests_and_told_when_to_come_again(rates: None, ada: User) -> None:
    signer = people.signer(people.issue(ada))
    assert [ask(signer).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(signer)
    assert refused.json()["slug"] == "api.throttled"
    assert 1 <= int(refused.headers["Retry-After"]) == refused.json()["retry_after"] <= 60


def test_all_keys_of_one_customer_share_a_rate_and_another_customers_do_not(rates: None, ada: User) -> None:
    one, two = people.signer(people.issue(ada)), people.signer(people.issue(ada))
    assert [ask(one).status_code for _ in range(3)] + [ask(two).status_code for _ in range(3)] == [200] * 5 + [429]
    other = people.signer(people.issue(people.customer("bob@example.com")))
    assert ask(other).status_code == 200


def test_an_address_is_counted_at_each_endpoint(rates: None, ada: User) -> None:
    object.__setattr__(NATIVE, "key_rates", KeyRates(per_address_and_endpoint="2/m"))
    signer = people.signer(people.issue(ada))
    assert [ask(signer).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(signer, ip="192.0.2.1").status_code == 200
    assert ask(signer, "/api/v1/api-keys/self").status_code == 200


def test_what_is_refused_by_its_rate_did_not_act_and_its_nonce_is_burnt(rates: None, ada: User) -> None:
    signer = people.signer(people.issue(ada, scopes=("withdraw",), networks=("127.0.0.1",)))
    signed = [signer.sign("POST", "/api/v1/writing", b"{}") for _ in range(4)]
    assert [people.send(one).status_code for one in signed] == [200, 200, 200, 429]
    assert (len(urls.writes), Nonce.objects.count()) == (3, 4)


def lost(*_given: Any, **_named: Any) -> None:
    raise ValueError("the number is gone")


@pytest.fixture(params=["refuses", "is silent", "starts anew"])
def outage(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Redis at whose port nobody listens or nobody answers, or a cache that loses a number while it is counted up."""
    if request.param == "starts anew":
        monkeypatch.setattr(cache, "add", lambda *_given, **_named: False)
        monkeypatch.setattr(cache, "incr", lost)
        yield
        return
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            port.listen(16)
        url = f"redis://127.0.0.1:{port.getsockname()[1]}/0?socket_timeout=0.2"
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
        yield


def test_without_a_cache_reads_go_on_and_money_does_not(signer_that_withdraws: Client, outage: None) -> None:
    assert ask(signer_that_withdraws).status_code == 200
    refused = people.send(signer_that_withdraws.sign("POST", "/api/v1/writing", b"{}"))
    assert (refused.status_code, refused.json()["slug"], urls.writes) == (503, "api.unavailable", [])


def test_an_emptied_cache_brings_no_request_back(rates: None, ada: User) -> None:
    signer = people.signer(people.issue(ada))
    signed = signer.sign("GET", "/api/v1/reading")
    assert people.send(signed).status_code == 200
    cache.clear()
    assert people.send(signed).json()["slug"] == "apikeys.nonce_used"


def test_what_a_key_was_not_allowed_or_asked_too_often_is_kept_with_what_it_signed(rates: None, ada: User) -> None:
    signer = people.signer(people.issue(ada))
    people.send(signer.sign("POST", "/api/v1/writing", b"{}"))
    for _ in range(4):
        ask(signer)
    kept = list(RefusedRequest.objects.order_by("id").values_list("slug", "signed_text"))
    assert [slug for slug, _ in kept] == ["api.scope_missing", "api.throttled"]
    assert kept[0][1].startswith("POST\n/api/v1/writing\n")


@pytest.mark.parametrize("rate", ["", "20", "0/s", "twenty", "20/s ", "20/0s", "20/w", "-1/s"])
def test_production_does_not_start_with_a_rate_that_counts_nothing_or_can_not_be_read(rate: str) -> None:
    given = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    for name in ("API_KEY_RATE_PER_KEY", "API_KEY_RATE_PER_CUSTOMER"):
        said = f"{name} is not written like 20/s"
        assert said in complaints(given | {name: rate})
        assert said not in complaints(given | {name: "150/10s"})
