"""Webhooks: signed, tried again, given up, never to a private address in production, never lost with a worker."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from config.kit import clock
from config.kit.flow import IllegalMove
from config.webhooks import endpoints
from messaging.models import Webhook, WebhookState
from messaging.providers import webhook as wire
from messaging.services import webhooks
from tests.messaging.gateways import gateway

pytestmark = pytest.mark.django_db
NEW, OLD = b"n" * 32, b"o" * 32
SECRETS = " ".join("whsec_" + base64.b64encode(secret).decode() for secret in (NEW, OLD))
FACTS = {"uid": "123456789", "level": 2, "state": "approved", "case": "77"}


def configure(settings: Any, port: int) -> None:
    settings.WEBHOOK_ENDPOINTS = endpoints([f"http://127.0.0.1:{port}/hook?x=1"], [SECRETS])
    settings.WEBHOOK_TIMEOUT_SECONDS = 1
    settings.MESSAGING_BREAKER_FAILURES = 100


def due_now() -> None:
    Webhook.objects.update(due_at=clock.now() - timedelta(seconds=1))


def test_a_delivery_is_signed_with_both_secrets_as_standard_webhooks_says(settings: Any) -> None:
    with gateway() as server:
        configure(settings, server.port)
        webhooks.emit("kyc.case.approved", FACTS)
        assert webhooks.sweep() == 1
    (seen,) = server.seen
    assert seen.json["data"] == FACTS
    assert (seen.json["type"], seen.path) == ("kyc.case.approved", "/hook?x=1")
    signed = f"{seen.headers['Webhook-Id']}.{seen.headers['Webhook-Timestamp']}.".encode() + seen.body
    made = [base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in (NEW, OLD)]
    assert seen.headers["Webhook-Signature"] == f"v1,{made[0]} v1,{made[1]}"
    assert Webhook.objects.get().state == WebhookState.ACCEPTED


def test_what_fails_is_tried_again_under_the_same_id_and_given_up_after_the_last_try(settings: Any) -> None:
    with gateway((503, {})) as server:
        configure(settings, server.port)
        webhooks.emit("kyc.case.approved", FACTS)
        webhooks.sweep()
        row = Webhook.objects.get()
        assert (row.state, row.last_status, row.tries) == (WebhookState.QUEUED, 503, 1)
        assert row.due_at > clock.now()
        assert webhooks.sweep() == 0
        Webhook.objects.update(tries=webhooks.TRIES_MAX - 1)
        due_now()
        webhooks.sweep()
        assert Webhook.objects.get().state == WebhookState.FAILED
        server.answer = (200, {})
        webhooks.send_again(public_id=row.public_id)
        webhooks.sweep()
        assert len({seen.headers["Webhook-Id"] for seen in server.seen}) == 1
    assert Webhook.objects.get().state == WebhookState.ACCEPTED
    with pytest.raises(IllegalMove):
        webhooks.send_again(public_id=row.public_id)


def test_a_redirect_is_not_followed_and_a_reset_is_no_answer(settings: Any) -> None:
    with gateway() as inside, gateway((302, {}), headers={"Location": f"http://127.0.0.1:{inside.port}/"}) as server:
        configure(settings, server.port)
        webhooks.emit("kyc.case.approved", FACTS)
        webhooks.sweep()
        assert Webhook.objects.get().last_error == "a redirect, which is not followed"
        server.dies = True
        due_now()
        webhooks.sweep()
        assert "no answer" in Webhook.objects.get().last_error
        assert inside.seen == []


def test_what_a_dead_worker_held_is_delivered_and_the_late_worker_changes_nothing(settings: Any) -> None:
    with gateway() as server:
        configure(settings, server.port)
        webhooks.emit("kyc.case.approved", FACTS)
        dead = webhooks.claim_next()
        assert dead is not None
        assert webhooks.sweep() == 0
        due_now()
        assert webhooks.sweep() == 1
        webhooks._try_again(dead, "late", None)
    assert Webhook.objects.get().state == WebhookState.ACCEPTED


def test_an_event_of_a_transaction_that_fails_is_none(settings: Any) -> None:
    configure(settings, 9)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        webhooks.emit("kyc.case.approved", FACTS)
        raise ZeroDivisionError
    assert not Webhook.objects.exists()


def test_a_body_with_a_person_in_it_is_a_defect(settings: Any) -> None:
    with pytest.raises(ValueError, match="email"):
        webhooks.emit("kyc.case.approved", {"email": "a@example.com"})


def test_a_name_that_leads_inside_is_not_asked_in_production(settings: Any) -> None:
    with gateway() as server:
        configure(settings, server.port)
        settings.WEBHOOK_PRIVATE_ADDRESSES_ALLOWED = False
        webhooks.emit("kyc.case.approved", FACTS)
        webhooks.sweep()
        assert server.seen == []
    assert Webhook.objects.get().last_error == "the name leads to a private address"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "224.0.0.1", "192.88.99.1"),
        *("::1", "fd00::1", "fec0::1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "::7f00:1", "2002:a00:1::1"),
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    assert not wire.is_public(address)


def test_open_addresses_are_known() -> None:
    assert all(map(wire.is_public, ("1.1.1.1", "2606:4700::1111", "64:ff9b::101:101")))


def test_endpoints_that_production_refuses() -> None:
    for url in ("http://hooks.example.com/", "https://10.0.0.1/", "https://localhost/", "https://a.internal/"):
        assert not endpoints([url], [SECRETS])[0].is_public
    assert endpoints(["https://hooks.example.com/x"], [SECRETS])[0].is_public
    for secret in ("short", "whsec_!!", "whsec_" + base64.b64encode(b"x" * 8).decode(), f"{SECRETS} {SECRETS}"):
        with pytest.raises(ImproperlyConfigured):
            endpoints(["https://hooks.example.com/"], [secret])
