"""Passkeys at the door: each answer is good for one act, once, of one customer, on our own pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.errors import SecondFactorLocked, SecondFactorRequired, SecondFactorWrong
from accounts.models import AuditRecord, Passkey, PasskeyChallenge, Session, User
from accounts.models.sessions import Level
from accounts.services import ceremonies, housekeeping, login, second_factor, sessions
from accounts.services.second_factor import Method, Proof
from config.kit.clock import now
from messaging.models import Message, Purpose
from tests.client import Api
from tests.factories_accounts import CLIENT, IP, PASSWORD, customer, token_of
from tests.factories_messaging import read_code, read_message
from tests.factories_passkeys import PRESENT, VERIFIED, Device, add_passkey, encoded

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> tuple[User, Device]:
    user = customer(email="alice@example.com")
    device, _ = add_passkey(user, login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).session)
    return user, device


def token(user: User) -> str:
    return sessions.open_session(user=user, level=Level.FULL, client=CLIENT).token


def test_a_passkey_proves_an_act_of_its_purpose_and_context_once(owner: tuple[User, Device]) -> None:
    user, device = owner
    proof = device.proof(user, Purpose.WITHDRAWAL, "withdrawal:1")
    assert second_factor.require(user, proof, Purpose.WITHDRAWAL, "withdrawal:1") == Method.PASSKEY
    with pytest.raises(SecondFactorWrong) as again:
        second_factor.require(user, proof, Purpose.WITHDRAWAL, "withdrawal:1")
    assert again.value.facts == {"attempts_left": 4, "channel": "", "methods": ["passkey"], "fresh_sign_in": False}
    assert again.value.slug == "messaging.wrong_code"


def test_the_refusal_that_asks_for_a_proof_brings_the_challenge_for_this_very_act(owner: tuple[User, Device]) -> None:
    user, device = owner
    with pytest.raises(SecondFactorRequired) as asked:
        second_factor.require(user, None, Purpose.WITHDRAWAL, "withdrawal:1")
    assert asked.value.methods == ["passkey"]
    options = asked.value.passkey_options
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")
    assert [one["id"] for one in options["allowCredentials"]] == [encoded(device.credential_id)]
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, device.answer(options), Purpose.WITHDRAWAL, "withdrawal:2")
    with pytest.raises(SecondFactorRequired) as asked:
        second_factor.require(user, None, Purpose.WITHDRAWAL, "withdrawal:1")
    second_factor.require(user, device.answer(asked.value.passkey_options), Purpose.WITHDRAWAL, "withdrawal:1")


@pytest.mark.parametrize(
    ("purpose", "context", "session"),
    [
        (Purpose.API_KEY, "context", "7000000000000001"),
        (Purpose.WITHDRAWAL, "another", "7000000000000001"),
        (Purpose.WITHDRAWAL, "", "7000000000000001"),
        (Purpose.WITHDRAWAL, "context", "7000000000000002"),
        (Purpose.WITHDRAWAL, "context", ""),
    ],
    ids=["purpose", "context", "no context", "session", "no session"],
)
def test_an_answer_for_something_else_is_wrong_and_its_challenge_gone(
    owner: tuple[User, Device], purpose: str, context: str, session: str
) -> None:
    user, device = owner
    proof = device.proof(user, Purpose.WITHDRAWAL, "context", session="7000000000000001")
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, Proof("passkey", passkey=proof.passkey, session=session), purpose, context)
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, proof, Purpose.WITHDRAWAL, "context")
    assert PasskeyChallenge.objects.filter(consumed_at__isnull=False, purpose="withdrawal").count() == 1


def bend(**bent: Any) -> Callable[[Device, dict[str, Any]], dict[str, Any]]:
    def answer(device: Device, options: dict[str, Any]) -> dict[str, Any]:
        for name, value in bent.items():
            setattr(device, name, value)
        return device.get(options)

    return answer


def spoil(member: str) -> Callable[[Device, dict[str, Any]], dict[str, Any]]:
    def answer(device: Device, options: dict[str, Any]) -> dict[str, Any]:
        given = device.get(options)
        given["response"][member] = encoded(b"\x30\x00" * 30)
        return given

    return answer


WRONG: dict[str, Callable[[Device, dict[str, Any]], dict[str, Any]]] = {
    "origin": bend(origin="https://evil.example"),
    "origin with another port": bend(origin="http://localhost:9999"),
    "rp id": bend(rp_id="evil.example"),
    "not verified": bend(flags=PRESENT),
    "not present": bend(flags=VERIFIED),
    "unknown credential": bend(credential_id=b"\x01" * 32),
    "another key": lambda device, options: Device(
        credential_id=device.credential_id, user_handle=device.user_handle, count=7
    ).get(options),
    "handle of somebody else": bend(user_handle=b"\x02" * 32),
    "type": lambda device, options: device.get(options, kind="webauthn.create"),
    "challenge": lambda device, options: device.get({**options, "challenge": encoded(b"\x00" * 40)}),
    "short challenge": lambda device, options: device.get({**options, "challenge": encoded(b"\x00" * 4)}),
    "challenge out of range": lambda device, options: device.get({**options, "challenge": encoded(b"\xff" * 40)}),
    "signature": spoil("signature"),
    "authenticator data": spoil("authenticatorData"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_not_true_proves_nothing_and_is_counted(
    api: Api, owner: tuple[User, Device], wrong: Callable[[Device, dict[str, Any]], dict[str, Any]]
) -> None:
    user, device = owner
    shown = token(user)
    options = api.post("/api/v1/me/recovery-codes", {}, token=shown).json()["passkey_options"]
    answer = api.post("/api/v1/me/recovery-codes", {"passkey": wrong(device, options)}, token=shown)
    assert (answer.status_code, answer.json()["slug"]) == (422, "messaging.wrong_code")
    assert (answer.json()["attempts_left"], answer.json()["methods"]) == (4, ["passkey"])
    passkey = Passkey.objects.get()
    assert (passkey.last_used_at, passkey.suspended_at, passkey.sign_count) == (None, None, 0)
    signing_in = api.post("/api/v1/passkey-challenges", {"purpose": "login"}).json()["options"]
    refused = api.post("/api/v1/sessions/by-passkey", {"passkey": wrong(device, signing_in)})
    assert (refused.status_code, refused.json()["slug"]) == (422, "accounts.passkey_refused")


def test_a_challenge_waits_five_minutes(owner: tuple[User, Device]) -> None:
    user, device = owner
    with time_machine.travel(now(), tick=False) as clock:
        proof = device.proof(user, Purpose.API_KEY)
        clock.shift(timedelta(minutes=5, seconds=1))
        with pytest.raises(SecondFactorWrong):
            second_factor.require(user, proof, Purpose.API_KEY)


def test_another_customers_passkey_proves_nothing(owner: tuple[User, Device]) -> None:
    user, _ = owner
    other = customer()
    foreign, _ = add_passkey(other, login.log_in(login=str(other.uid), password=PASSWORD, client=CLIENT).session)
    for challenged in (user, other):
        options = ceremonies.options_for(challenged, Purpose.API_KEY).options
        foreign.user_handle = b""
        proof = foreign.answer(options)
        with pytest.raises(SecondFactorWrong):
            second_factor.require(user, Proof("passkey", passkey=proof.passkey), Purpose.API_KEY)


def test_a_challenge_of_another_customer_is_not_answered_for_them(owner: tuple[User, Device]) -> None:
    user, device = owner
    foreign = ceremonies.options_for(customer(), Purpose.API_KEY).options
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, device.answer(foreign), Purpose.API_KEY)


def test_a_code_that_was_sent_is_weaker_than_a_passkey_and_counted(owner: tuple[User, Device]) -> None:
    user, _ = owner
    Passkey.objects.all().delete()
    second_factor.send(user, Method.EMAIL, Purpose.API_KEY, language="en", ip=IP)
    code = read_code("alice@example.com")
    device = Device()
    Passkey.objects.create(user=user, credential_id=device.credential_id, public_key=b"x", name="x", created_at=now())
    with pytest.raises(SecondFactorWrong) as weaker:
        second_factor.require(user, Proof("email", code), Purpose.API_KEY)
    assert (weaker.value.attempts_left, weaker.value.methods) == (4, ["passkey"])
    assert second_factor.challenge(user, Purpose.API_KEY, language="en", ip=IP) is None


def test_five_wrong_answers_lock_the_factor_for_a_right_one_too(owner: tuple[User, Device]) -> None:
    user, device = owner
    for _ in range(5):
        with pytest.raises(SecondFactorWrong):
            second_factor.require(user, Proof("totp", "000000"), Purpose.API_KEY)
    with pytest.raises(SecondFactorLocked) as locked:
        second_factor.require(user, device.proof(user, Purpose.API_KEY), Purpose.API_KEY)
    assert 0 < locked.value.retry_after <= 900
    assert locked.value.methods == ["passkey"]


def test_a_count_that_does_not_rise_suspends_the_passkey_and_tells_its_owner(api: Api, owner: tuple[User, Device]) -> None:
    user, device = owner
    copy = device.copy()
    second_factor.require(user, device.proof(user, Purpose.API_KEY), Purpose.API_KEY)
    second_factor.require(user, device.proof(user, Purpose.API_KEY), Purpose.API_KEY)
    copy.count = 1  # the copy has signed less often: its next count is 2, which was seen
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, copy.proof(user, Purpose.API_KEY), Purpose.API_KEY, client=CLIENT)
    passkey = Passkey.objects.get()
    assert passkey.suspended_at is not None
    assert passkey.sign_count == 2
    assert read_message("alice@example.com", "passkey_suspended").facts["name"] == "phone"
    assert AuditRecord.objects.get(act="accounts.passkey_suspended").facts["passkey"] == str(passkey.public_id)
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, device.proof(user, Purpose.API_KEY), Purpose.API_KEY)
    assert second_factor.methods(user) == ()
    assert second_factor.has_strong(user)
    signing_in = api.post("/api/v1/passkey-challenges", {"purpose": "login"}).json()["options"]
    assert api.post("/api/v1/sessions/by-passkey", {"passkey": device.get(signing_in)}).status_code == 422
    assert Message.objects.filter(template="passkey_suspended").count() == 1


def test_a_count_that_falls_to_zero_is_no_device_without_a_counter(owner: tuple[User, Device]) -> None:
    user, device = owner
    second_factor.require(user, device.proof(user, Purpose.API_KEY), Purpose.API_KEY)
    device.count, device.counts = 0, False
    with pytest.raises(SecondFactorWrong):
        second_factor.require(user, device.proof(user, Purpose.API_KEY), Purpose.API_KEY)
    assert Passkey.objects.get().suspended_at is not None


def test_a_device_without_a_counter_may_be_used_again(owner: tuple[User, Device]) -> None:
    user, device = owner
    device.counts = False
    for _ in range(3):
        second_factor.require(user, device.proof(user, Purpose.API_KEY), Purpose.API_KEY)
    assert Passkey.objects.get().suspended_at is None


def test_a_crowd_of_challenges_gives_way_and_the_old_ones_are_swept(owner: tuple[User, Device]) -> None:
    user, _ = owner
    for _ in range(ceremonies.CHALLENGES_PER_USER_MAX + 5):
        ceremonies.options_for(user, Purpose.API_KEY)
    assert PasskeyChallenge.objects.filter(user=user).count() == ceremonies.CHALLENGES_PER_USER_MAX
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        assert housekeeping.prune() >= ceremonies.CHALLENGES_PER_USER_MAX
    assert not PasskeyChallenge.objects.exists()


def test_a_challenge_of_an_act_is_for_the_session_that_asked(api: Api, owner: tuple[User, Device]) -> None:
    user, device = owner
    first, second = token(user), token(user)
    asked = api.post("/api/v1/passkey-challenges", {"purpose": "recovery_codes"}, token=first)
    assert asked.status_code == 201
    answer = api.post("/api/v1/me/recovery-codes", {"passkey": device.get(asked.json()["options"])}, token=second)
    assert answer.status_code == 422
    refused = api.post("/api/v1/me/recovery-codes", {}, token=first).json()
    answer = api.post("/api/v1/me/recovery-codes", {"passkey": device.get(refused["passkey_options"])}, token=second)
    assert answer.status_code == 422
    asked = api.post("/api/v1/passkey-challenges", {"purpose": "recovery_codes"}, token=first)
    answer = api.post("/api/v1/me/recovery-codes", {"passkey": device.get(asked.json()["options"])}, token=first)
    assert answer.status_code == 201


def test_challenges_are_asked_for_by_who_may(api: Api, owner: tuple[User, Device]) -> None:
    user, _ = owner
    waiting = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).token
    url = "/api/v1/passkey-challenges"
    assert api.post(url, {"purpose": "withdrawal"}).json()["slug"] == "api.not_signed_in"
    assert api.post(url, {"purpose": "withdrawal"}, token=waiting).json()["slug"] == "api.level_too_low"
    assert api.post(url, {"purpose": "second_factor"}, token=waiting).status_code == 201
    assert api.post(url, {"purpose": "nonsense"}).status_code == 400
    assert api.post(url, {"purpose": "passkey_registration"}, token=token(user)).status_code == 400
    assert api.post(url, {"purpose": "login", "context": "x" * 1001}).status_code == 400


def test_nobody_is_named_by_the_challenge_to_sign_in(api: Api, owner: tuple[User, Device]) -> None:
    options = api.post("/api/v1/passkey-challenges", {"purpose": "login"}).json()["options"]
    assert options.get("allowCredentials", []) == []
    assert PasskeyChallenge.objects.filter(purpose="login").get().user is None


def test_a_customer_without_passkeys_is_asked_for_none(api: Api) -> None:
    shown = token_of(customer())
    asked = api.post("/api/v1/me/recovery-codes", {}, token=shown).json()
    assert (asked["methods"], asked["passkey_options"], asked["fresh_sign_in"]) == (["email"], {}, False)
    assert Session.objects.count() == 1
