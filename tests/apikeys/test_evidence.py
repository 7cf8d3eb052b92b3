"""What a refused request leaves for whoever asks why, and what it can't do to us."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from accounts.models import User
from apikeys.models import ApiKey, DailyCap, RefusedRequest
from apikeys.services import admission, pruning
from config.kit.clock import now
from config.production import complaints
from tests.apikeys import people, urls
from tests.apikeys.independent import Client
from tests.client import Api

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]
BODY = b'{"amount":"0.5"}'


@pytest.fixture
def ada() -> User:
    return people.customer()


@pytest.fixture
def client(ada: User) -> Client:
    return people.signer(people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",)))


def kept() -> list[tuple[str, str]]:
    return list(RefusedRequest.objects.order_by("id").values_list("slug", "signed_text"))


def test_a_request_that_can_not_be_read_is_kept_for_the_key_that_it_names(client: Client) -> None:
    signed = client.sign("GET", "/api/v1/reading?a=1")
    people.send(signed.without_header("X-Nonce"))
    people.send(client.sign("GET", "/api/v1/reading?a=1&a=2"))
    people.send(signed.with_header("Authorization", "Bearer a-token-that-is-not-kept"))
    slugs, texts = zip(*kept(), strict=True)
    assert slugs == ("apikeys.headers_invalid", "apikeys.target_invalid", "apikeys.headers_invalid")
    assert texts[0] == "GET /api/v1/reading?a=1\nThe headers of a signed request are not in order: X-Nonce is missing."
    assert texts[1].startswith("GET /api/v1/reading?a=1&a=2\n")
    assert "a-token" not in "".join(texts)
    assert all(value not in "".join(texts) for name, value in signed.headers.items() if name != "X-Timestamp")


def test_a_request_that_names_no_key_of_ours_leaves_nothing(client: Client) -> None:
    signed = client.sign("GET", "/api/v1/reading").without_header("X-Nonce")
    for key in ("Z" * 32, "x", "'; --", client.key + "0"):
        people.send(signed.with_header("X-Api-Key", key))
    people.send(signed.without_header("X-Api-Key"))
    assert kept() == []


def test_a_flood_of_requests_that_can_not_be_read_is_not_kept_whole(client: Client) -> None:
    signed = client.sign("GET", "/api/v1/reading").without_header("X-Nonce")
    for _ in range(admission.REFUSALS_PER_MINUTE_MAX + 5):
        assert people.send(signed).json()["slug"] == "apikeys.headers_invalid"
    assert len(kept()) == admission.REFUSALS_PER_MINUTE_MAX


@pytest.mark.parametrize("target", ["/api/v1/reading?a=%00\x00&&", "/api/v1/reading?\u00e9&&", "/api/v1/reading?" + "x" * 5000])
def test_whatever_stands_in_the_address_is_kept_or_not_but_never_breaks(client: Client, target: str) -> None:
    signed = client.sign("GET", "/api/v1/reading")
    answer = people.send(signed, RAW_URI=target)
    assert answer.status_code == 401
    assert len(kept()[0][1]) < 3000


@pytest.mark.parametrize("where", ["create", "filter"])
def test_a_refusal_is_answered_although_its_evidence_can_not_be_kept(client: Client, monkeypatch: Any, where: str) -> None:
    def down(*_given: Any, **_named: Any) -> None:
        raise OperationalError("gone")

    signed = client.sign("GET", "/api/v1/reading")
    beyond = client.sign("POST", "/api/v1/api-keys", b"{}")
    monkeypatch.setattr(RefusedRequest.objects, where, down)
    assert people.send(signed.with_header("X-Signature", "0" * 64)).json()["slug"] == "apikeys.signature_wrong"
    assert people.send(signed.without_header("X-Nonce")).json()["slug"] == "apikeys.headers_invalid"
    assert people.send(beyond).json()["slug"] == "api.invalid"
    read_only = people.send(client.sign("GET", "/api/v1/personal"))
    assert (read_only.status_code, read_only.json()["slug"]) == (403, "api.scope_missing")


def test_whatever_breaks_while_a_refusal_is_kept_is_told_in_the_dialects_words(client: Client, monkeypatch: Any) -> None:
    def broken(*_given: Any, **_named: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(admission, "remember", broken)
    answer = people.send(client.sign("GET", "/api/v1/personal"))
    assert (answer.status_code, answer.json()["slug"]) == (403, "api.scope_missing")


def test_a_window_that_is_widened_brings_no_old_request_back(client: Client, settings: Any) -> None:
    signed = client.sign("POST", "/api/v1/writing", BODY)
    assert people.send(signed).status_code == 200
    settings.API_KEY_CLOCK_WINDOW_SECONDS = 86_400  # more than may be: the widest counts
    for minutes in (4.9, 9, 11, 19, 21, 60):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            settings.API_KEY_CLOCK_WINDOW_SECONDS = 60
            pruning.prune()
            settings.API_KEY_CLOCK_WINDOW_SECONDS = 86_400
            assert people.send(signed).json()["slug"] in {"apikeys.nonce_used", "apikeys.clock_outside_window"}
    assert len(urls.writes) == 1


def test_production_does_not_start_with_a_window_that_is_wider_than_nonces_are_kept_for() -> None:
    given = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    said = "API_KEY_CLOCK_WINDOW_SECONDS is not 1 to 300"
    for seconds, holds in ((0, True), (301, True), (1, False), (300, False)):
        assert (said in complaints(given | {"API_KEY_CLOCK_WINDOW_SECONDS": seconds})) is holds


def test_an_early_moment_stays_used_up_under_the_widest_window(client: Client, settings: Any) -> None:
    settings.API_KEY_CLOCK_WINDOW_SECONDS = 300
    signed = client.sign("POST", "/api/v1/writing", BODY, timestamp=str(int(time.time() * 1000) + 299_000))
    assert people.send(signed).status_code == 200
    with time_machine.travel(now() + timedelta(seconds=598), tick=True):
        assert pruning.prune() == 0
        assert people.send(signed).json()["slug"] == "apikeys.nonce_used"


def make(user: User, caps: list[dict[str, str]]) -> Any:
    body = {"label": "robot", "scopes": ["read"], "method": "email", "code": people.key_code(user), "daily_caps": caps}
    return Api().post("/api/v1/api-keys", body, token=people.token(user))


def test_a_cap_in_a_coin_that_we_do_not_carry_is_refused_before_the_proof_is_spent(ada: User) -> None:
    refused = make(ada, [{"coin": "ETH", "amount": "1"}, {"coin": "DOGECOIN", "amount": "1"}])
    assert (refused.status_code, refused.json()["slug"]) == (400, "wallet.unknown_coin")
    assert not ApiKey.objects.exists()
    made = make(ada, [{"coin": "ETH", "amount": "1"}])
    assert made.status_code == 201
    assert made.json()["daily_caps"] == [{"coin": "ETH", "amount": "1"}]


def test_the_books_refuse_a_cap_in_other_letters(ada: User) -> None:
    issued = people.issue(ada)
    with pytest.raises(IntegrityError, match="apikeys_dailycap_coin_plain"), transaction.atomic():
        DailyCap.objects.create(api_key=issued.api_key, coin="eth", amount=1)
