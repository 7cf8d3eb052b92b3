"""The steps of a forgotten password on bhex that need to know of identities. Source: bhex: 找回密码step1, step2."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bhex.calls import AUTH_WORDS, client_of, device_of
from accounts.api.bhex.password_recovery import STEP_REFUSALS, RequestInput
from accounts.services import password_recovery, recovery_orders
from accounts.services.recovery_orders import Proven
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import Email, Mobile, NationalCode, OptionalOrder, Order, VerifyCode, phone_of
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.operations import Call, Needs, operation
from kyc.services import recovery
from messaging.errors import InvalidEmail, InvalidPhone, TooManyAttempts
from messaging.models import Channel

WORDS = {**{way.value: word for way, word in AUTH_WORDS.items()}, password_recovery.ID_CARD: "ID_CARD"}
"""`authType`."""
ID_NUMBER_LENGTH_MAX = 64
FIRST_REFUSALS = (*STEP_REFUSALS, errors.RecoveryCodeWrong, errors.FactorNotServed, TooManyAttempts)


class CodeFields(serializers.Serializer[Any]):
    """The code that came (type 3)."""

    order_id = Order()
    verify_code = VerifyCode()


class MobileFields(serializers.Serializer[Any]):
    """The phone of the account."""

    national_code = NationalCode()
    mobile = Mobile()


class EmailFields(serializers.Serializer[Any]):
    """The email of the account."""

    email = Email()


class MobileCheckInput(MobileFields, CodeFields):
    """The phone, and the code that came to it."""


class EmailCheckInput(EmailFields, CodeFields):
    """The email, and the code that came to it."""


class SecondStepInput(RequestInput):
    """The second factor: order and code, an authenticator's code alone, or the number of the identity document."""

    order_id = OptionalOrder()
    verify_code = VerifyCode(max_length=ID_NUMBER_LENGTH_MAX)


class RequestOutput(serializers.Serializer[Any]):
    """The recovery, for the steps to come."""

    requestId = serializers.CharField(source="token")


class FirstOutput(RequestOutput):
    """And by which way the second factor is due, if any. `need2FA` is text here, as in the sample."""

    need2FA = serializers.ChoiceField(choices=("true", "false"), source="*")
    authType = serializers.CharField(source="*", help_text="MOBILE, EMAIL, GA, ID_CARD; empty where none is due")

    def to_representation(self, instance: Proven) -> dict[str, Any]:
        """In the words of the document."""
        word = auth_word(instance)
        return {"requestId": instance.token, "need2FA": "true" if word else "false", "authType": word}


def auth_word(proven: Proven) -> str:
    """By which way the second factor goes; empty where none is due. Raises FactorNotServed."""
    due = proven.progress.methods
    word = next((WORDS[way] for way in due if way in WORDS), "")
    if due and not word:
        raise errors.FactorNotServed
    return word


def by_mobile(call: Call) -> Proven:
    """Show the code that came to the phone."""
    return show(call, Channel.SMS, phone_of(call.input) or "")


def by_email(call: Call) -> Proven:
    """Show the code that came by mail."""
    return show(call, Channel.EMAIL, call.input["email"])


def show(call: Call, channel: Channel, destination: str) -> Proven:
    """Show the code of the order."""
    return recovery_orders.prove_code(
        channel=channel,
        destination=destination,
        order=call.input["order_id"],
        code=call.input["verify_code"],
        client=client_of(call),
        device_token=device_of(call),
        has_identity=recovery.has_identity,
    )


class MobileCheck(BhexView):
    """POST /api/user/mobile_find_pwd_check. Source: bhex: 找回密码-通过手机号找回密码校验 (struck out, and served)."""

    @operation(
        needs=Needs(login=False),
        input=MobileCheckInput,
        output=RequestOutput,
        rate="60/m",
        summary="Show the code that came to the phone",
        refusals=(InvalidPhone, *FIRST_REFUSALS),
    )
    def post(self, call: Call) -> Proven:
        """The recovery. Where a second factor is due, `find_pwd` says that a step is missing."""
        return by_mobile(call)


class EmailCheck(BhexView):
    """POST /api/user/email_find_pwd_check. Source: bhex: 找回密码-通过邮箱找回密码校验 (struck out, and served)."""

    @operation(
        needs=Needs(login=False),
        input=EmailCheckInput,
        output=RequestOutput,
        rate="60/m",
        summary="Show the code that came by email",
        refusals=(InvalidEmail, *FIRST_REFUSALS),
    )
    def post(self, call: Call) -> Proven:
        """The recovery. Where a second factor is due, `find_pwd` says that a step is missing."""
        return by_email(call)


class MobileCheck1(BhexView):
    """POST /api/user/mobile_find_pwd_check1. Source: bhex: 找回密码step1-通过手机号找回密码校验."""

    @operation(
        needs=Needs(login=False),
        input=MobileCheckInput,
        output=FirstOutput,
        rate="60/m",
        summary="Show the code that came to the phone, and learn what is due then",
        refusals=(InvalidPhone, *FIRST_REFUSALS),
    )
    def post(self, call: Call) -> Proven:
        """The recovery, and what is due."""
        return by_mobile(call)


class EmailCheck1(BhexView):
    """POST /api/user/email_find_pwd_check1. Source: bhex: 找回密码step1-通过邮箱找回密码校验."""

    @operation(
        needs=Needs(login=False),
        input=EmailCheckInput,
        output=FirstOutput,
        rate="60/m",
        summary="Show the code that came by email, and learn what is due then",
        refusals=(InvalidEmail, *FIRST_REFUSALS),
    )
    def post(self, call: Call) -> Proven:
        """The recovery, and what is due."""
        return by_email(call)


class Check2(BhexView):
    """POST /api/user/find_pwd_check2. Source: bhex: 找回密码step2-2FA验证."""

    @operation(
        needs=Needs(login=False),
        input=SecondStepInput,
        output=SuccessOutput,
        rate="60/m",
        summary="Show the second factor of a forgotten password",
        refusals=(*STEP_REFUSALS, errors.RecoveryProofWrong, errors.RecoveryOrderDue, TooManyAttempts),
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Take it. Where an identity's number is due, `verify_code` is that number."""
        recovery.prove_second(
            token=call.input["request_id"],
            order=call.input["order_id"],
            told=call.input["verify_code"],
            client=client_of(call),
        )
        return SUCCESS
