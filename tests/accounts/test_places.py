"""A sign-in from a new place, devices, and where an address is."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import iptocc
import pytest
from django.conf import LazySettings

from accounts.models import KnownDevice, Session, User
from accounts.models.sessions import Due
from accounts.services import clients, places
from tests.accounts.mmdb import written
from tests.client import Api
from tests.factories_accounts import PASSWORD, bind_totp, customer
from tests.factories_messaging import pass_time_for_resend, read_code

pytestmark = pytest.mark.django_db
URL = "/api/v1/sessions"
SECOND = "/api/v1/sessions/second-factor"
HOME, NEIGHBOUR, AWAY = "203.0.113.7", "203.0.113.99", "198.51.100.7"


def careful(**more: Any) -> User:
    """A customer who asks for a code in new places and has signed in from HOME."""
    user = customer(email="alice@example.com", **more)
    User.objects.filter(pk=user.pk).update(checks_other_places=True)
    return user


def sign_in(api: Api, ip: str, **more: str) -> Any:
    return api.post(URL, {"login": "alice@example.com", "password": PASSWORD, **more}, ip=ip)


def at_home(api: Api, user: User) -> str:
    """Sign in at HOME, with whatever is due there the first time; the device's token."""
    User.objects.filter(pk=user.pk).update(checks_other_places=False)
    device = sign_in(api, HOME).json()["device_token"]
    User.objects.filter(pk=user.pk).update(checks_other_places=True)
    return str(device)


def place_code(api: Api, token: str, **where: str) -> str:
    pass_time_for_resend()
    answer = api.post("/api/v1/codes", {"purpose": "other_place", **where}, token=token)
    assert answer.status_code == 202, answer.content
    return read_code(where.get("phone", "alice@example.com"))


def test_a_place_never_seen_asks_for_a_code_that_only_the_owner_gets(api: Api) -> None:
    at_home(api, careful())
    answer = sign_in(api, AWAY)
    assert answer.status_code == 202
    body = answer.json()
    assert (body["level"], body["due"], body["methods"]) == ("pre2fa", "other_place", ["email"])
    assert api.get("/api/v1/me", token=body["token"]).status_code == 403
    code = place_code(api, body["token"])
    done = api.post(SECOND, {"method": "email", "code": code}, token=body["token"], ip=AWAY)
    assert done.status_code == 201
    assert done.json()["level"] == "full"
    assert api.get("/api/v1/me", token=done.json()["token"]).status_code == 200
    assert api.get("/api/v1/me", token=body["token"]).status_code == 401
    assert sign_in(api, AWAY).status_code == 201, "the place is known from now on"


def test_a_known_network_or_a_known_device_is_no_new_place(api: Api) -> None:
    device = at_home(api, careful())
    assert sign_in(api, NEIGHBOUR).status_code == 201
    assert sign_in(api, AWAY, device_token=device).status_code == 201
    assert sign_in(api, "192.0.2.1", device_token="x" * 43).status_code == 202


def test_another_customers_device_and_network_are_strange(api: Api) -> None:
    at_home(api, careful())
    other = customer(email="bob@example.com")
    foreign = api.post(URL, {"login": str(other.uid), "password": PASSWORD}, ip=AWAY).json()["device_token"]
    assert sign_in(api, AWAY, device_token=foreign).json()["due"] == "other_place"


def test_who_did_not_ask_for_it_is_not_asked(api: Api) -> None:
    customer(email="alice@example.com")
    assert [sign_in(api, ip).status_code for ip in (HOME, AWAY, "2001:db8::1")] == [201] * 3


def test_place_and_authenticator_are_told_apart_and_both_are_due(api: Api) -> None:
    user = customer(email="alice@example.com")
    app = bind_totp(user)
    assert KnownDevice.objects.get(user=user).network == "127.0.0.1"
    User.objects.filter(pk=user.pk).update(checks_other_places=True)
    token = sign_in(api, AWAY).json()["token"]
    body = sign_in(api, AWAY).json()
    assert (body["due"], body["methods"]) == ("both", ["totp", "email"])
    half = api.post(SECOND, {"method": "totp", "code": app.code()}, token=body["token"])
    assert (half.status_code, half.json()["due"], half.json()["methods"]) == (202, "other_place", ["email"])
    assert api.get("/api/v1/me", token=half.json()["token"]).status_code == 403
    assert api.get("/api/v1/me", token=body["token"]).status_code == 401
    code = place_code(api, half.json()["token"])
    assert api.post(SECOND, {"method": "totp", "code": app.code()}, token=half.json()["token"]).status_code == 422
    assert api.post(SECOND, {"method": "email", "code": code}, token=half.json()["token"]).status_code == 201
    # the other way round, in the session of before
    code = place_code(api, token)
    half = api.post(SECOND, {"method": "email", "code": code}, token=token)
    assert (half.status_code, half.json()["due"], half.json()["methods"]) == (202, "second_factor", ["totp"])


