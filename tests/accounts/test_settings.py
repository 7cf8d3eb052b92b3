"""Settings: language freely, what guards the account with a fresh sign-in or a proof."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditRecord, LoginRecord, Session, User
from config.kit.clock import now
from tests.client import Api
from tests.factories_accounts import customer, token_of
from tests.factories_around import proof_body

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/settings"
FIRST = {"language": "en", "allows_many_devices": True, "checks_other_places": False}


def stale() -> None:
    """Every session's proof is long ago."""
    Session.objects.update(fresh_until=now() - timedelta(seconds=1))


def test_settings_are_read_and_only_what_is_given_changes(api: Api) -> None:
    token = token_of(customer())
    assert api.get(URL, token=token).json() == FIRST
    answer = api.patch(URL, {"language": "zh-TW"}, token=token)
    assert answer.status_code == 200
    assert answer.json() == api.get(URL, token=token).json() == {**FIRST, "language": "zh-TW"}
    assert api.patch(URL, {"checks_other_places": True}, token=token).json()["checks_other_places"] is True
    assert api.get("/api/v1/me", token=token).json()["language"] == "zh-TW"


@pytest.mark.parametrize("change", [{"allows_many_devices": False}, {"checks_other_places": True}])
def test_what_guards_the_account_asks_an_old_session_for_a_proof(api: Api, change: dict[str, bool]) -> None:
    user = customer()
    token = token_of(user)
    stale()
    refused = api.patch(URL, change, token=token)
    assert (refused.status_code, refused.json()["slug"], refused.json()["methods"]) == (
        403,
        "accounts.second_factor_required",
        ["email"],
    )
    assert api.get(URL, token=token).json() == FIRST
    assert api.patch(URL, {"language": "zh-CN"}, token=token).status_code == 200
    shown = proof_body(user, "security_settings")
    assert api.patch(URL, {**change, **shown}, token=token).json() == {**FIRST, "language": "zh-CN", **change}


def test_a_code_for_another_purpose_opens_no_setting(api: Api) -> None:
    user = customer()
    token = token_of(user)
    stale()
    shown = proof_body(user, "api_key")
    assert api.patch(URL, {"checks_other_places": True, **shown}, token=token).status_code in {400, 403, 422}
    assert api.get(URL, token=token).json() == FIRST


def test_wanting_one_device_at_a_time_ends_the_other_sessions_at_once(api: Api) -> None:
    user = customer()
    other, token = token_of(user), token_of(user)
    assert api.patch(URL, {"allows_many_devices": False}, token=token).status_code == 200
    assert api.get("/api/v1/me", token=other).status_code == 401
    assert api.get("/api/v1/me", token=token).status_code == 200
    assert Session.objects.get(user=user, ended_at__isnull=False).end_cause == "elsewhere"


def test_a_change_is_in_the_customers_log_and_a_guarded_one_in_the_audit_log(api: Api) -> None:
    user = customer()
    token = token_of(user)
    api.patch(URL, {"language": "zh-CN"}, token=token)
    assert not AuditRecord.objects.filter(act="accounts.settings_changed").exists()
    api.patch(URL, {"checks_other_places": True, "language": "zh-CN"}, token=token)
    api.patch(URL, {"checks_other_places": True}, token=token)
    assert LoginRecord.objects.filter(user=user, act="settings_changed").count() == 2
    assert AuditRecord.objects.get(act="accounts.settings_changed").facts == {"checks_other_places": "True"}


@pytest.mark.parametrize(
    "body",
    [
        {"language": "xx"},
        {"language": None},
        {"allows_many_devices": "maybe"},
        {"allows_many_devices": None},
        {"status": "normal"},
        {"vip_tier": 9},
        {"checks_other_places": []},
    ],
)
def test_what_is_no_setting_is_refused_and_changes_nothing(api: Api, body: Any) -> None:
    user = customer()
    token = token_of(user)
    assert api.patch(URL, body, token=token).status_code == 400
    assert api.get(URL, token=token).json() == FIRST
    assert User.objects.get(pk=user.pk).status == "normal"
