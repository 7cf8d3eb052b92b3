"""A customer whose log-in codes go to a phone or mailbox that is lost is let in again like one without the authenticator."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.models.recovery import CaseState
from accounts.services import code_requests, login
from accounts.services.second_factor import Proof
from messaging.models import Purpose
from tests.accounts.changing import PHONE, reachable
from tests.client import Api
from tests.factories_accounts import CLIENT, IP, PASSWORD
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.factories_recovery import completed, waiting

pytestmark = pytest.mark.django_db


def with_codes_to(channel: str) -> User:
    """A customer with email and phone, without whose code by this channel nobody signs in."""
    user = reachable()
    user.second_factor_channel = channel
    user.save(update_fields=["second_factor_channel"])
    return user


def test_a_lost_phone_of_log_in_codes_is_recovered_by_the_mailbox() -> None:
    user = with_codes_to("phone")
    assert [way.value for way in login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT).methods] == ["phone"]
    completed(user)
    signed_in = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    assert (signed_in.session.level, signed_in.methods) == ("full", ())


def test_the_channel_by_which_a_case_is_opened_is_not_the_one_that_was_lost(api: Api) -> None:
    for channel, address in (("email", {"email": "alice@example.com"}), ("phone", {"phone": PHONE})):
        user = User.objects.filter(email="alice@example.com").first() or with_codes_to(channel)
        User.objects.filter(pk=user.pk).update(second_factor_channel=channel)
        pass_time_for_resend()
        assert api.post("/api/v1/codes", {"purpose": "account_recovery", **address}).status_code == 202
        body = {**address, "code": read_code(next(iter(address.values()))), "password": PASSWORD, "cause": "second_factor"}
        answer = api.post("/api/v1/recovery-cases", body)
        assert (answer.status_code, answer.json()["slug"]) == (409, "accounts.nothing_to_recover")


def test_who_shows_the_code_of_the_channel_has_not_lost_it() -> None:
    user = with_codes_to("phone")
    case = waiting(user)
    begun = login.log_in(login=str(user.uid), password=PASSWORD, client=CLIENT)
    pass_time_for_resend()
    code_requests.ask(purpose=Purpose.SECOND_FACTOR, email=None, phone=None, session=begun.session, language="en", ip=IP)
    login.complete(session=begun.session, proof=Proof("phone", read_code(PHONE)), client=CLIENT)
    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED
