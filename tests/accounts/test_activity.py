"""The customer's log: which kinds there are, who writes each, and how it is read."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import LoginRecord
from accounts.models.logins import LoginAct
from accounts.services import logins
from config.kit.clock import now
from tests.client import Api
from tests.factories_accounts import customer, token_of

URL = "/api/v1/me/activity"
ROOT = Path(__file__).resolve().parents[2]
BITGIN = {
    1000: "registered", 1001: "login", 1002: "logout", 1003: "login_failed", 1004: "email_bound", 1005: "email_changed",
    1006: "phone_bound", 1007: "phone_changed", 1008: "totp_bound", 1009: "totp_changed", 1010: "password_set",
    1011: "password_changed", 1012: "trade_password_set", 1013: "trade_password_reset", 1014: "identity_verified",
    1015: "vip_bought", 1016: "top_up_code_used", 1017: "question_asked", 1018: "question_answered",
    1019: "bank_account_added", 1020: "deposit_address_added", 1021: "trusted_address_added", 1022: "sms_sent",
    1023: "email_sent", 1024: "points", 1025: "password_recovered", 1026: "wechat_linked", 1027: "qq_linked",
    1028: "account_migrated", 1029: "agent_deposit", 1030: "order_cancelled", 1031: "bank_account_removed",
    2000: "bought", 2001: "sold",
    3000: "fiat_deposit", 3001: "fiat_withdrawal", 3002: "fiat_deposit_by_staff", 3003: "crypto_deposit",
    3004: "crypto_withdrawal", 3005: "crypto_deposit_by_staff", 3006: "wallet_update_failed",
    3007: "fiat_withdrawal_waiting", 3008: "fiat_withdrawal_cancelled", 3009: "crypto_withdrawal_waiting",
    3010: "crypto_withdrawal_cancelled", 3011: "fiat_paid_out",
    9999: "noted",
}  # fmt: skip
"""The operation codes of the bitgin contract (User Login/Logout History) and our kinds."""
NOT_IN_THE_PRODUCT = {
    "vip_bought": "tiers are given by officers, none is sold",
    "top_up_code_used": "there are no top-up codes",
    "question_asked": "there is no help desk",
    "question_answered": "there is no help desk",
    "points": "there are no points",
    "wechat_linked": "nobody signs in by WeChat",
    "qq_linked": "nobody signs in by QQ",
    "account_migrated": "no accounts come from elsewhere",
    "agent_deposit": "there are no agents",
    "order_cancelled": "there are no orders",
    "bought": "there are no orders",
    "sold": "there are no orders",
    "fiat_deposit": "officers record them, as fiat_deposit_by_staff",
    "fiat_withdrawal": "told when it is asked for and when it is paid",
    "wallet_update_failed": "a posting stands whole or not at all",
    "noted": "for what a dialect has no other word for",
}
"""Kinds that nothing writes, each with the reason."""
SENT = {"sms_sent", "email_sent"}
"""Written by `logins.note_sent`, for every code that goes out."""


def writers(act: LoginAct) -> list[str]:
    """The services that name this kind where they write."""
    word = re.compile(rf"LoginAct\.{act.name}\b")
    places = [path for app in ("accounts", "kyc", "wallet", "apikeys") for path in (ROOT / app / "services").rglob("*.py")]
    return [path.name for path in places if path.name != "logins.py" and word.search(path.read_text())]


def test_each_of_the_forty_seven_operations_has_a_kind_of_its_own() -> None:
    assert list(BITGIN) == [*range(1000, 1032), 2000, 2001, *range(3000, 3012), 9999]
    assert len(BITGIN) == 47
    assert list(BITGIN.values()) == LoginAct.values[:47]


@pytest.mark.parametrize("word", [word for word in BITGIN.values() if word not in SENT])
def test_a_kind_is_written_exactly_where_it_exists_in_the_product(word: str) -> None:
    found = writers(LoginAct(word))
    assert bool(found) != (word in NOT_IN_THE_PRODUCT), f"{word}: {found}"


@pytest.mark.django_db
def test_the_log_shows_every_kind_newest_first_and_the_list_of_sign_ins_only_those(api: Api) -> None:
    user = customer()
    token = token_of(user)
    logins.note(user=user, act=LoginAct.CRYPTO_DEPOSIT)
    rows = api.get(URL, token=token).json()["results"]
    assert [row["act"] for row in rows] == ["crypto_deposit", "login", "registered"]
    assert rows[0] == {
        "id": rows[0]["id"], "act": "crypto_deposit", "at": rows[0]["at"], "ip": None, "place": "", "city": "",
        "device": "", "browser": "",
        "os": "",
    }  # fmt: skip
    assert [row["act"] for row in api.get("/api/v1/me/logins", token=token).json()["results"]] == ["login", "registered"]


@pytest.mark.django_db
def test_it_is_narrowed_by_kind_and_by_time(api: Api) -> None:
    user = customer()
    token = token_of(user)
    for days in range(3):
        record = logins.note(user=user, act=LoginAct.SETTINGS_CHANGED)
        LoginRecord.objects.filter(pk=record.pk).update(at=now() - timedelta(days=days))
    assert len(api.get(f"{URL}?act=settings_changed", token=token).json()["results"]) == 3
    since = (now() - timedelta(days=1, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    until = (now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = api.get(f"{URL}?act=settings_changed&from={since}&to={until}", token=token).json()["results"]
    assert len(found) == 1
    assert len(api.get(f"{URL}?from={since}", token=token).json()["results"]) == 4


@pytest.mark.django_db
def test_pages_keep_the_filter_and_stand_still_while_lines_are_added(api: Api) -> None:
    user = customer()
    token = token_of(user)
    for _ in range(5):
        logins.note(user=user, act=LoginAct.SETTINGS_CHANGED)
    page = api.get(f"{URL}?act=settings_changed&size=2", token=token).json()
    logins.note(user=user, act=LoginAct.SETTINGS_CHANGED)
    seen = [row["id"] for row in page["results"]]
    while page["next"]:
        page = api.get(page["next"].replace("http://testserver", ""), token=token).json()
        seen += [row["id"] for row in page["results"]]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["act=nothing", "from=yesterday", "to=1", "from=%00", "act=", "cursor=x", "size=0"])
def test_a_filter_that_is_none_is_refused(api: Api, query: str) -> None:
    assert api.get(f"{URL}?{query}", token=token_of(customer())).status_code == 400


@pytest.mark.django_db
def test_nobody_sees_anybody_elses_lines(api: Api) -> None:
    logins.note(user=customer(), act=LoginAct.FROZEN)
    assert "frozen" not in str(api.get(URL, token=token_of(customer())).json())


@pytest.mark.django_db
def test_a_code_that_is_asked_for_is_noted_with_its_channel(api: Api) -> None:
    user = customer()
    token = token_of(user)
    assert api.post("/api/v1/codes", {"purpose": "api_key"}, token=token).status_code in {200, 201, 202}
    assert api.post("/api/v1/codes", {"purpose": "kyc_phone", "phone": "+886912345678"}, token=token).status_code < 300
    assert [row.act for row in LoginRecord.objects.filter(user=user).order_by("-id")[:2]] == ["sms_sent", "email_sent"]
    assert LoginRecord.objects.filter(user=user, act="sms_sent").get().ip == "127.0.0.1"
