"""What is encrypted for exx: under whose key, and that nothing tells a wrong padding from a wrong password."""

from __future__ import annotations

import base64
import logging
import secrets
import threading
from collections import deque
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.db import IntegrityError, transaction

from accounts.models import AttemptCounter, PasswordForm, Session, User, Visit
from accounts.services import drawn_keys, housekeeping, passwords, visits
from config.kit.clock import now
from tests import factories_accounts as make
from tests.accounts.threads import at_once
from tests.dialects.exx import people
from tests.dialects.exx.people import PASSWORD, Browser, code

pytestmark = pytest.mark.django_db
PLAIN = [
    PASSWORD,
    base64.b64encode(PASSWORD.encode()).decode(),
    base64.b64encode(secrets.token_bytes(255)).decode(),
    "A" * 343 + "!",
    "A" * 5_000,
    "",
]
"""No texts under a key of any length that we know."""


def test_each_session_has_one_key_for_ten_hours_and_another_after_that() -> None:
    browser, other = Browser(), Browser()
    first = browser.read_key()
    assert browser.key is not None
    assert browser.key.key_size == 2048
    assert base64.b64decode(first, validate=True)[0] == 0x30
    assert browser.read_key() == first
    assert other.read_key() != first
    assert browser.client.cookies["zJSESSIONID"]["httponly"]
    with time_machine.travel(now() + timedelta(hours=9, minutes=59)):
        assert browser.read_key() == first
    with time_machine.travel(now() + timedelta(hours=10, seconds=1)):
        assert browser.read_key() != first


@pytest.mark.real_keys
def test_the_bits_of_new_keys_are_a_setting(settings: Any) -> None:
    settings.EXX_RSA_BITS = 1024
    browser = Browser()
    browser.read_key()
    assert browser.key is not None
    assert browser.key.key_size == 1024
    assert code(browser.post("login", {"userType": 3, "userName": "nobody", "password": browser.rsa("x" * 20)})) == "1008"


