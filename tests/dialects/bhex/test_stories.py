"""Whole ways through bhex, one step after the other, and customers who use both bhex and our own API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from kyc.services import decisions
from kyc.services.readings import Reading
from tests import factories_kyc
from tests.accounts.oauth import Application
from tests.client import Api
from tests.dialects.bhex import given_recovery, given_security, identities, people
from tests.dialects.bhex.given_applications import DEVICE, FINGER, TOKEN, application, begun, shows
from tests.dialects.bhex.given_signing import waiting_for_password
from tests.dialects.bhex.people import DIGEST, PASSWORD, Browser, Person
from tests.factories_accounts import App
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.kyc.test_one_step import BORN

pytestmark = pytest.mark.django_db(transaction=True)
STEP_SECONDS = 31
"""After so long an authenticator shows another code."""
OK = {"success": True}


class Story:
    """One customer, whose authenticator never runs out of codes."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock
        self.person: Person = people.signed_up()
        self.app: App | None = None

    def ask(self, path: str, **fields: Any) -> Any:
        answer = self.person.browser.post(path, fields)
        assert answer.status_code == 200, (path, answer.content)
        return answer.json()

    def code(self) -> str:
        assert self.app is not None
        self.clock.shift(STEP_SECONDS)
        return self.app.code()

    def proof(self) -> dict[str, Any]:
        """By the authenticator, which sends no order."""
        return {"auth_type": 3, "verify_code": self.code()}

    def bind_authenticator(self) -> None:
        self.app = given_security.seed(self.person)
        assert self.ask("/api/user/bind_ga", ga_code=self.code(), **people.own_code(self.person, 7)) == OK

    def sign_in(self, password: str = DIGEST) -> Any:
        """In a new browser, by both steps."""
        self.person.browser = Browser()
        named = {"national_code": "86", "mobile": self.person.mobile, "password": password}
        first = self.ask("/api/user/mobile_authorize", **named)
        assert (first["need2FA"], first["authType"]) == (True, "MOBILE" if self.app is None else "GA")
        request_id = first["requestId"]
        if self.app is None:
            return self.ask("/api/user/authorize_advance", **people.login_code(self.person, request_id))
        return self.ask("/api/user/authorize_advance", request_id=request_id, **self.proof())

    def verify(self) -> None:
        """Hand in, and let an officer approve."""
        assert self.ask("/api/user/verify", **identities.typed(self.person), **self.proof()) == OK
        case = identities.case_of(self.person)
        factories_kyc.decide(decisions.approve, case, read=Reading(birthday=BORN.birthday))

    def find_password(self) -> None:
        """Forget the password, and set another by a code and the authenticator."""
        self.person.browser = Browser()
        request_id = str(given_recovery.begun(self.person)["requestId"])
        checked = self.ask("/api/user/find_pwd_check2", request_id=request_id, order_id="0", verify_code=self.code())
        assert checked == OK
        assert self.ask("/api/user/find_pwd", request_id=request_id, **given_recovery.PASSWORDS)["success"]


@pytest.fixture
def story() -> Any:
    with time_machine.travel(datetime.now(tz=UTC), tick=False) as clock:  # a slow machine must not let codes grow old
        yield Story(clock)


def test_from_signing_up_to_a_found_password_through_bhex_alone(story: Story) -> None:
    assert story.sign_in()["bindGA"] is False
    story.bind_authenticator()
    assert story.sign_in()["bindGA"] is True
    story.verify()
    told = story.ask("/user/verify_info")
    assert (told["verifyStatus"], told["firstName"]) == (2, "林")
    key = story.ask("/api/user/api_key/create", tag="robot", type=1, **story.proof())
    assert story.ask("/api/user/api_key/update_ips", id=key["id"], ip_white_list="192.0.2.7", **story.proof()) == OK
    trade = {"trade_pwd": "518273", "trade_pwd2": "518273"}
    assert story.ask("/api/user/trade_pwd/set", type=1, order_id="0", verify_code=story.code(), **trade) == OK
    assert story.ask("/api/user/open/futures") == OK
    base = story.ask("/api/user/get_base_info")
    assert (base["bindTradePwd"], base["openFuture"], base["verifyStatus"], base["kycLevel"]) == (True, True, 2, 20)
    before = story.person.browser
    story.find_password()
    assert before.post("/api/user/get_base_info").json()["code"] == 30000
    assert story.sign_in(given_recovery.NEW)["bindTradePwd"] is True
    assert [one["apiKey"] for one in story.ask("/api/user/api_keys")] == [key["apiKey"]]
    stale = {"national_code": "86", "mobile": story.person.mobile, "password": DIGEST}
    assert Browser().post("/api/user/mobile_authorize", stale).json()["code"] == 31019


