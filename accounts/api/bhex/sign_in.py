"""Signing in on bhex: the password, then the second step. Source: bhex: 手机登录, 邮箱登录, 账号登录, 登录二次验证."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bhex.calls import (
    AUTH_WORDS,
    CAPTCHA_REFUSALS,
    MANNERS,
    CaptchaInput,
    ProofInput,
    captcha_of,
    client_of,
    device_of,
    proof_of,
    signed_in,
)
from accounts.api.bhex.favorites import FavouriteOutput
from accounts.api.bhex.oauth_codes import REFUSALS as OAUTH_REFUSALS
from accounts.api.bhex.oauth_codes import OAuthFields, check, code_of
from accounts.api.bhex.sign_up import welcome
from accounts.api.bhex.users import (
    BhexUserOutput,
    OAuthCodeOutput,
    Shown,
    account_id,
    code_result,
    mask_email,
    mask_mobile,
    shown,
    split_phone,
)
from accounts.models.passwords import Form
from accounts.services import favourites, login, names, sessions
from accounts.services.login import SignIn
from accounts.services.oauth import Approved
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import ContactName, Digest, LoginEmail, Mobile, NationalCode, phone_of
from config.kit.fields import Secret
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import CodeExpired, TooManyAttempts, WrongCode

REFUSALS = (
    errors.WrongCredentials,
    errors.SignInLocked,
    errors.AddressLocked,
    errors.AccountStopped,
    errors.CredentialsChanged,
    errors.FactorNotServed,
    *CAPTCHA_REFUSALS,
    *OAUTH_REFUSALS,
)


class PasswordInput(CaptchaInput, OAuthFields):
    """The password."""

    password = Digest()


class MobileInput(PasswordInput):
    """Of a phone."""

    national_code = NationalCode()
    mobile = Mobile()


class EmailInput(PasswordInput):
    """Of an email address."""

    email = LoginEmail()


class EitherInput(PasswordInput):
    """Of a phone, with its country or without, or of an email address."""

    username = ContactName()


class AdvanceInput(ProofInput, OAuthFields):
    """The second step."""

    request_id = Secret(max_length=64)


class NestedUserOutput(BhexUserOutput):
    """The customer inside the answer to a log-in."""

    accounts = serializers.ListField(child=serializers.CharField())

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        """With an empty list, as the sample has it."""
        return {**super().to_representation(instance), "accounts": []}


class AdvancedOutput(BhexUserOutput):
    """The customer, signed in by both steps."""

    favorites = FavouriteOutput(many=True)

    def to_representation(self, instance: Shown) -> dict[str, Any]:
        """With the customer's markets."""
        markets = FavouriteOutput(favourites.listed(instance.user), many=True).data
        return {**super().to_representation(instance), "favorites": markets}


@dataclass(frozen=True, repr=False)
class Signing:
    """A sign-in, whole or waiting, and the language to answer in."""

    made: SignIn
    language: str
    approved: Approved | None = None


class SignInOutput(serializers.Serializer[Any]):
    """Either `need2FA` and what waits, or the customer."""

    bindMobile = serializers.BooleanField()
    bindEmail = serializers.BooleanField()
    bindGA = serializers.BooleanField()
    need2FA = serializers.BooleanField()
    authType = serializers.CharField(allow_blank=True, help_text="MOBILE, EMAIL or GA")
    requestId = serializers.CharField(allow_blank=True)
    nationalCode = serializers.CharField(allow_blank=True)
    mobile = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    userId = serializers.CharField()
    defaultAccountId = serializers.CharField()
    registerType = serializers.IntegerField()
    user = NestedUserOutput(allow_null=True)
    oAuthCodeResult = OAuthCodeOutput(required=False)

    def to_representation(self, instance: Signing) -> dict[str, Any]:
        """In the words of the document."""
        made, user = instance.made, instance.made.session.user
        waits, seen = bool(made.methods), shown(user, language=instance.language)
        account = NestedUserOutput(seen).data
        return {
            "bindMobile": waits and bool(user.phone),
            "bindEmail": waits and bool(user.email),
            "bindGA": waits and account["bindGA"],
            "need2FA": waits,
            "authType": auth_word(made) if waits else "",
            "requestId": made.token if waits else "",
            "nationalCode": split_phone(user.phone)[0],
            "mobile": mask_mobile(user.phone),
            "email": mask_email(user.email),
            "userId": str(user.uid),
            "defaultAccountId": account_id(user),
            "registerType": account["registerType"],
            "user": None if waits else account,
            **code_result(instance.approved),
        }


