"""What a monitor may read, what it says, and that nobody else learns of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from config.kit import gauges
from config.kit.clock import now
from messaging.models import Message
from tests.client import Api
from wallet.models.coins import Coin
from wallet.services import stops

pytestmark = pytest.mark.django_db
TOKEN = "t" * 32


@pytest.fixture
def monitor(settings: Settings) -> Client:
    """Who shows the token, from an address that names no host of ours."""
    settings.METRICS_TOKEN = TOKEN
    return Client(headers={"authorization": f"Bearer {TOKEN}", "host": "10.2.3.4:8000"})


def scraped(monitor: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of the page."""
    answer = monitor.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


@pytest.mark.parametrize("path", ["/metrics", "/status"])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer "}, {"authorization": f"Bearer {'u' * 32}"}])
def test_without_the_token_the_page_is_not_there(path: str, headers: dict[str, str], settings: Settings) -> None:
    unknown = Client().get("/no-such-page")
    for token in ("", TOKEN):
        settings.METRICS_TOKEN = token
        answer = Client(headers=headers).get(path)
        assert (answer.status_code, answer.content) == (404, unknown.content)


def test_every_gauge_of_every_app_is_read(monitor: Client) -> None:
    samples = scraped(monitor)
    names = {name for name, _ in samples}
    expected = {gauge.name for gauge in gauges.registered()}
    assert {"quaestor_withdrawals", "quaestor_kyc_cases", "quaestor_messages", "quaestor_recovery_cases"} <= expected
    unlabelled_or_fixed = {name for name in expected if gauges.registered_as(name).labels in {(), ("state",)}}
    assert unlabelled_or_fixed <= names
    assert not [labels for name, labels in samples if name == "quaestor_gauge_unread"]


def test_a_gauge_that_fails_is_named_and_the_others_are_read(monitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Any]:
        Coin.objects.extra(where=["no_such_column = 1"]).count()
        return []

    monkeypatch.setitem(gauges._GAUGES, "quaestor_coin_stopped", gauges.Gauge("quaestor_coin_stopped", "-", ("coin",), broken))
    samples = scraped(monitor)
    assert samples[("quaestor_gauge_unread", (("gauge", "quaestor_coin_stopped"),))] == 1
    assert ("quaestor_ledger_unfolded", ()) in samples


def test_answers_and_refusals_are_counted_by_the_dialect_that_gave_them(monitor: Client) -> None:
    before = scraped(monitor)
    refused = Api().get("/api/v1/me")
    after = scraped(monitor)
    slug = ("quaestor_refusals_total", (("dialect", "native"), ("slug", refused.json()["slug"])))
    assert after[slug] == before.get(slug, 0) + 1
    answers = ("quaestor_answers_total", (("dialect", "native"), ("method", "GET"), ("status", str(refused.status_code))))
    assert after[answers] == before.get(answers, 0) + 1


def test_methods_that_strangers_make_up_open_no_series(monitor: Client) -> None:
    for word in ("BREW", "A" * 50):
        Client().generic(word, "/api/v1/coins")
    methods = {dict(labels)["method"] for name, labels in scraped(monitor) if name == "quaestor_answers_total"}
    assert not methods & {"BREW", "A" * 50}
    assert "other" in methods


def test_probes_need_no_name_of_ours() -> None:
    for path in ("/healthz", "/readyz"):
        assert Client(headers={"host": "10.2.3.4:8000"}).get(path).status_code == 200


def test_status_says_what_is_wrong_and_only_while_it_is(monitor: Client, settings: Settings) -> None:
    def wrong() -> set[str]:
        answer = monitor.get("/status")
        checks = answer.json()["checks"]
        assert answer.status_code == (200 if all(checks.values()) else 503)
        return {name for name, holds in checks.items() if not holds}

    assert wrong() == set()
    stops.stop("ETH", reason="a difference")
    assert wrong() == {"ledger"}
    stops.resume("ETH", by="test", reason="looked at")
    sent = Api().post("/api/v1/codes", {"email": "ada@example.com", "purpose": "registration"})
    assert sent.status_code < 300, sent.json()
    Message.objects.update(created_at=now() - timedelta(seconds=settings.STATUS_SECONDS_MAX + 1))
    assert wrong() == {"messages"}


def test_a_broker_that_is_away_is_told(monitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.celery import app

    monkeypatch.setattr(app.conf, "broker_write_url", "amqp://nobody@127.0.0.1:1//")
    monkeypatch.setattr(app.conf, "broker_url", "amqp://nobody@127.0.0.1:1//")
    assert monitor.get("/status").json()["checks"]["broker"] is False
