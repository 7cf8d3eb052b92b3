"""The authenticator, passwords and the log on bitgin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from accounts.models import Authenticator, SecurityHold, Session, User
from apikeys.models import Scheme
from config.kit.clock import now
from messaging.services import codes
from tests import factories_accounts as make
from tests.apikeys import people as keys
from tests.apikeys.independent import BtseClient
from tests.apikeys.test_foreign_requests import issue
from tests.dialects.bitgin import people
from tests.dialects.bitgin.people import ANOTHER, DIGEST, Caller, refused, sha256

pytestmark = pytest.mark.django_db(transaction=True)
APPLY, BIND = "user/apply_google_device_authenticator", "user/bind_google_device_authenticator"
UNBIND, AGAIN = "user/unbind_google_device_authenticator", "user/reauthenticate_with_credential"
WRONG = "0" * 64


@pytest.fixture(autouse=True)
def no_rates() -> None:
    cache.clear()


def test_a_seed_binds_in_the_session_to_which_it_was_shown_alone() -> None:
    person = people.signed_in()
    first = person.caller.token
    key = person.caller.get(APPLY).json()["data"]["totpKey"]
    app = make.App.of_secret(key)
    person.log_in()
    refused(person.caller.post(BIND, {"totpCode": app.code(), "totpKey": key}), 400, -19)
    another = person.caller.get(APPLY).json()["data"]["totpKey"]
    refused(person.caller.post(BIND, {"totpCode": "000000", "totpKey": key}), 400, -19)
    code = make.App.of_secret(another).code()
    assert person.caller.post(BIND, {"totpCode": code, "totpKey": another.lower()}).json()["code"] == 1
    refused(Caller(first).get(APPLY), 401, 10002)
    refused(person.caller.get(APPLY), 400, -19)


def test_a_seed_is_shown_to_a_fresh_sign_in_and_binds_for_ten_minutes() -> None:
    person = people.signed_in()
    key = person.caller.get(APPLY).json()["data"]["totpKey"]
    with time_machine.travel(now() + timedelta(minutes=6)):
        refused(person.caller.get(APPLY), 403, -19)
    with time_machine.travel(now() + timedelta(minutes=11)):
        refused(person.caller.post(BIND, {"totpCode": make.App.of_secret(key).code(), "totpKey": key}), 400, -19)


def test_removing_takes_the_apps_own_code_and_keeps_this_session() -> None:
    person, other = people.signed_in(), people.signed_in()
    app, foreign = people.bind(person), people.bind(other)
    refused(person.caller.post(UNBIND, {"totpCode": foreign.code()}), 400, 10027)
    assert person.caller.post(UNBIND, {"totpCode": app.code()}).json()["data"] == "解绑成功"
    assert not Authenticator.objects.filter(user=person.user).exists()
    assert SecurityHold.objects.filter(user=person.user).exists()
    refused(person.caller.post(UNBIND, {"totpCode": "000000"}), 400, 10011)


def test_a_session_is_fresh_again_with_the_token_that_it_has() -> None:
    person = people.signed_in()
    app = people.bind(person)
    Session.objects.filter(user=person.user).update(fresh_until=now() - timedelta(seconds=1))
    assert person.caller.post(AGAIN, {"totpCode": app.code()}).json()["code"] == 1
    fresh_until = Session.objects.get(user=person.user, ended_at__isnull=True).fresh_until
    assert fresh_until is not None
    assert fresh_until > now()
    assert person.caller.get("user").json()["data"]["is2FA"] is True


def test_a_changed_password_ends_every_session_and_counts_wrong_old_ones() -> None:
    person = people.signed_in()
    for _ in range(5):
        refused(person.caller.post("user/change_password", {"oldPassword": WRONG, "newPassword": ANOTHER}), 400, 10006)
    refused(
        person.caller.post("user/change_password", {"oldPassword": DIGEST, "newPassword": ANOTHER}), 429, 303, {"wrongTime": 5}
    )
    other = people.signed_in()
    refused(other.caller.post("user/change_password", {"oldPassword": DIGEST, "newPassword": DIGEST}), 400, -1)
    assert other.caller.post("user/change_password", {"oldPassword": DIGEST, "newPassword": ANOTHER}).json()["code"] == 1
    refused(other.caller.post("logout"), 401, 10002)
    refused(other.log_in(), 400, 10006, {"wrongTime": 1})
    assert other.log_in(password=ANOTHER).json()["code"] == 1


def forget(person: people.Person, code: str, **beside: Any) -> Any:
    said = {"username": person.username, "codeEmail": code, "newPassword": ANOTHER, **beside}
    return Caller().post("user/forget_password", said)


def test_a_forgotten_password_is_set_with_the_mailed_code_once() -> None:
    person = people.signed_in()
    refused(forget(person, "12345678"), 400, 10029)
    code = people.recovery_code(person)
    refused(forget(people.somebody(), code), 400, 10029)
    assert forget(person, code).json()["code"] == 1
    refused(forget(person, code), 400, 10029)
    refused(person.caller.post("logout"), 401, 10002)
    assert person.log_in(password=ANOTHER).json()["code"] == 1


def test_a_mailed_code_that_came_as_a_number_has_its_leading_zeros_back(monkeypatch: pytest.MonkeyPatch) -> None:
    person = people.signed_in()
    monkeypatch.setattr(codes, "_new_code", lambda _: "00034567")
    assert people.recovery_code(person) == "00034567"
    said = {"username": person.username, "codeEmail": 34_567, "newPassword": ANOTHER}
    assert Caller().post("user/forget_password", said).json()["code"] == 1


def test_a_code_of_spaces_is_none() -> None:
    person = people.signed_in()
    for path in ("user/check/2FA", "user/unbind_google_device_authenticator"):
        answer = person.caller.post(path, {"totpCode": " \u3000"})
        refused(answer, 400, -2)
        assert answer.json()["msg"] == "[empty totpCode]"


def test_an_authenticator_is_asked_for_beside_the_code() -> None:
    person = people.signed_in()
    app = people.bind(person)
    refused(forget(person, people.recovery_code(person)), 400, -1)
    refused(forget(person, people.recovery_code(person), totpCode="000000"), 400, 10029)
    assert person.log_in().json()["code"] == 1
    assert forget(person, people.recovery_code(person), totpCode=app.code()).json()["code"] == 1


def test_a_phone_is_asked_for_beside_the_mailbox() -> None:
    person, other = people.activated(), people.activated()
    for one in (person, other):
        User.objects.filter(pk=one.user.pk).update(phone=one.phone)
    refused(forget(person, people.recovery_code(person)), 400, -1)
    foreign = people.recovery_code(other, phone=other.phone)
    refused(forget(person, people.recovery_code(person), codeMobile=foreign), 400, -1)
    by_phone = people.recovery_code(person, phone=person.phone)
    refused(forget(person, people.recovery_code(person), codeMobile="000000"), 400, 10029)
    assert forget(person, people.recovery_code(person), codeMobile=by_phone).json()["code"] == 1


def test_guesses_at_a_forgotten_password_are_locked_for_known_and_unknown_names_alike() -> None:
    known, unknown = people.activated(), people.somebody()
    people.recovery_code(known)
    for person in (known, unknown):
        told = [forget(person, "00000000") for _ in range(6)]
        assert [answer.json()["code"] for answer in told] == [10029] * 5 + [303], person


def test_a_new_password_that_is_no_digest_spends_no_code() -> None:
    person = people.activated()
    code = people.recovery_code(person)
    for wrong in ("short", sha256("password1"), "g" * 64):
        refused(forget(person, code, newPassword=wrong), 400, -2)
    assert forget(person, code).json()["code"] == 1


def test_the_log_tells_the_documents_operations_in_pages_newest_first() -> None:
    person = people.signed_in()
    people.bind(person)
    lines = person.caller.get("user/login_log").json()["data"]["dataList"]
    assert [line["operationCode"] for line in lines] == [1008, 1001, 1004, 1000]
    page = person.caller.get("user/login_log?pageSize=1&pageNum=2").json()["data"]["dataList"]
    assert page == lines[1:2]
    assert person.caller.get("user/login_log?pageNum=99").json()["data"]["dataList"] == []
    for query in (
        "pageSize=0",
        "pageSize=101",
        "pageSize=x",
        "pageNum=0",
        "pageNum=-1",
        "pageNum=100001",
        "pageSize=" + "9" * 40,
    ):
        refused(person.caller.get(f"user/login_log?{query}"), 400, -2)


def test_a_signed_key_reads_what_its_scope_opens_and_changes_nothing() -> None:
    user = make.customer()
    reads, trades = (issue(user, Scheme.BTSE, scopes) for scopes in (("read",), ("trade",)))
    for issued, status in ((reads, 200), (trades, 403)):
        client = BtseClient(issued.api_key.key, issued.secret)
        for number, path in enumerate(("user", "user/vip_info", "user/login_log")):
            moment = str(keys.now_milliseconds() + number)
            assert keys.send(client.sign("GET", f"/v1/{path}", moment=moment)).status_code == status, path
    client = BtseClient(reads.api_key.key, reads.secret)
    moment = str(keys.now_milliseconds() + 9)
    refused(keys.send(client.sign("GET", f"/v1/{APPLY}", moment=moment)), 403, -19)


TOTP = {"totpCode": "000000"}
CHANGE = {"oldPassword": DIGEST, "newPassword": ANOTHER}
FORGET = {"username": "x", "codeEmail": "1", "newPassword": ANOTHER}


@pytest.mark.parametrize(
    ("path", "whole", "name", "values"),
    [(BIND, {**TOTP, "totpKey": "x"}, "totpCode", (None, "", [1], "1" * 33, True)),
     (BIND, {**TOTP, "totpKey": "x"}, "totpKey", (None, "", 5, "x" * 65)),
     (UNBIND, TOTP, "totpCode", (None, "", [1], "1" * 33)),
     (AGAIN, TOTP, "totpCode", (None, "", [1], "1" * 33)),
     ("user/change_password", CHANGE, "oldPassword", (None, "", 5, "0" * 1025)),
     ("user/change_password", CHANGE, "newPassword", (None, "", 5, "0" * 63)),
     ("user/forget_password", FORGET, "username", (None, "", 5, "x" * 255)),
     ("user/forget_password", FORGET, "codeEmail", (None, "", "1" * 33)),
     ("user/forget_password", FORGET, "newPassword", (None, "", 5))],
)  # fmt: skip
def test_a_parameter_that_is_missing_or_no_good_is_named(path: str, whole: dict[str, Any], name: str, values: Any) -> None:
    caller = Caller(people.signed_in().caller.token)
    missing = {field: value for field, value in whole.items() if field != name}
    for value in values:
        answer = caller.post(path, {**missing, name: value})
        refused(answer, 400, -2)
        if value in (None, ""):
            assert answer.json()["msg"] == f"[empty {name}]"
    refused(caller.post(path, missing), 400, -2)


CLOSED = [("GET", APPLY), ("POST", BIND), ("POST", UNBIND), ("POST", AGAIN), ("POST", "user/change_password"),
          ("GET", "user/vip_info"), ("GET", "user/login_log")]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_before_the_second_step_and_without_a_session_nothing_of_it_opens(method: str, path: str) -> None:
    body = b'{"totpCode": "000000", "totpKey": "x", "oldPassword": "x", "newPassword": "x"}' if method == "POST" else b""
    refused(Caller().call(method, path, body), 401, 10002)
    person = people.activated()
    people.bind_totp(person)
    person.log_in()
    refused(person.caller.call(method, path, body), 403, -19)
