"""Which codes bitflex sends, where to, and against which budgets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services.second_factor import Proof
from config.kit.clock import now
from messaging.errors import WrongCode
from messaging.services import codes
from tests import factories_accounts as make
from tests import levels
from tests.dialects.bitflex import people
from tests.dialects.bitflex.people import APP, WEB, Caller
from tests.factories_messaging import pass_time_for_resend, read_code, unsent_messages
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from tests.wallet.withdrawals.outside import Network
from wallet.models import Withdrawal
from wallet.services import trusted_addresses
from wallet.services.withdrawals import confirm

__all__ = ["network"]
real = pytest.mark.django_db(transaction=True)
NEW_ADDRESS: dict[str, Any] = {"label": "cold", "coin": "ETH", "network": "ETHEREUM", "address": arrange.ADDRESS, "ip": make.IP}


def with_money() -> User:
    user = make.customer()
    levels.give(user, 2, at=user.registered_at)
    arrange.fund(user, "10")
    return user


@real
def test_the_code_of_a_withdrawal_is_sent_again_and_good_for_that_one_alone(network: Network) -> None:
    user = with_money()
    User.objects.filter(pk=user.pk).update(phone="+8618799999999")
    first, last = (arrange.ask(user, amount=amount) for amount in ("1", "2"))
    caller = Caller(make.token_of(user))
    for path in ("email", "sms"):
        pass_time_for_resend()
        assert caller.post(f"/v1/user/message/{path}", {"type": "WITHDRAW"}).json() == {
            "code": 0,
            "message": "ok",
            "data": True,
        }
    proof = Proof("phone", read_code("+8618799999999"))
    with pytest.raises(WrongCode):
        confirm.confirm(customer=user, public_id=first.public_id, proof=proof, ip=make.IP)
    confirm.confirm(customer=user, public_id=last.public_id, proof=proof, ip=make.IP)
    Withdrawal.objects.filter(pk=first.pk).update(expires_at=now())
    assert caller.post("/v1/user/message/sms", {"type": "WITHDRAW"}).json()["code"] == 4040


@real
@pytest.mark.parametrize("path", ["email", "sms"])
def test_the_code_of_an_address_that_is_not_named_yet_is_the_sessions_and_adds_none(path: str) -> None:
    caller, user = people.signed_in()
    User.objects.filter(pk=user.pk).update(phone="+8618799999998")
    answer = caller.post(f"/v1/user/message/{path}", {"type": "ADD_WITHDRAW_ADDRESS"})
    assert answer.json() == {"code": 0, "message": "ok", "data": True}
    destination = str(user.email) if path == "email" else "+8618799999998"
    shown = {"purpose": "trusted_address", "channel": path, "destination": destination, "code": read_code(destination)}
    with pytest.raises(WrongCode):
        trusted_addresses.add(customer=user, proof=Proof("email" if path == "email" else "phone", shown["code"]), **NEW_ADDRESS)
    codes.verify(**shown, user=user, session=str(Session.objects.get(user=user).public_id))


@real
def test_where_an_authenticator_is_bound_no_code_is_sent_for_what_it_proves(network: Network) -> None:
    user = with_money()
    arrange.ask(user)
    app = make.bind_totp(user)
    login = {"email": user.email, "password": people.digest(make.PASSWORD)}
    waiting = Caller().post("/v1/login", login).json()["data"]["sms_token"]
    verified = Caller().post("/v1/login/verify", {"sms_token": waiting, "code": app.code()}).json()
    caller = Caller(verified["data"]["token"])
    for kind in ("WITHDRAW", "CHANGE_LOGIN_PASSWD", "SET_ANTI_PHISHING_CODE"):
        assert caller.post("/v1/user/message/email", {"type": kind}).json()["code"] == 4030, kind


@real
def test_a_password_is_reset_by_a_phone_without_its_country_where_it_is_one_customers() -> None:
    mobile = people.mobile()
    make.customer(phone=f"+86{mobile}")
    pass_time_for_resend()
    path, fields = "/v1/message/public-sms", {**WEB, "type": "RESET_LOGIN_PASSWD", "phone": mobile}
    done = {"code": 0, "message": "ok", "data": True}
    assert Caller().post(path, fields).json() == done
    assert len(read_code(f"+86{mobile}")) == 6
    assert Caller().post(path, fields).json()["code"] == 4029
    assert Caller().post(path, {**fields, "phone": people.mobile()}).json() == done
    for area in ("31", "33"):
        make.customer(phone=f"+{area}612345678")
    before = [len(unsent_messages(f"+{area}612345678")) for area in ("31", "33")]
    assert Caller().post(path, {**fields, "phone": "612345678"}).json() == done  # two could be meant
    assert [len(unsent_messages(f"+{area}612345678")) for area in ("31", "33")] == before


@real
def test_only_where_it_is_wanted_a_phone_without_its_country_is_told_to_be_unknown(settings: Any) -> None:
    settings.STRICT_CODES = True
    fields = {**WEB, "type": "RESET_LOGIN_PASSWD", "phone": people.mobile()}
    assert Caller().post("/v1/message/public-sms", fields).json()["code"] == 4040


@real
def test_an_app_may_leave_out_by_null_what_pages_send_and_its_device_has_a_budget(settings: Any) -> None:
    settings.CAPTCHA_APP_CHECKS_PER_DEVICE_PER_HOUR = 2
    nothing = dict.fromkeys(("sig", "token", "scene"))
    said = {**nothing, "session_id": "pass", "type": "REGISTER"}
    for number in range(3):
        answer = Caller().post("/v1/message/public-email", {**said, "email": f"app{number}@example.com"}, **{"X-CLIENT": APP})
        assert answer.json()["code"] == (0 if number < 2 else 4029)
    other = json.dumps({**json.loads(APP), "device_id": "2", "client_type": "IOS"})
    answer = Caller().post("/v1/message/public-email", {**said, "email": "app3@example.com"}, **{"X-CLIENT": other})
    assert answer.json()["code"] == 0
    login = {"email": None, "area_code": "86", "phone": people.mobile(), "password": "0" * 32, "session_id": None}
    assert Caller().post("/v1/login", login).json()["code"] == 4010
