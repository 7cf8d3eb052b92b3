"""The log-in that bitflex's codes need, and its countries. Source: bitflex: 国家列表; gaps.md, bitflex, "Session"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bitflex.authentication import TOKEN
from accounts.api.bitflex.code_inputs import OPTIONAL, LaterCaptchaInput
from accounts.api.bitflex.codes import CAPTCHA_REFUSALS, captcha_of
from accounts.api.native.calls import client_of
from accounts.models import Country, Session
from accounts.models.passwords import Form
from accounts.models.sessions import Due
from accounts.services import code_requests, countries, dues, login, sessions
from accounts.services.login import SignIn
from accounts.services.manners import Manners
from accounts.services.second_factor import Method, Proof
from config.dialects.bitflex.dialect import BitflexView
from config.kit.fields import CodeField, Secret, Text
from config.kit.operations import Answer, Call, Cookie, Needs, operation
from messaging.errors import CodeExpired, TooManyAttempts, TooManyCodes, WrongCode
from messaging.models import Purpose

MANNERS = Manners(waiting=timedelta(minutes=5))
"""`sms_token` lives five minutes."""
SHOWN = (Method.TOTP, Method.PHONE, Method.EMAIL)
"""What a `code` can be here, strongest first."""


class LoginInput(LaterCaptchaInput):
    """Email, or phone with its area, and the salted digest of the password."""

    email = Text(max_length=254, **OPTIONAL)
    area_code = Text(max_length=8, **OPTIONAL)
    phone = Text(max_length=24, **OPTIONAL)
    password = Secret()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both."""
        if bool(attrs.get("email")) == bool(attrs.get("phone")):
            raise serializers.ValidationError({"email": ["Exactly one of email and phone is due."]})
        if attrs.get("phone") and not attrs.get("area_code"):
            raise serializers.ValidationError({"area_code": ["This field is required."]})
        return attrs


class VerifyInput(serializers.Serializer[Any]):
    """What waits, and its code: of the authenticator where one is bound."""

    sms_token = Secret(max_length=64)
    code = CodeField()


class SignedInOutput(serializers.Serializer[Any]):
    """Either of both: the session, or what waits for a code."""

    token = serializers.CharField(required=False)
    sms_token = serializers.CharField(required=False)


class CountryOutput(serializers.Serializer[Any]):
    """One country; `id` is its number in ISO 3166-1."""

    id = serializers.IntegerField(source="numeric")
    area_code = serializers.CharField(source="phone_area")
    name_cn = serializers.CharField(source="name_zh_cn")
    name_en = serializers.CharField()
    sort = serializers.IntegerField()
    code = serializers.CharField(source="alpha2")
    can_register = serializers.BooleanField()


def answer(call: Call, made: SignIn) -> Answer:
    """The session and its cookie; or the token of what waits, whose code is on its way where it goes by email."""
    if made.methods:
        way = next((way for way in SHOWN if way in made.methods), None)
        if way is None:
            raise errors.FactorNotServed
        if way == Method.EMAIL:
            send(call, made.session)
        return Answer({"sms_token": made.token})
    age = int(sessions.ABSOLUTE_LIFETIME.total_seconds())
    return Answer({"token": made.token}, cookies=(Cookie(TOKEN, made.token, max_age=age),))


def send(call: Call, session: Session) -> None:
    """Send the code by email: the document has no address at which to ask for it."""
    purpose = Purpose.OTHER_PLACE if session.due == Due.OTHER_PLACE else Purpose.SECOND_FACTOR
    code_requests.ask(
        purpose=purpose, email=session.user.email, phone=None, session=session, language=call.language, ip=call.ip
    )


class Login(BitflexView):
    """POST /v1/login. Source: gaps.md, bitflex, "Session": the log-in that issues `sms_token` is ours."""

    @operation(
        needs=Needs(login=False),
        input=LoginInput,
        output=SignedInOutput,
        rate="120/m",
        summary="Log in",
        refusals=(
            errors.WrongCredentials,
            errors.SignInLocked,
            errors.AddressLocked,
            errors.AccountStopped,
            errors.CredentialsChanged,
            errors.FactorNotServed,
            TooManyCodes,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """`token`, or `sms_token` where a second step is due."""
        said = call.input
        name = said.get("email") or f"+{said['area_code'].removeprefix('+')}{said['phone']}"
        made = login.log_in(
            login=name,
            password=said["password"],
            form=Form.MD5_SALTED,
            client=client_of(call),
            captcha=captcha_of(call, is_due=False),
            manners=MANNERS,
        )
        return answer(call, made)


class LoginVerify(BitflexView):
    """POST /v1/login/verify. Source: gaps.md, bitflex, "Session"."""

    @operation(
        needs=Needs(login=False),
        input=VerifyInput,
        output=SignedInOutput,
        rate="60/m",
        summary="Show the second step of a log-in",
        refusals=(
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            TooManyCodes,
            errors.WaitingSessionInvalid,
            errors.SecondFactorNotDue,
            errors.DestinationMissing,
            errors.FactorNotServed,
        ),
    )
    def post(self, call: Call) -> Answer:
        """`token`; `sms_token` once more where the place is new as well."""
        session = sessions.waiting(call.input["sms_token"])
        way = next((way for way in SHOWN if way in dues.methods(session)), None)
        if way is None:
            raise errors.FactorNotServed
        made = login.complete(session=session, proof=Proof(way, call.input["code"]), client=client_of(call))
        return answer(call, made)


class Countries(BitflexView):
    """POST /v1/country/list. Source: bitflex: `POST /country/list`, under a heading that repeats another's."""

    @operation(needs=Needs(login=False), output=CountryOutput, many=True, summary="List the countries")
    def post(self, call: Call) -> Sequence[Country]:
        """In the order of the list."""
        return list(countries.listed())