def test_who_signed_up_on_bhex_goes_on_natively_and_comes_back(story: Story, api: Api) -> None:
    story.bind_authenticator()
    story.verify()
    first = api.post("/api/v1/sessions", {"login": story.person.phone, "password": PASSWORD})
    assert first.json()["level"] == "pre2fa"
    second = api.post("/api/v1/sessions/second-factor", {"method": "totp", "code": story.code()}, token=first.json()["token"])
    assert second.json()["level"] == "full"
    api.token = second.json()["token"]
    assert api.get("/api/v1/kyc").json()["level"] == 2
    wanted = {"label": "native", "scopes": ["read", "transfer"], "method": "totp", "code": story.code()}
    assert api.post("/api/v1/api-keys", wanted).status_code == 201
    opened = api.get("/api/v1/futures").json()
    assert api.post("/api/v1/futures", {"agreement": opened["agreement_in_force"]}).json()["is_open"]
    base = story.sign_in()
    assert (base["openFuture"], base["kycLevel"]) == (True, 20)
    (key,) = story.ask("/api/user/api_keys")
    assert (key["tag"], key["type"]) == ("native", 1)
    assert story.ask("/api/user/api_key/delete", id=key["id"], **story.proof()) == OK
    assert api.get("/api/v1/api-keys").json()["results"] == []


def test_who_signed_up_natively_goes_on_with_bhex_and_comes_back(api: Api) -> None:
    person = people.somebody()
    pass_time_for_resend()
    assert api.post("/api/v1/codes", {"purpose": "registration", "email": person.email}).status_code == 202
    made = {"email": person.email, "password": PASSWORD, "code": read_code(person.email)}
    assert api.post("/api/v1/registration", made).status_code == 201
    first = person.browser.post("/api/user/email_authorize", {"email": person.email, "password": DIGEST}).json()
    assert (first["need2FA"], first["authType"]) == (True, "EMAIL")
    shown = people.login_code(person, first["requestId"], 2)
    assert person.browser.post("/api/user/authorize_advance", shown).json()["registerType"] == 2
    proof = {"auth_type": 2, **people.own_code(person, 10, 2)}
    assert person.browser.post("/api/user/verify", {**identities.typed(person), **proof}).json() == OK
    session = api.post("/api/v1/sessions", {"login": person.email, "password": PASSWORD}).json()
    shown_natively = api.get("/api/v1/kyc", token=session["token"]).json()["cases"]
    assert [case["state"] for case in shown_natively if case["level"] == 2] == ["submitted"]
    assert identities.info(person)["verifyStatus"] == 1
    changed = {"old_password": DIGEST, "password1": given_recovery.NEW, "password2": given_recovery.NEW}
    assert person.browser.post("/api/user/update_pwd", changed).json() == OK
    assert api.get("/api/v1/me", token=session["token"]).status_code == 401
    assert api.post("/api/v1/sessions", {"login": person.email, "password": PASSWORD}).status_code == 401
    assert api.post("/api/v1/sessions", {"login": person.email, "password": "another horse 7 battery"}).status_code == 201


@pytest.mark.parametrize("prefix", ["/api/user", "/mapi/user"])
def test_steps_that_are_skipped_or_repeated_change_nothing(prefix: str) -> None:
    person = people.signed_up()
    browser = Browser()
    for path, fields, number in (
        ("find_pwd", {"request_id": "x" * 32, **given_recovery.PASSWORDS}, 30010),
        ("authorize_advance", {"request_id": "x" * 32, "auth_type": 3, "verify_code": "123456"}, 30010),
        ("api_keys", {}, 30000),
    ):
        answer = browser.post(f"{prefix}/{path}", fields)
        assert (answer.status_code, answer.json()["code"]) == (400, number), path
    request_id = people.waiting(person)["requestId"]
    assert person.browser.post(f"{prefix}/api_keys").json()["code"] == 30000
    shown = people.login_code(person, request_id)
    assert person.browser.post(f"{prefix}/authorize_advance", shown).status_code == 200
    assert person.browser.post(f"{prefix}/authorize_advance", shown).json()["code"] == 30010


