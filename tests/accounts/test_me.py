"""The own account, and the list of countries."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import SecurityHoldActive
from accounts.models import Country, SecurityHold, User
from accounts.services import holds
from config.kit.clock import now
from tests.client import Api
from tests.factories_accounts import customer, token_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/me"


def test_the_own_account_is_read_whole(api: Api) -> None:
    user = customer(email="alice@example.com", username="Alice")
    body = api.get(URL, token=token_of(user)).json()
    assert body == {
        "uid": str(user.uid),
        "has_password": True,
        "referral_code": user.referral_code,
        "email": "alice@example.com",
        "phone": None,
        "username": "Alice",
        "status": "normal",
        "register_type": "email",
        "language": "en",
        "anti_phishing_phrase": "",
        "second_factor": None,
        "totp_bound": False,
        "registered_at": body["registered_at"],
        "security_holds": [],
        "vip_level": 0,
        "labels": [],
        "parent_uid": None,
    }
    assert body["registered_at"].endswith("Z")


def test_reading_it_takes_five_queries_whatever_it_holds(api: Api) -> None:
    user = customer()
    token = token_of(user)
    for rows in (0, 1, 10):
        for _ in range(rows):
            holds.start(user=user, cause="password")
        with CaptureQueriesContext(connection) as queries:
            assert api.get(URL, token=token).status_code == 200
        assert len(queries) == 5, [query["sql"] for query in queries]


def test_only_what_is_given_changes(api: Api) -> None:
    user = customer()
    token = token_of(user)
    assert api.patch(URL, {"language": "zh-TW"}, token=token).json() == api.get(URL, token=token).json()
    assert api.patch(URL, {}, token=token).json()["language"] == "zh-TW"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"language": "tlh"}, "language"),
        ({"anti_phishing_phrase": "mine"}, "anti_phishing_phrase"),
        ({"second_factor": "totp"}, "second_factor"),
        ({"uid": 123456789}, "uid"),
        ({"status": "normal"}, "status"),
        ({"is_staff": True}, "is_staff"),
        ([], ""),
        ("text", ""),
    ],
)
def test_what_cannot_be_changed_names_its_field(api: Api, body: object, field: str) -> None:
    user = customer()
    before = User.objects.filter(pk=user.pk).values().get()
    answer = api.patch(URL, body, token=token_of(user))
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert User.objects.filter(pk=user.pk).values().get() == before


def test_a_hold_stops_outgoing_money_until_its_end() -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        holds.require_none(user)
        holds.start(user=user, cause="email", hours=1)
        last = holds.start(user=user, cause="recovery", hours=72)
        assert [hold.cause for hold in holds.active(user)] == ["recovery", "email"]
        with pytest.raises(SecurityHoldActive) as refused:
            holds.require_none(user)
        assert refused.value.facts == {"cause": "recovery", "until": f"{last.until:%Y-%m-%dT%H:%M:%SZ}"}
        clock.shift(timedelta(hours=72, seconds=1))
        holds.require_none(user)


def test_the_database_refuses_a_hold_that_ends_before_it_starts() -> None:
    from django.db import IntegrityError

    moment = now()
    with pytest.raises(IntegrityError, match="accounts_securityhold_ends_later"):
        SecurityHold.objects.create(user=customer(), cause="email", started_at=moment, until=moment)


def test_every_iso_country_is_listed_with_three_names(api: Api) -> None:
    body = api.get("/api/v1/countries").json()
    assert len(body["results"]) == 249
    taiwan = next(row for row in body["results"] if row["alpha2"] == "TW")
    assert taiwan == {
        "alpha2": "TW",
        "alpha3": "TWN",
        "numeric": "158",
        "phone_area": "886",
        "names": {"en": "Taiwan", "zh-CN": "台湾", "zh-TW": "台灣"},
        "can_register": True,
    }
    assert all(row["names"][language] for row in body["results"] for language in ("en", "zh-CN", "zh-TW"))


def test_loading_the_countries_again_keeps_what_staff_chose() -> None:
    Country.objects.filter(alpha2="TW").update(can_register=False, name_en="Formosa")
    call_command("load_countries", stdout=StringIO())
    country = Country.objects.get(alpha2="TW")
    assert (country.can_register, country.name_en, Country.objects.count()) == (False, "Taiwan", 249)
