"""What `check_deployment` and `check_providers` say, against real services and providers that refuse."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import AuditRecord
from kyc.services import storage_check
from messaging.providers import registry as carriers
from messaging.providers.base import Outgoing, ProviderRefused, ProviderSilent, Receipt
from tests.factories_accounts import officer
from wallet.chains import registry
from wallet.chains.errors import ChainUnavailable
from wallet.models.outflow import OutflowCap

pytestmark = pytest.mark.django_db
WHO = ("--by", "Bo Li", "--reason", "a new contract")


def run(*line: str) -> tuple[dict[str, Any], int]:
    """What the command tells programs, and its exit code."""
    out = io.StringIO()
    try:
        call_command(*line, "--json", stdout=out)
    except SystemExit as ended:
        return json.loads(out.getvalue()), int(str(ended.code))
    return json.loads(out.getvalue()), 0


def checks() -> dict[str, bool]:
    told, code = run("check_deployment")
    assert (code == 0) is told["ok"]
    return {row["check"]: row["ok"] for row in told["checks"]}


class Node:
    """A node that has seen seven blocks."""

    def height(self) -> int:
        return 7


def test_each_part_that_is_missing_is_named(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "gateway", lambda _: Node())
    found = checks()
    assert not found["settings"]  # a development installation is none
    assert found["database"] and found["migrations"] and found["cache"] and found["ledger"]  # noqa: PT018  # one line each
    assert (found["officers of treasury"], found["officers of operator"]) == (False, False)
    assert found["caps of coins"]
    assert found["documents"]
    for role in ("treasury", "operator"):
        officer(role)
        assert not checks()[f"officers of {role}"]
        officer(role)
        assert checks()[f"officers of {role}"]
    OutflowCap.objects.all().delete()
    settings.SMS_CARRIERS = ()
    monkeypatch.setattr(storage_check, "finding", type("Finding", (), {"message": "it takes nothing"}))
    found = checks()
    assert not any((found["caps of coins"], found["providers of sms"], found["documents"]))


def test_a_node_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: str) -> Any:
        raise ChainUnavailable(network="ETHEREUM", reason="no_connection")

    monkeypatch.setattr(registry, "gateway", away)
    assert checks()["node of ETHEREUM"] is False


class Recording:
    """A provider that takes, refuses or says nothing."""

    longest_seconds = 1.0

    def __init__(self, name: str, trouble: Exception | None = None) -> None:
        self.name, self.trouble = name, trouble
        self.sent: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Receipt:
        self.sent.append(outgoing)
        if self.trouble is not None:
            raise self.trouble
        return Receipt("r-1")


def test_every_provider_is_asked_and_what_each_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    mail, first = Recording("mail"), Recording("first", ProviderRefused("first answered 400"))
    second, broken = Recording("second", ProviderSilent("second did not answer")), Recording("broken", ValueError("secret 77"))
    monkeypatch.setattr(
        "messaging.services.provider_trials.providers",
        lambda channel: [mail] if channel == "email" else [first, second, broken],
    )
    line = ("check_providers", "--email", "Ops@Example.com", "--phone", "+886 912 345 678", *WHO)
    told, code = run(*line, "--dry-run")
    assert (code, mail.sent, {row["said"] for row in told["providers"]}) == (0, [], {"would be asked"})
    assert not AuditRecord.objects.filter(act="messaging.providers_checked").exists()
    told, code = run(*line)
    assert code == 1
    assert [(row["provider"], row["ok"], row["said"]) for row in told["providers"]] == [
        ("mail", True, "took it as r-1"),
        ("first", False, "first answered 400"),
        ("second", False, "second did not answer"),
        ("broken", False, "ValueError"),
    ]
    (outgoing,) = mail.sent
    assert outgoing.destination.endswith("@example.com")
    assert "123456" in outgoing.text
    record = AuditRecord.objects.get(act="messaging.providers_checked")
    assert "example.com" not in json.dumps(record.facts)
    assert "912345678" not in json.dumps(record.facts)


def test_a_provider_is_asked_only_where_there_is_an_address_for_it() -> None:
    assert run("check_providers", *WHO)[0]["error"] == "accounts.destination_missing"
    assert run("check_providers", "--email", "nowhere", *WHO)[0]["error"] == "messaging.invalid_email"
    assert run("check_providers", "--phone", "12", *WHO)[0]["error"] == "messaging.invalid_phone"


def test_without_a_provider_that_is_what_is_told(settings: Any) -> None:
    settings.SMS_CARRIERS = ()
    told, code = run("check_providers", "--phone", "+886912345678", *WHO)
    assert (code, told["providers"][0]["said"]) == (1, "no provider is set")


def test_carriers_are_the_installations() -> None:
    assert [provider.name for provider in carriers.providers("email")]
