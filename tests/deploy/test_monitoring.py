"""What a monitor may read, what it says, and that nobody else learns of it."""

from __future__ import annotations

import sys
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import PasswordRecovery
from config import health
from config.kit import gauges
from config.kit.clock import now
from config.kit.dialect import registered
from config.kit.errors import REGISTRY
from config.kit.flow import Flow
from config.urls import DESCRIBED
from messaging.models import Message
from tests.client import Api
from tests.factories_wallet import owner
from wallet.models.coins import Coin, Network
from wallet.models.deposits import WatcherCursor
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


def test_every_state_of_every_flow_has_its_series(monitor: Client) -> None:
    """States that nothing is in, and ends, too."""
    flows = {
        id(value): value
        for module in list(sys.modules.values())
        if module.__name__.split(".")[0] in {"accounts", "apikeys", "kyc", "messaging", "wallet"}
        for value in vars(module).values()
        if isinstance(value, Flow)
    }
    assert len(flows) >= 15
    followed = gauges.followed()
    assert {id(flow) for flow in followed.values()} == set(flows)
    told = {labels for name, labels in scraped(monitor) if name == "quaestor_states_estimated"}
    assert told == {(("state", state), ("table", table)) for table, flow in followed.items() for state in flow.states}


def test_states_are_estimated_without_reading_a_table(
    monitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owners = [owner() for _ in range(3)]
    PasswordRecovery.objects.bulk_create(
        PasswordRecovery(
            user=owners[0],
            state=state,
            token_hash=bytes([place]) * 32,
            destination_hash=b"y" * 32,
            created_at=now(),
            expires_at=now() + timedelta(hours=1),
        )
        for place, state in enumerate(["started"] * 30 + ["ended"] * 10)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_passwordrecovery")
    with django_assert_num_queries(1) as asked:
        read = dict(gauges.registered_as("quaestor_states_estimated").read())
    assert read["accounts_passwordrecovery", "started"] == 30
    assert read["accounts_passwordrecovery", "ended"] == 10
    assert "pg_stats" in asked.captured_queries[0]["sql"]


@pytest.mark.parametrize("gauge", [one for one in gauges.registered() if one.labels == ("state",)], ids=lambda one: one.name)
def test_a_queue_is_counted_by_an_index_however_long_its_table(gauge: gauges.Gauge) -> None:
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        cursor.execute("SET LOCAL enable_seqscan = off")
        gauge.read()
        for query in asked.captured_queries[1:]:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, plan


def test_every_provider_that_is_named_has_its_series(monitor: Client, settings: Settings) -> None:
    told = {labels for name, labels in scraped(monitor) if name == "quaestor_provider_passed_over"}
    for channel, carriers in (("email", settings.EMAIL_CARRIERS), ("sms", settings.SMS_CARRIERS)):
        for carrier in carriers:
            assert (("channel", channel), ("provider", carrier.name)) in told


def test_every_refusal_of_every_dialect_has_its_series_before_it_is_met(monitor: Client) -> None:
    for urlconf in DESCRIBED.values():  # as a web process does before it says that it is ready
        import_module(urlconf)
    told = {labels for name, labels in scraped(monitor) if name == "quaestor_refusals_total"}
    dialects = {dialect.name for dialect in registered()}
    assert dialects >= {"native", "bitflex", "bitgin", "spot", "exx", "bhex"}
    slugs = {slug for slug in REGISTRY if not slug.startswith("toy.")}
    assert {(("dialect", dialect), ("slug", slug)) for dialect in dialects for slug in slugs} <= told


def test_a_database_that_is_away_makes_it_unready_and_unwell(monitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def cursor(self) -> Any:
            raise DatabaseError

    monkeypatch.setattr(health, "connection", Away())
    for path in ("/readyz", "/status"):
        answer = monitor.get(path)
        assert answer.status_code == 503
        assert answer.json()["checks"]["database"] is False
    assert monitor.get("/healthz").status_code == 200


def test_a_migration_that_is_due_makes_it_unready(monitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_known_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'messaging'")
        assert cursor.rowcount
    answer = monitor.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (503, {"database": True, "migrations": False})
    assert monitor.get("/status").json()["checks"]["migrations"] is False


@pytest.mark.parametrize("trouble", [{"read_at": -1}, {"halted_because": "a reorganisation"}], ids=lambda one: next(iter(one)))
def test_a_chain_that_is_behind_or_halted_makes_it_unwell(monitor: Client, settings: Settings, trouble: dict[str, Any]) -> None:
    words = {"read_at": now(), "height": 1, **trouble}
    if words["read_at"] == -1:
        words["read_at"] = now() - timedelta(seconds=settings.STATUS_SECONDS_MAX + 1)
    WatcherCursor.objects.create(network=Network.objects.get(code="ETHEREUM"), **words)
    answer = monitor.get("/status")
    assert answer.status_code == 503
    assert {name for name, holds in answer.json()["checks"].items() if not holds} == {"chains"}
    assert monitor.get("/readyz").status_code == 200