def token_of(app: Application, told: dict[str, Any]) -> dict[str, Any]:
    """What the application's server gets for the code with which the customer comes back."""
    answer = Browser().post(TOKEN, shows(app, told["oAuthCodeResult"]["code"]))
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def with_first_password(person: Person) -> None:
    """A customer who signed up by a code alone sets a password."""
    made = people.order(person.browser, "/api/user/send_verify_code/set_password", {})
    both = {"password1": DIGEST, "password2": DIGEST, "order_id": made, "verify_code": read_code(person.phone)}
    assert person.browser.post("/api/user/set_password", both).json() == OK


def test_who_signs_up_and_in_by_codes_alone_for_applications_through_bhex_alone() -> None:
    app, person = application(), people.somebody()
    named = {"register_type": "mobile", "national_code": "86", "mobile": person.mobile}
    told = person.browser.post("/api/user/quick_sign_up", {**named, **people.sms_code(person, 21), **begun(app)}).json()
    first = token_of(app, told)
    assert (told["bindPassword"], first["userId"]) == (False, told["userId"])
    market = {"exchange_id": 301, "symbol_id": "BTCUSDT"}
    assert person.browser.post("/api/user/favorite/create", market).json() == OK
    with_first_password(person)
    assert person.browser.get("/api/user/authorize_cancel").json() == OK
    waits = waiting_for_password(person)
    shown = {"request_id": waits["requestId"], "password": DIGEST, **begun(app)}
    told = person.browser.post("/api/user/quick_authorize_advance", shown).json()
    assert (told["bindPassword"], token_of(app, told)["openId"]) == (True, first["openId"])
    waits = people.waiting(person)
    shown = {**people.login_code(person, waits["requestId"]), **begun(app)}
    told = person.browser.post("/api/user/authorize_advance", shown).json()
    assert ([one["symbolId"] for one in told["favorites"]], token_of(app, told)["openId"]) == (["BTCUSDT"], first["openId"])
    assert [line["status"] for line in person.browser.post("/api/user/authorize_log").json()] == [1, 1, 1]


def test_who_signed_up_by_a_code_goes_on_natively_and_comes_back_by_fingerprint(api: Api) -> None:
    app, person = application(), people.somebody()
    named = {"register_type": "mobile", "national_code": "86", "mobile": person.mobile}
    told = person.browser.post("/api/user/quick_sign_up", {**named, **people.sms_code(person, 21), **begun(app)}).json()
    token = token_of(app, told)["accessToken"]
    assert api.get("/api/v1/oauth/userinfo", token=token).json()["uid"] == told["userId"]
    with_first_password(person)
    api.token = api.post("/api/v1/sessions", {"login": person.phone, "password": PASSWORD}).json()["token"]
    pass_time_for_resend()
    assert api.post("/api/v1/codes", {"purpose": "app_token"}).status_code == 202
    wanted = {"device_id": DEVICE, "method": "phone", "code": read_code(person.phone)}
    kept = f"{api.post('/api/v1/me/app-tokens', wanted).json()['token']}.{DEVICE}"
    phone = Browser()
    entered = phone.post(FINGER, {"token": kept}).json()
    assert (entered["success"], entered["user"]["userId"]) == (True, told["userId"])
    assert len(api.get("/api/v1/sessions").json()["results"]) == 3
    changed = {"old_password": DIGEST, "password1": given_recovery.NEW, "password2": given_recovery.NEW}
    assert phone.post("/api/user/update_pwd", changed).json() == OK
    assert Browser().post(FINGER, {"token": entered["token"]}).json()["code"] == 30000
    assert api.get("/api/v1/me").status_code == 401
    assert person.browser.post("/api/user/get_base_info").json()["code"] == 30000
    assert api.get("/api/v1/oauth/userinfo", token=token).status_code == 401