@pytest.mark.real_keys
def test_keys_are_drawn_ahead_and_each_is_given_once(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EXX_KEYS_READY, settings.EXX_RSA_BITS = 3, 1024
    monkeypatch.setattr(drawn_keys, "_ready", deque([rsa.generate_private_key(public_exponent=65_537, key_size=2048)]))
    monkeypatch.setattr(drawn_keys, "_fill_behind", lambda: None)
    monkeypatch.setattr(drawn_keys, "WAIT_SECONDS", 600)  # how fast the machine draws decides nothing
    drawn_keys.fill()
    ready = list(drawn_keys._ready)
    assert len(ready) == 3
    settings.EXX_KEYS_READY = 4
    drawn_keys.fill()
    given = at_once(6, lambda _: drawn_keys.take())
    numbers = [key.private_numbers().p for key in given if isinstance(key, rsa.RSAPrivateKey)]
    assert len(set(numbers)) == 6
    assert {key.private_numbers().p for key in ready if key.key_size == 1024} <= set(numbers)
    assert not drawn_keys._ready
    assert {key.key_size for key in given if isinstance(key, rsa.RSAPrivateKey)} == {1024}  # of other bits none is given


@pytest.mark.real_keys
def test_who_takes_a_key_has_the_next_ones_drawn_behind(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EXX_KEYS_READY, settings.EXX_RSA_BITS = 2, 1024
    monkeypatch.setattr(drawn_keys, "_ready", deque())
    drawn_keys.take()
    for thread in [thread for thread in threading.enumerate() if thread.name == "drawn-keys"]:
        thread.join()
    assert len(drawn_keys._ready) == 2
    settings.EXX_KEYS_READY = 0
    drawn_keys.take()
    assert not [thread for thread in threading.enumerate() if thread.name == "drawn-keys"]


@pytest.mark.real_keys
def test_who_would_wait_too_long_for_a_key_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_keys, "WAIT_SECONDS", 0)
    monkeypatch.setattr(drawn_keys, "_ready", deque())
    with drawn_keys._drawing:
        answer = Browser().get("getPubTag")
    assert (answer.status_code, code(answer), answer.json()["datas"]) == (503, "1001", {})


def test_spaces_and_line_breaks_in_a_ciphertext_do_no_harm() -> None:
    user = make.customer()
    browser = Browser()
    for _ in range(4):
        text = browser.rsa(make.PASSWORD)
        broken = text.replace("+", " ")
        assert code(browser.json("login", {"userType": 2, "userName": user.email, "password": broken})) == "1026"
        browser.read_key()
    text = browser.rsa(make.PASSWORD)
    broken = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    assert code(browser.json("login", {"userType": 2, "userName": user.email, "password": broken})) == "1026"


@pytest.mark.parametrize("shown", PLAIN, ids=["text", "base64", "a byte too few", "no base64", "long", "empty"])
def test_plain_text_is_refused_and_not_counted(shown: str) -> None:
    user = make.customer()
    browser = Browser()
    browser.read_key()
    AttemptCounter.objects.all().delete()
    assert code(browser.json("login", {"userType": 2, "userName": user.email, "password": shown})) == "3005"
    assert not AttemptCounter.objects.exists()
    assert not Session.objects.filter(user=user).exists()


def test_what_cannot_be_decrypted_is_a_wrong_password_like_all_others_and_counted() -> None:
    user = make.customer()
    browser, other = Browser(), Browser()
    browser.read_key()
    bad_padding = base64.b64encode(b"\x00" + secrets.token_bytes(255)).decode()
    too_large = base64.b64encode(b"\xff" * 256).decode()
    shorter = base64.b64encode(b"\x01" * 128).decode()
    shown = [browser.rsa("wrong password 123"), other.rsa(make.PASSWORD), bad_padding, too_large, shorter]
    answers = []
    for one in shown:
        AttemptCounter.objects.all().delete()
        answer = browser.post("login", {"userType": 2, "userName": user.email, "password": one})
        answers.append((answer.status_code, answer.content, dict(answer.headers).keys()))
        assert AttemptCounter.objects.filter(scope="name", failures=1).count() == 1
    assert code(browser.post("login", {"userType": 2, "userName": user.email, "password": shown[0]})) == "1008"
    assert {(status, content) for status, content, _ in answers} == {answers[0][:2]}


def test_a_wrong_padding_costs_one_hash_like_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.customer()
    browser = Browser()
    compared: list[bytes] = []
    verify = passwords._verify

    def counted(encoded: str, text: bytes) -> bool:
        compared.append(text)
        return verify(encoded, text)

    monkeypatch.setattr(passwords, "_verify", counted)
    for one in (browser.rsa("wrong password 123"), base64.b64encode(b"\x00" + secrets.token_bytes(255)).decode()):
        browser.post("login", {"userType": 2, "userName": user.email, "password": one})
    assert len(compared) == 2


def test_the_library_draws_what_a_wrong_padding_decrypts_to() -> None:
    browser = Browser()
    browser.read_key()
    key = visits._private_key(Visit.objects.get())
    assert key is not None
    cipher = b"\x00" + secrets.token_bytes(255)
    drawn = [key.decrypt(cipher, padding.PKCS1v15()) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_a_code_or_address_that_cannot_be_read_is_a_wrong_one() -> None:
    person = people.somebody()
    fields = people.register_fields(person)
    other = Browser()
    strange = person.browser.post("register", {**fields, "dynamicCode": other.rsa("123456")})
    assert code(strange) == "1001"
    fields["verificationCode"] = person.browser.picture()
    unreadable = person.browser.post("register", {**fields, "loginPwd": other.rsa(PASSWORD)})
    assert code(unreadable) == "3005"
    assert not User.objects.exists()
    sent = person.browser.post("sendCode", {"type": 1, "countryCode": "86", "mobileNumber": other.rsa(person.mobile)})
    assert code(sent) == "3005"
    assert code(person.browser.post("sendCode", {"type": 1, "email": other.rsa(person.email)})) == "3005"


def test_without_a_key_nothing_can_be_decrypted() -> None:
    user = make.customer()
    keyed, browser = Browser(), Browser()
    shown = {"userType": 2, "userName": user.email, "password": keyed.rsa(make.PASSWORD)}
    assert code(browser.post("login", shown)) == "1008"
    browser.client.cookies["zJSESSIONID"] = "x" * 43
    assert code(browser.post("login", shown)) == "1008"
    assert code(keyed.post("login", shown)) == "1026"


def test_signing_in_takes_a_planted_cookie_away() -> None:
    person = people.elsewhere(people.with_safe_password())
    thief = Browser()
    thief.read_key()
    planted = thief.cookie("JSESSIONID")
    person.browser.client.cookies["zJSESSIONID"] = planted
    person.browser.read_key()
    assert person.browser.cookie("JSESSIONID") == planted
    assert code(person.login()) == "1000"
    assert person.browser.cookie("JSESSIONID") != planted
    assert code(thief.get("getUserInfo")) == "1003"
    thief.read_key()
    assert thief.cookie("JSESSIONID") not in {planted, person.browser.cookie("JSESSIONID")}


def test_a_cookie_that_we_did_not_draw_is_replaced() -> None:
    browser = Browser()
    browser.client.cookies["zJSESSIONID"] = "p" * 43
    browser.read_key()
    assert browser.cookie("JSESSIONID") != "p" * 43
    browser.client.cookies["zJSESSIONID"] = "p" * 43
    browser.picture()
    assert browser.cookie("JSESSIONID") != "p" * 43


@pytest.mark.real_keys
@pytest.mark.django_db(transaction=True)
def test_requests_at_once_draw_one_key() -> None:
    browser = Browser()
    browser.picture()
    visit = Visit.objects.get()
    assert visit.public_key is None
    drawn = at_once(4, lambda _: visits.public_key(Visit.objects.get(pk=visit.pk)))
    assert len(set(drawn)) == 1
    assert bytes(Visit.objects.get().public_key or b"") == drawn[0]


def test_no_key_stands_in_the_clear_or_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    person = people.with_safe_password()
    row = Visit.objects.get()
    assert row.sealed_key is not None
    with pytest.raises(ValueError, match=r"deserialize|parse|ASN"):
        load_der_private_key(bytes(row.sealed_key), password=None)
    assert PASSWORD not in caplog.text
    assert person.browser.cookie("JSESSIONID") not in caplog.text
    assert PasswordForm.objects.filter(kind="login").count() == len(passwords.ALL_FORMS)


def test_visits_that_are_over_go() -> None:
    Browser().read_key()
    assert Visit.objects.count() == 1
    with time_machine.travel(now() + timedelta(hours=10, seconds=1)):
        housekeeping.prune()
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"public_key": None}, {"code_way": "pigeon"}, {"expires_at": now() - timedelta(days=1)}],
    ids=["half a key", "an unknown way", "over before it began"],
)
def test_the_database_refuses_a_visit_that_is_not_whole(change: dict[str, Any]) -> None:
    Browser().read_key()
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.update(**change)
