"""Values that no client sends, for each parameter of each endpoint: what bitflex says of them, and that they change nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import AttemptCounter
from config.dialects.bitflex import texts, urls
from tests import factories_accounts as make
from tests.dialects import odd
from tests.dialects.bitflex import people
from tests.dialects.bitflex.people import Caller
from tests.dialects.odd import MISSING

pytestmark = pytest.mark.django_db
CAPTCHA = {"session_id": "s", "sig": "wrong", "token": "t", "scene": "ic_message"}
PHONE = {"phone": "18700000001", "area_code": "86"}
PARAMETER = 4000
PUBLIC: dict[str, dict[str, Any]] = {
    "/v1/message/public-email": {**CAPTCHA, "email": "nobody@example.com", "type": "REGISTER"},
    "/v1/message/public-sms?REGISTER": {**CAPTCHA, **PHONE, "type": "REGISTER"},
    "/v1/message/public-sms?RESET": {**CAPTCHA, **PHONE, "type": "RESET_LOGIN_PASSWD"},
    "/v1/message/public-sms?LOGIN": {**CAPTCHA, "sms_token": "x" * 43, "type": "LOGIN"},
    "/v1/login?email": {**CAPTCHA, "email": "nobody@example.com", "password": "0" * 32},
    "/v1/login?phone": {**CAPTCHA, **PHONE, "password": "0" * 32},
    "/v1/login/verify": {"sms_token": "x" * 43, "code": "123456"},
}
OWN: dict[str, dict[str, Any]] = {
    "/v1/user/message/email": {"email": "", "type": "CHANGE_LOGIN_PASSWD"},
    "/v1/user/message/sms": {"phone": "", "area_code": "", "type": "CHANGE_LOGIN_PASSWD"},
}
"""Each endpoint that takes a body, with one that is well-formed and refused for what it says."""
MAY_BE_NOTHING = {
    *((path, name) for path in PUBLIC for name in ("sig", "token", "scene")),
    *((path, "session_id") for path in PUBLIC if "login?" in path),
    ("/v1/message/public-sms?RESET", "area_code"),
    *((path, name) for path in OWN for name in ("email", "phone", "area_code")),
}
"""Parameters that may be left out, empty or null."""
LOGIN_OF_BITGIN = {("/v1/login?email", "email"), ("/v1/login?phone", "phone")}
"""Without them the log-in is bitgin's, which the same path belongs to."""


def with_authenticator() -> Caller:
    """A customer to whom no code is sent: the authenticator's is due."""
    _, user = people.signed_in()
    app = make.bind_totp(user)
    waiting = Caller().post("/v1/login", {"email": user.email, "password": people.digest(make.PASSWORD)}).json()["data"]
    whole = Caller().post("/v1/login/verify", {"sms_token": waiting["sms_token"], "code": app.code()}).json()["data"]
    return Caller(whole["token"])


def due(path: str, name: str, value: Any, plain: int) -> int | None:
    """The number that this value of this parameter must be told; None where it depends on what the text says."""
    if (path, name) in LOGIN_OF_BITGIN and value is MISSING:
        return None
    if value is MISSING or value in (None, ""):
        return plain if (path, name) in MAY_BE_NOTHING else PARAMETER
    return PARAMETER if value in odd.WRONG else None


@pytest.mark.parametrize("doors", [PUBLIC, OWN], ids=["public", "own"])
def test_each_parameter_that_is_no_good_has_its_number_and_changes_nothing(
    doors: dict[str, dict[str, Any]], settings: Any
) -> None:
    caller = with_authenticator() if doors is OWN else Caller()
    settings.CAPTCHA_AT = settings.CAPTCHA_DOORS  # the captcha is wrong: what else is in order stops there

    def told(path: str, fields: dict[str, Any]) -> int:
        cache.clear()
        AttemptCounter.objects.all().delete()
        answer = caller.post(path, fields)
        said = answer.json()
        if answer.status_code == 400:  # bitgin's log-in
            return int(said["code"])
        assert (answer.status_code, set(said), said["data"]) == (200, {"code", "message", "data"}, None), (path, fields, said)
        assert said["message"] == texts.TEXTS[said["code"]][0], (path, fields)
        return int(said["code"])

    plain = {path: told(path, dict(fields)) for path, fields in doors.items()}
    before = odd.state()
    odd.walk(doors, told, lambda path, name, value: due(path, name, value, plain[path]))
    for path in doors:
        for raw in (b"[]", b"{", b"\xff", b"[[" * 5_000, b'{"a":1e400}', b"null"):
            answer = caller.client.post(path, raw, content_type="application/json", headers={"token": caller.token})
            assert answer.json()["code"] in {PARAMETER, -2, 10003}, (path, raw)
    assert odd.state() == before


def test_every_endpoint_that_takes_a_body_stands_here() -> None:
    taken = {
        f"/{pattern.pattern}"
        for pattern in urls.urlpatterns
        if pattern.callback.view_class.operations["post"].input is not None  # type: ignore[attr-defined]  # each is a view's
    }
    assert taken == {path.partition("?")[0] for path in (*PUBLIC, *OWN)}