def auth_word(made: SignIn) -> str:
    """By which way the second step goes: the strongest that this dialect can speak of. Raises FactorNotServed."""
    word = next((AUTH_WORDS[way] for way in made.methods if way in AUTH_WORDS), None)
    if word is None:
        raise errors.FactorNotServed
    return word


def sign_in(call: Call, name: str | names.LoginName) -> Answer:
    """Show the password; the second step waits, or the browser is signed in."""
    check(call)
    made = login.log_in(
        login=name,
        password=call.input["password"],
        form=Form.MD5,
        client=client_of(call),
        device_token=device_of(call),
        captcha=captcha_of(call),
        manners=MANNERS,
    )
    return answer(call, made)


def answer(call: Call, made: SignIn) -> Answer:
    """The answer to a first step."""
    if made.methods:
        return Answer(Signing(made, call.language), output=SignInOutput)
    return Answer(Signing(made, call.language, code_of(call, made.session)), output=SignInOutput, cookies=signed_in(made))


class MobileAuthorize(BhexView):
    """POST /api/user/mobile_authorize. Source: bhex: 手机登录."""

    @operation(
        needs=Needs(login=False),
        input=MobileInput,
        output=SignInOutput,
        rate="120/m",
        summary="Log in by phone",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> Answer:
        """What waits, or the customer."""
        return sign_in(call, phone_of(call.input) or "")


class EmailAuthorize(BhexView):
    """POST /api/user/email_authorize. Source: bhex: 邮箱登录."""

    @operation(
        needs=Needs(login=False),
        input=EmailInput,
        output=SignInOutput,
        rate="120/m",
        summary="Log in by email",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> Answer:
        """What waits, or the customer."""
        return sign_in(call, call.input["email"])


class Authorize(BhexView):
    """POST /api/user/authorize. Source: bhex: 账号（手机号或者邮箱）登录."""

    @operation(
        needs=Needs(login=False),
        input=EitherInput,
        output=SignInOutput,
        rate="120/m",
        summary="Log in by phone or email",
        refusals=REFUSALS,
    )
    def post(self, call: Call) -> Answer:
        """What waits, or the customer."""
        return sign_in(call, names.read_contact(call.input["username"]))


class AuthorizeAdvance(BhexView):
    """POST /api/user/authorize_advance. Source: bhex: 登录二次验证."""

    @operation(
        needs=Needs(login=False),
        input=AdvanceInput,
        output=AdvancedOutput,
        rate="60/m",
        summary="Show the second step of a log-in",
        refusals=(
            WrongCode,
            CodeExpired,
            TooManyAttempts,
            errors.WaitingSessionInvalid,
            errors.SecondFactorNotDue,
            errors.SecondFactorRequired,
            errors.DestinationMissing,
            errors.FactorNotServed,
            *OAUTH_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Answer:
        """The customer, signed in; or what waits still, as a first step tells it, where the place is new as well."""
        check(call)
        made = login.complete(
            session=sessions.waiting(call.input["request_id"]),
            proof=proof_of(call),
            client=client_of(call),
            device_token=device_of(call),
            manners=MANNERS,
        )
        if made.methods:
            return answer(call, made)
        return welcome(call, made)
