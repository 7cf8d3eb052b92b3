"""Passkeys of the own account: added, listed, renamed, removed, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import AuditRecord, LoginRecord, Passkey, PasskeyChallenge, SecurityHold, Session, User
from accounts.models.sessions import Level
from accounts.services import ceremonies, login, passkeys, sessions, totp_binding
from accounts.services.second_factor import Proof
from config.kit.clock import now
from tests.client import Api
from tests.factories_accounts import CLIENT, PASSWORD, App, bind_totp, customer, token_of
from tests.factories_messaging import read_message
from tests.factories_passkeys import PRESENT, Device, add_passkey, encoded

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/passkeys"


def begin(api: Api, token: str) -> dict[str, Any]:
    answer = api.post(f"{URL}/options", token=token)
    assert answer.status_code == 201, answer.json()
    options: dict[str, Any] = answer.json()["options"]
    return options


def session_of(user: User) -> Session:
    return login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session


def test_the_options_ask_for_a_verified_owner_and_name_nobody_to_the_device(api: Api) -> None:
    user = customer(email="alice@example.com")
    options = begin(api, token_of(user))
    assert options["rp"] == {"id": "localhost", "name": "Quaestor"}
    assert options["user"]["name"] == "alice@example.com"
    assert str(user.uid) not in options["user"]["id"]
    assert options["attestation"] == "none"
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("preferred", "required")
    assert options["excludeCredentials"] == []
    assert len(options["challenge"]) >= 43


def test_a_passkey_is_added_told_and_listed_and_the_other_sessions_end(api: Api) -> None:
    user = customer(email="alice@example.com")
    other, token = token_of(user), token_of(user)
    device = Device()
    body = {"name": "My phone", "passkey": device.create(begin(api, token))}
    made = api.post(URL, body, token=token)
    assert made.status_code == 201
    row = made.json()
    assert {name: row[name] for name in ("name", "transports", "is_backed_up", "last_used_at", "suspended_at")} == {
        "name": "My phone",
        "transports": ["internal", "hybrid"],
        "is_backed_up": False,
        "last_used_at": None,
        "suspended_at": None,
    }
    assert api.get(URL, token=token).json()["results"] == [row]
    assert api.get("/api/v1/me", token=other).status_code == 401
    assert read_message("alice@example.com", "passkey_added").facts["name"] == "My phone"
    assert list(LoginRecord.objects.order_by("id").values_list("act", flat=True))[-1] == "passkey_added"
    assert not SecurityHold.objects.exists()
    held = begin_with_proof(api, user, token, device)
    assert [one["id"] for one in held["excludeCredentials"]] == [encoded(device.credential_id)]


def begin_with_proof(api: Api, user: User, token: str, device: Device) -> dict[str, Any]:
    asked = api.post(f"{URL}/options", token=token).json()
    assert asked["slug"] == "accounts.second_factor_required"
    answer = api.post(f"{URL}/options", {"passkey": device.get(asked["passkey_options"])}, token=token)
    assert answer.status_code == 201, answer.json()
    options: dict[str, Any] = answer.json()["options"]
    return options


def test_an_old_account_waits_a_day_with_its_money_after_a_passkey_was_added() -> None:
    user = customer()
    User.objects.filter(pk=user.pk).update(registered_at=now() - timedelta(hours=25))
    add_passkey(User.objects.get(pk=user.pk), session_of(user))
    hold = SecurityHold.objects.get(user=user)
    assert (hold.cause, hold.until - hold.started_at) == ("second_factor", timedelta(hours=24))


def test_adding_asks_for_a_fresh_sign_in_and_says_what_would_do(api: Api) -> None:
    user = customer()
    with time_machine.travel(now(), tick=False) as clock:
        token = token_of(user)
        clock.shift(timedelta(minutes=5, seconds=1))
        answer = api.post(f"{URL}/options", token=token)
    assert (answer.status_code, answer.json()["slug"]) == (403, "api.not_fresh")
    assert (answer.json()["methods"], answer.json()["fresh_sign_in"]) == (["email"], True)
    assert not PasskeyChallenge.objects.exists()


def test_where_an_authenticator_is_bound_adding_asks_for_a_proof_however_fresh_the_session(api: Api) -> None:
    user = customer()
    token = token_of(user)
    session = Session.objects.get(user=user)
    app = App.of_secret(totp_binding.begin(user=user, session=session, client=CLIENT, is_fresh=True).secret)
    totp_binding.confirm(user=user, code=app.code(), session=session, client=CLIENT)
    answer = api.post(f"{URL}/options", token=token)
    assert (answer.status_code, answer.json()["slug"]) == (403, "accounts.second_factor_required")
    assert (answer.json()["methods"], answer.json()["fresh_sign_in"]) == (["totp"], False)
    assert api.post(f"{URL}/options", {"code": "000000"}, token=token).status_code == 422
    assert api.post(f"{URL}/options", {"method": "totp", "code": app.code()}, token=token).status_code == 201


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example:8000"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
    ],
    ids=["origin", "similar origin", "rp id", "not verified", "not present"],
)
def test_a_new_passkey_that_speaks_for_another_site_or_for_nobody_is_refused(api: Api, bent: dict[str, Any]) -> None:
    token = token_of(customer())
    body = {"name": "x", "passkey": Device(**bent).create(begin(api, token))}
    answer = api.post(URL, body, token=token)
    assert (answer.status_code, answer.json()["slug"]) == (422, "accounts.passkey_refused")
    assert not Passkey.objects.exists()


def test_a_new_passkey_answers_its_own_challenge_once_and_soon(api: Api) -> None:
    user, other = customer(), customer()
    with time_machine.travel(now(), tick=False) as clock:
        token = token_of(user)
        options = begin(api, token)
        foreign = begin(api, token_of(other))
        elsewhere = begin(api, token_of(user))
        invented = {**options, "challenge": encoded(b"\x00" * 40)}
        for wrong in (foreign, elsewhere, invented):
            answer = api.post(URL, {"name": "x", "passkey": Device().create(wrong)}, token=token)
            assert answer.json()["slug"] == "accounts.passkey_refused"
        late = begin(api, token)
        assert (
            api.post(URL, {"name": "x", "passkey": Device().create(options, kind="webauthn.get")}, token=token).status_code
            == 422
        )
        assert api.post(URL, {"name": "x", "passkey": Device().create(options)}, token=token).status_code == 422
        clock.shift(timedelta(minutes=5, seconds=1))
        assert api.post(URL, {"name": "x", "passkey": Device().create(late)}, token=token).status_code == 422
    assert not Passkey.objects.exists()


def test_a_challenge_for_an_act_registers_nothing(api: Api) -> None:
    user = customer()
    token = token_of(user)
    session = Session.objects.get(user=user)
    act = ceremonies.options_for(user, "passkey_add", session=str(session.public_id)).options
    body = {"name": "x", "passkey": Device().create({**begin(api, token), "challenge": act["challenge"]})}
    assert api.post(URL, body, token=token).json()["slug"] == "accounts.passkey_refused"


def test_a_credential_is_registered_once_whoever_brings_it(api: Api) -> None:
    device = Device()
    first, second = customer(), customer()
    answers = []
    for user in (first, second):
        token = token_of(user)
        answers.append(api.post(URL, {"name": "x", "passkey": device.create(begin(api, token))}, token=token))
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["slug"] == "accounts.passkey_taken"
    assert Passkey.objects.count() == 1


def test_the_database_refuses_a_credential_twice_and_a_count_below_zero() -> None:
    user = customer()
    _, made = add_passkey(user, session_of(user))
    with pytest.raises(IntegrityError, match="accounts_passkey_credential_unique"), transaction.atomic():
        Passkey.objects.create(user=user, credential_id=made.credential_id, public_key=b"x", name="x", created_at=now())
    with pytest.raises(IntegrityError, match="accounts_passkey_count_not_negative"), transaction.atomic():
        Passkey.objects.filter(pk=made.pk).update(sign_count=-1)


def test_an_account_has_ten_passkeys_at_most(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    user = customer()
    token = token_of(user)
    options = begin(api, token)
    rows = [
        Passkey(user=user, credential_id=bytes([number]) * 16, public_key=b"x", name="x", created_at=now())
        for number in range(passkeys.PASSKEYS_MAX)
    ]
    Passkey.objects.bulk_create(rows)
    for path, body in ((f"{URL}/options", {}), (URL, {"name": "x", "passkey": Device().create(options)})):
        answer = api.post(path, body, token=token)
        assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.too_many_passkeys")
        assert answer.json()["passkeys_max"] == 10
    assert Passkey.objects.count() == 10


@pytest.mark.parametrize("name", ["", "x" * 65, "two\nlines", "a\u202eb", 5, None])
def test_a_name_is_one_short_line(api: Api, name: Any) -> None:
    user = customer()
    _, made = add_passkey(user, session_of(user))
    token = passkey_token(api, user)
    answer = api.patch(f"{URL}/{made.public_id}", {"name": name}, token=token)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["name"])
    assert Passkey.objects.get().name == "phone"


def passkey_token(api: Api, user: User) -> str:
    """The token of a session of a customer with a passkey, made as the product makes it."""
    return sessions.open_session(user=user, level=Level.FULL, client=CLIENT).token


def test_a_passkey_is_renamed(api: Api) -> None:
    user = customer()
    _, made = add_passkey(user, session_of(user))
    answer = api.patch(f"{URL}/{made.public_id}", {"name": "Blue key"}, token=passkey_token(api, user))
    assert (answer.status_code, answer.json()["name"]) == (200, "Blue key")
    assert Passkey.objects.get().name == "Blue key"


def test_somebody_elses_passkey_answers_like_none(api: Api) -> None:
    user, other = customer(), customer()
    _, foreign = add_passkey(other, session_of(other))
    token = token_of(user)
    for name in (str(foreign.public_id), "4203918275640192", "nonsense"):
        for answer in (api.patch(f"{URL}/{name}", {"name": "x"}, token=token), api.delete(f"{URL}/{name}", {}, token=token)):
            assert (answer.status_code, answer.json()["slug"]) == (404, "api.absent")
    assert Passkey.objects.get().name == "phone"


def test_removing_takes_a_proof_starts_a_hold_and_ends_the_other_sessions(api: Api) -> None:
    user = customer(email="alice@example.com")
    device, made = add_passkey(user, session_of(user))
    other, token = passkey_token(api, user), passkey_token(api, user)
    path = f"{URL}/{made.public_id}"
    asked = api.delete(path, {}, token=token)
    assert (asked.status_code, asked.json()["methods"]) == (403, ["passkey"])
    done = api.delete(path, {"passkey": device.get(asked.json()["passkey_options"])}, token=token)
    assert done.status_code == 204
    assert not Passkey.objects.exists()
    hold = SecurityHold.objects.get(user=user)
    assert (hold.cause, hold.until - hold.started_at) == ("second_factor", timedelta(hours=24))
    assert api.get("/api/v1/me", token=other).status_code == 401
    assert api.get("/api/v1/me", token=token).status_code == 200
    read_message("alice@example.com", "passkey_removed")
    assert AuditRecord.objects.filter(act="accounts.passkey_removed").count() == 1


def test_the_authenticator_app_removes_a_passkey_too(api: Api) -> None:
    user = customer()
    app = bind_totp(user)
    _, made = add_passkey(user, Session.objects.filter(user=user).first(), proof=Proof("totp", app.code()))
    answer = api.delete(f"{URL}/{made.public_id}", {"method": "totp", "code": app.code()}, token=passkey_token(api, user))
    assert answer.status_code == 204
