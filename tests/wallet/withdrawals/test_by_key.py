"""Withdrawing with a signed key over HTTP: what it needs, what a hold stops, and what stays after a new password."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.services import password_change
from accounts.services.passwords import plain
from apikeys.models import ApiKey
from config.kit.clock import now
from messaging.models import Channel, Purpose
from messaging.services.catalogue import LANGUAGES, TEMPLATES
from tests import levels
from tests.apikeys import people
from tests.apikeys.independent import Client
from tests.factories_accounts import CLIENT
from tests.factories_messaging import read_message
from tests.messaging.test_templates import rendered
from tests.wallet.withdrawals import arrange
from wallet.models import TrustedAddress, Withdrawal
from wallet.services import coins

pytestmark = pytest.mark.django_db
ROAD = "/api/v1/withdrawals"
BODY = json.dumps({"coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS, "amount": "1"}).encode()
STAYS = {"en": "API keys stay as they are", "zh-CN": "API 密钥保持有效", "zh-TW": "API 金鑰維持有效"}


@pytest.fixture
def ada() -> User:
    user = people.customer()
    levels.give(user, 2, at=now() - timedelta(days=30))
    User.objects.filter(pk=user.pk).update(registered_at=now() - timedelta(days=30))
    user.refresh_from_db()
    arrange.fund(user, "10")
    return user


@pytest.fixture
def key(ada: User, settings: Any) -> Client:
    settings.API_KEY_WITHDRAW_AGE_SECONDS = 24 * 3600
    return people.signer(people.issue(ada, scopes=("read", "withdraw"), networks=("127.0.0.1",)))


def aged() -> None:
    """The keys as they are a day later."""
    ApiKey.objects.update(created_at=now() - timedelta(hours=24), aged_from=now() - timedelta(hours=24))


def trust(user: User, *, usable_in: timedelta = timedelta(0)) -> None:
    moment = now()
    TrustedAddress.objects.create(
        customer=user, coin_network=coins.network("ETH", "ETHEREUM"), address=arrange.ADDRESS, memo="", label="cold",
        created_at=moment, usable_from=moment + usable_in,
    )  # fmt: skip


def withdraws(key: Client, ip: str = "127.0.0.1") -> tuple[int, str]:
    answer = people.send(key.sign("POST", ROAD, BODY), ip=ip)
    return answer.status_code, answer.json().get("slug") or answer.json()["state"]


def reads(key: Client) -> int:
    return int(people.send(key.sign("GET", ROAD)).status_code)


def test_a_key_withdraws_from_its_networks_a_day_after_it_was_made_and_to_a_usable_trusted_address(
    ada: User, key: Client
) -> None:
    trust(ada)
    assert withdraws(key) == (403, "api.scope_missing")
    aged()
    assert withdraws(key, ip="127.0.0.2") == (403, "apikeys.address_not_allowed")
    TrustedAddress.objects.all().delete()
    assert withdraws(key) == (403, "wallet.address_not_trusted")
    trust(ada, usable_in=timedelta(hours=1))
    assert withdraws(key)[1] == "wallet.address_cooling_down"
    assert not Withdrawal.objects.exists()
    TrustedAddress.objects.update(usable_from=now())
    assert withdraws(key) == (201, "review")


def test_a_new_password_ends_no_key_but_holds_its_money_for_a_day_and_says_so(ada: User, key: Client) -> None:
    trust(ada)
    aged()
    new = plain("another horse, another battery")
    proof = people.proof(ada, Purpose.PASSWORD_CHANGE)
    password_change.change(user=ada, old=plain(people.PASSWORD), new=new, proof=proof, session=None, client=CLIENT)
    assert withdraws(key) == (403, "accounts.security_hold_active")
    assert (reads(key), Withdrawal.objects.count()) == (200, 0)
    assert STAYS["en"] in _text("password_changed", "en", read_message(ada.email or "", "password_changed").facts)
    with time_machine.travel(now() + timedelta(hours=24, seconds=1), tick=True):
        assert withdraws(key) == (201, "review")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["password_changed", "password_recovered"])
def test_the_notice_of_a_new_password_says_what_becomes_of_keys(template: str, language: str) -> None:
    assert STAYS[language] in _text(template, language, {})


def _text(template: str, language: str, facts: dict[str, str]) -> str:
    mail = rendered(TEMPLATES[template], language, Channel.EMAIL, facts=facts)
    assert STAYS[language] in mail.html
    return mail.text