def test_a_log_in_code_by_mail_answers_the_question_of_the_place_too(api: Api) -> None:
    user = careful()
    User.objects.filter(pk=user.pk).update(second_factor_channel="email")
    assert sign_in(api, AWAY).json()["due"] == "second_factor"


def test_a_code_of_another_purpose_or_session_does_not_open_a_new_place(api: Api) -> None:
    at_home(api, careful())
    first, second = sign_in(api, AWAY).json()["token"], sign_in(api, AWAY).json()["token"]
    code = place_code(api, first)
    assert api.post(SECOND, {"method": "email", "code": code}, token=second).status_code == 422
    pass_time_for_resend()
    refused = api.post("/api/v1/codes", {"purpose": "second_factor"}, token=first)
    assert refused.json()["slug"] == "accounts.second_factor_not_due"
    assert api.post("/api/v1/codes", {"purpose": "other_place", "phone": "+886912345678"}, token=first).status_code == 400
    assert Session.objects.filter(level="pre2fa", due=Due.OTHER_PLACE).count() == 2


def test_a_full_session_needs_no_code_for_its_place(api: Api) -> None:
    careful()
    token = sign_in(api, HOME).json()["token"]
    assert api.post("/api/v1/codes", {"purpose": "other_place"}, token=token).status_code == 202  # the first place is new too
    User.objects.update(checks_other_places=False)
    full = sign_in(api, HOME).json()["token"]
    answer = api.post("/api/v1/codes", {"purpose": "other_place"}, token=full)
    assert answer.json()["slug"] == "accounts.second_factor_not_due"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Linux", "Linux", "Firefox")),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4"
                " Mobile/15E148 Safari/604.1"
            ),
            ("iPhone", "iOS 17", "Mobile Safari"),
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"
                " Safari/537.36 Edg/120.0"
            ),
            ("Windows", "Windows 10", "Edge"),
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 14; SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile"
                " Safari/537.36"
            ),
            ("Samsung SM-G991B", "Android 14", "Chrome Mobile"),
        ),
        ("curl/8.1", ("", "", "curl")),
        ("tests", ("", "", "tests")),
        ("", ("", "", "")),
        ("x" * 5_000, ("", "", "x" * 64)),
        ("\x00\u202e(((((", ("", "", "(((((")),
    ],
)
def test_a_sender_is_told_in_words(user_agent: str, words: tuple[str, str, str]) -> None:
    told = clients.describe(ip=HOME, user_agent=user_agent)
    assert (told.device, told.os, told.browser) == words


def test_the_list_of_sessions_shows_system_city_and_last_use(api: Api, settings: LazySettings, tmp_path: Path) -> None:
    settings.GEOIP_DATABASE = str(written(tmp_path / "city.mmdb", {"8.8.8.0/24": ("US", "Mountain View")}))
    customer(email="alice@example.com")
    token = sign_in(api, "8.8.8.8").json()["token"]
    row = api.get(URL, token=token).json()["results"][0]
    assert (row["place"], row["city"], row["signed_in_by"]) == ("US", "Mountain View", "password")
    assert {"os", "device", "browser", "ip", "last_used_at", "created_at", "expires_at", "level", "current", "id"} < set(row)


def test_the_city_comes_from_the_configured_database_and_the_country_from_it_first(
    settings: LazySettings, tmp_path: Path
) -> None:
    database = {"8.8.8.0/24": ("DE", "Köln"), "9.9.9.9/32": ("", "Nowhere")}
    settings.GEOIP_DATABASE = str(written(tmp_path / "city.mmdb", database))
    assert places.place_of("8.8.8.8") == places.Place("DE", "Köln")
    assert places.place_of("9.9.9.9") == places.Place(str(iptocc.country_code("9.9.9.9")), "Nowhere")
    assert places.place_of("1.1.1.1").city == ""
    assert places.place_of("2606:4700:4700::1111").city == ""
    assert places.place_of("10.0.0.1") == places.place_of("0.0.0.0") == places.Place()  # an address, nothing binds


@pytest.mark.parametrize("contents", [None, b"", b"no database at all"])
def test_a_broken_database_costs_the_cities_only(settings: LazySettings, tmp_path: Path, contents: bytes | None) -> None:
    path = tmp_path / "broken.mmdb"
    if contents is not None:
        path.write_bytes(contents)
    settings.GEOIP_DATABASE = str(path)
    assert places.place_of("8.8.8.8") == places.Place(country="US")


def test_the_writer_of_the_test_writes_what_the_reader_reads(tmp_path: Path) -> None:
    import maxminddb

    path = written(tmp_path / "city.mmdb", {"8.8.8.0/24": ("US", "A"), "8.8.4.0/24": ("US", "B")})
    with maxminddb.open_database(str(path)) as database:
        assert database.get("8.8.4.4") == {"country": {"iso_code": "US"}, "city": {"names": {"en": "B"}}}
        assert database.get("8.8.5.4") is None
        assert sum(ipaddress.ip_network(str(network)).num_addresses for network, _ in database) == 512
