"""A customer's way through exx, and between exx and our own interface."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services import passwords, trade_password
from accounts.services.passwords import plain
from config.kit.clock import now
from kyc.services import decisions
from tests import factories_accounts as make
from tests import factories_kyc as kyc
from tests.dialects.exx import people
from tests.dialects.exx.people import PASSWORD, SAFE, Browser, code
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.kyc.conftest import storage_root as storage_root  # noqa: PLC0414  # documents go where those of kyc's tests go

pytestmark = pytest.mark.django_db
MASKED = {"userId", "userName"}


@pytest.mark.parametrize("by", ["phone", "email"])
def test_who_registers_is_signed_in_and_sets_the_safe_password_next(by: str) -> None:
    person = people.somebody()
    before = person.browser.read_key()
    anonymous = person.browser.cookie("JSESSIONID")
    answer = person.browser.post("register", people.register_fields(person, by))
    assert (answer.status_code, answer.json()["resMsg"]) == (200, {"code": "1000", "message": "SUCCESS."})
    info = answer.json()["datas"]["userInfo"]
    assert (info["mobile"], info["email"]) == (
        (f"189****{person.mobile[-4:]}", "") if by == "phone" else ("", "e***" + person.email[-13:])
    )
    assert (info["safePwd"], info["loginPwd"], info["realAuth"]) == (0, 1, 0)
    assert answer.json()["datas"]["lastTime"].isdigit()
    assert person.browser.cookie("uon") == "5"
    assert person.browser.cookie("uid") == info["userId"]
    assert person.browser.cookie("JSESSIONID") != anonymous
    assert person.browser.read_key() == before
    answer = person.browser.post("setSafePwd", {"newSafePwd": person.browser.rsa(SAFE)})
    assert answer.json() == {"resMsg": {"code": "1000", "message": "SUCCESS."}, "datas": {}}
    assert person.browser.cookie("uon") == "1"
    seen = person.browser.get("getUserInfo").json()["datas"]["userInfo"]
    assert seen == {**info, "safePwd": 1}
    trade_password.require(User.objects.get(uid=info["userId"]), plain(SAFE))


def test_who_signs_in_again_gets_the_customer_and_signs_out() -> None:
    person = people.elsewhere(people.with_safe_password())
    answer = person.login()
    assert (code(answer), person.browser.cookie("uon")) == ("1000", "1")
    assert answer.json()["datas"]["userInfo"]["safePwd"] == 1
    assert person.browser.post("getUserInfo").json()["datas"] == answer.json()["datas"]
    kept = person.browser.cookie("JSESSIONID")
    assert code(person.browser.post("logOut")) == "1000"
    assert (person.browser.cookie("uon"), person.browser.cookie("JSESSIONID"), person.browser.cookie("uid")) == ("0", "", "")
    person.browser.client.cookies["zJSESSIONID"] = kept
    assert code(person.browser.get("getUserInfo")) == "1003"
    assert code(person.browser.post("logout")) == "1000"


@pytest.mark.usefixtures("storage_root")
def test_the_real_name_is_told_masked_once_documents_prove_it() -> None:
    person = people.with_safe_password()
    user = User.objects.get(phone=person.phone)

    def seen() -> tuple[str, str, int]:
        info = person.browser.get("getUserInfo").json()["datas"]["userInfo"]
        return info["realName"], info["realAuthType"], info["realAuth"]

    assert seen() == ("", "0", 0)
    kyc.level_one(user, first_name="小得", last_name="林")
    assert seen() == ("", "1", 2)
    case = kyc.submitted(user)
    assert seen() == ("", "1", 1)
    kyc.decide(decisions.approve, case)
    assert seen() == ("林*得", "2", 2)


def test_a_sign_in_without_safe_password_says_so_and_is_finished_by_setting_one() -> None:
    person = people.elsewhere(people.signed_up())
    answer = person.login()
    assert (code(answer), person.browser.cookie("uon")) == ("1026", "5")
    assert set(answer.json()["datas"]) == {"userInfo"}
    assert set(answer.json()["datas"]["userInfo"]) == MASKED
    assert code(person.browser.post("setsafepwd", {"newSafePwd": person.browser.rsa(SAFE)})) == "1000"
    assert code(person.browser.get("getuserinfo")) == "1000"


def test_an_old_sign_in_sets_the_safe_password_with_a_code() -> None:
    person = people.signed_up()
    Session.objects.update(fresh_until=None)
    fields = {"newSafePwd": person.browser.rsa(SAFE)}
    assert code(person.browser.post("setSafePwd", fields)) == "3005"
    pass_time_for_resend()
    sent = person.browser.post("sendCode", {"type": 3})
    assert code(sent) == "1000", sent.content
    wrong = person.browser.post("setSafePwd", {**fields, "dynamicCode": person.browser.rsa("000000")})
    assert code(wrong) == "1001"
    assert not trade_password.is_set(User.objects.latest("pk"))
    right = {**fields, "dynamicCode": person.browser.rsa(read_code(person.phone))}
    assert code(person.browser.post("setSafePwd", right)) == "1000"
    assert code(person.browser.post("setSafePwd", fields)) in {"1001", "3005"}


def test_a_new_place_asks_for_the_code_that_is_sent_to_the_own_address() -> None:
    person = people.with_safe_password()
    User.objects.update(checks_other_places=True)
    people.elsewhere(person, ip="127.0.9.9")
    first = person.login()
    assert (code(first), person.browser.cookie("uon"), set(first.json()["datas"]["userInfo"])) == ("1017", "3", MASKED)
    waiting = person.browser.cookie("JSESSIONID")
    assert code(person.browser.get("getUserInfo")) == "1003"
    assert code(people.ask_code(person, kind=3)) == "1000"
    assert code(person.browser.post("loginAuth", {"dynamicCode": person.browser.rsa("000000")})) == "1001"
    whole = person.browser.post("loginAuth", {"dynamicCode": person.browser.rsa(read_code(person.phone))})
    assert (code(whole), person.browser.cookie("uon")) == ("1000", "1")
    assert person.browser.cookie("JSESSIONID") != waiting
    assert person.browser.cookie("device")
    assert code(person.browser.get("getUserInfo")) == "1000"
    assert code(person.browser.post("loginAuth", {"dynamicCode": person.browser.rsa("000000")})) == "1001"


@pytest.mark.parametrize("plainly", [True, False])
def test_who_has_an_authenticator_shows_its_code_plain_or_encrypted(plainly: bool) -> None:
    person = people.with_safe_password()
    user = User.objects.latest("pk")
    app = make.bind_totp(user, password=PASSWORD)
    people.elsewhere(person)
    assert (code(person.login()), person.browser.cookie("uon")) == ("1018", "2")
    shown = app.code()
    whole = person.browser.post("loginauth", {"googleCode": shown if plainly else person.browser.rsa(shown)})
    assert (code(whole), person.browser.cookie("uon")) == ("1000", "1")


def test_who_has_shown_both_steps_sets_the_safe_password_alone_and_later_with_a_code() -> None:
    person = people.signed_up()
    app = make.bind_totp(User.objects.latest("pk"), password=PASSWORD)
    people.elsewhere(person)
    assert code(person.login()) == "1018"
    fields = {"newSafePwd": person.browser.rsa(SAFE)}
    assert code(person.browser.post("setSafePwd", fields)) == "1003"
    assert code(person.browser.post("loginAuth", {"googleCode": app.code()})) == "1026"
    Session.objects.update(fresh_until=None)
    assert code(person.browser.post("setSafePwd", fields)) == "3005"
    Session.objects.update(fresh_until=now() + timedelta(minutes=1))
    wrong = person.browser.post("setSafePwd", {**fields, "googleCode": "000000"})
    assert (code(wrong), person.browser.cookie("uon")) == ("1001", "5")
    assert (code(person.browser.post("setSafePwd", fields)), person.browser.cookie("uon")) == ("1000", "1")


def test_both_are_shown_together_and_a_mistake_in_one_leaves_the_other() -> None:
    person = people.with_safe_password()
    user = User.objects.latest("pk")
    app = make.bind_totp(user, password=PASSWORD)
    User.objects.update(checks_other_places=True)
    people.elsewhere(person, ip="127.0.9.9")
    assert (code(person.login()), person.browser.cookie("uon")) == ("1020", "4")
    pass_time_for_resend()
    assert code(person.browser.post("sendCode", {"type": 3})) == "1000"
    sent = person.browser.rsa(read_code(person.phone))
    wrong = person.browser.post("loginAuth", {"googleCode": "000000", "dynamicCode": sent})
    assert (code(wrong), person.browser.cookie("uon")) == ("1001", "4")
    whole = person.browser.post("loginAuth", {"googleCode": app.code(), "dynamicCode": sent})
    assert (code(whole), person.browser.cookie("uon")) == ("1000", "1")


def test_both_are_shown_one_after_the_other() -> None:
    person = people.with_safe_password()
    app = make.bind_totp(User.objects.latest("pk"), password=PASSWORD)
    User.objects.update(checks_other_places=True)
    people.elsewhere(person, ip="127.0.9.9")
    person.login()
    half = person.browser.post("loginAuth", {"googleCode": app.code()})
    assert (code(half), person.browser.cookie("uon")) == ("1017", "3")
    assert code(people.ask_code(person, kind=3)) == "1000"
    whole = person.browser.post("loginAuth", {"dynamicCode": person.browser.rsa(read_code(person.phone))})
    assert code(whole) == "1000"


def test_a_customer_of_exx_signs_in_at_our_own_interface_and_one_of_ours_here(api: Any) -> None:
    person = people.with_safe_password()
    theirs = api.post("/api/v1/sessions", {"login": person.phone, "password": PASSWORD})
    assert theirs.status_code == 201, theirs.content
    user = make.customer(username="heron")
    browser = Browser()
    for fields in (
        {"userType": 3, "userName": "heron"},
        {"userType": 0, "userName": "Heron"},
        {"userType": 2, "userName": user.email},
    ):
        answer = browser.post("login", {**fields, "password": browser.rsa(make.PASSWORD)})
        assert (code(answer), answer.json()["datas"]["userInfo"]["userId"]) == ("1026", str(user.uid))
    assert code(browser.post("setSafePwd", {"newSafePwd": browser.rsa(SAFE)})) == "1000"
    mine = api.post("/api/v1/sessions", {"login": user.email, "password": make.PASSWORD})
    assert mine.status_code == 201
    assert passwords.has_one(user)


def test_a_password_of_any_script_opens_here_what_was_set_elsewhere(api: Any) -> None:
    person = people.somebody()
    fields = people.register_fields(person)
    password = "密码　👩‍🚀 ein Fluß"
    answer = person.browser.post("register", {**fields, "loginPwd": person.browser.rsa(password)})
    assert code(answer) == "1000"
    assert api.post("/api/v1/sessions", {"login": person.phone, "password": password}).status_code == 201
    assert code(people.elsewhere(person).login(password)) == "1026"
