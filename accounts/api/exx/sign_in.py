"""Registering and signing in on exx. Source: exx 2.1, 2.2; gaps.md, exx."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.exx.calls import (
    CAPTCHA_REFUSALS,
    ProofInput,
    SignInOutput,
    answer,
    captcha_of,
    client_of,
    device_of,
    proofs_of,
    session_of,
    visit_of,
)
from accounts.models.sessions import Due, SignedInBy
from accounts.services import devices, dues, login, registration, visits
from config.dialects.exx.dialect import ExxView
from config.dialects.exx.fields import OPTIONAL, CountryCode, Encrypted, Kind, Loose, Picture, joined
from config.kit.errors import InvalidInput
from config.kit.operations import Answer, Call, Needs, operation
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, WrongCode

PHONE, EMAIL = 1, 2
NAMES = (0, 3)
"""Both mean a user name. Source: gaps.md, exx."""
REFUSALS = (
    errors.CrossSite,
    errors.AddressLocked,
    errors.AccountStopped,
    errors.CredentialsChanged,
    *CAPTCHA_REFUSALS,
)


class NamedInput(serializers.Serializer[Any]):
    """Who: a phone with its country, or an email address."""

    userType = Kind(choices=(PHONE, EMAIL), help_text="1 phone, 2 email")
    countryCode = CountryCode()
    userName = Loose(max_length=254)

    example_fields = ("countryCode",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The name as the type says it, under `name`."""
        attrs["name"] = attrs["userName"]
        if attrs["userType"] == PHONE:
            if not attrs["countryCode"]:
                raise serializers.ValidationError({"countryCode": ["This field is required."]})
            attrs["name"] = joined(attrs["countryCode"], attrs["userName"])
        if attrs["name"] is None or (attrs["userType"] == EMAIL and "@" not in attrs["name"]):
            raise serializers.ValidationError({"userName": ["It is not what userType says."]})
        return attrs


class RegisterInput(NamedInput):
    """With the picture, the code that was sent, and the password."""

    verificationCode = Picture()
    dynamicCode = Encrypted()
    loginPwd = Encrypted()


class LoginInput(NamedInput):
    """With the password, and the picture after failures."""

    userType = Kind(choices=(*NAMES, PHONE, EMAIL), help_text="1 phone, 2 email, 3 or 0 user name")
    password = Encrypted()
    imgCode = Picture(**OPTIONAL)


class Register(ExxView):
    """POST /api/web/v2_2/register. Source: exx 2.1."""

    @operation(
        needs=Needs(login=False),
        input=RegisterInput,
        output=SignInOutput,
        bare=True,
        rate="60/m",
        summary="Open an account",
        refusals=(
            *REFUSALS,
            errors.PasswordRefused,
            errors.AlreadyRegistered,
            errors.PhoneCountryClosed,
            InvalidEmail,
            InvalidPhone,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
        ),
    )
    def post(self, call: Call) -> Answer:
        """The new customer, signed in; the safe password is due next."""
        visit, said, client = visit_of(call), call.input, client_of(call)
        by_phone = said["userType"] == PHONE
        user = registration.register(
            email=None if by_phone else said["name"],
            phone=said["name"] if by_phone else None,
            password=visits.read(visit, said["loginPwd"]),
            code=visits.read(visit, said["dynamicCode"]),
            language=call.language,
            ip=call.ip,
            user_agent=call.user_agent,
            captcha=captcha_of(visit, said["verificationCode"], is_due=True),
        )
        made = login.admit(
            user=user, device=devices.find(device_of(call)), client=client, by=SignedInBy.REGISTRATION, is_proven=True
        )
        return answer(call, visit, made, is_new=True)


class Login(ExxView):
    """POST /api/web/v2_2/login. Source: exx 2.2."""

    @operation(
        needs=Needs(login=False),
        input=LoginInput,
        output=SignInOutput,
        bare=True,
        rate="120/m",
        summary="Log in",
        refusals=(*REFUSALS, errors.WrongCredentials, errors.SignInLocked, errors.FactorNotServed),
    )
    def post(self, call: Call) -> Answer:
        """The customer, or what is still due."""
        visit, said = visit_of(call), call.input
        made = login.log_in(
            login=said["name"],
            password=visits.read(visit, said["password"]),
            client=client_of(call),
            device_token=device_of(call),
            captcha=captcha_of(visit, said["imgCode"]),
        )
        return answer(call, visit, made)


class LoginAuth(ExxView):
    """POST /api/web/v2_2/loginAuth. Source: gaps.md, exx: the second step that the document leaves out."""

    @operation(
        needs=Needs(level="pre2fa"),
        input=ProofInput,
        output=SignInOutput,
        bare=True,
        rate="60/m",
        summary="Show the second step of a log-in",
        refusals=(
            errors.CrossSite,
            errors.SecondFactorNotDue,
            errors.PasswordDue,
            errors.SecondFactorRequired,
            errors.DestinationMissing,
            errors.FactorNotServed,
            WrongCode,
            CodeExpired,
            TooManyAttempts,
        ),
    )
    def post(self, call: Call) -> Answer:
        """The customer, or what is still due: where both codes are, they may come together or one after the other."""
        visit, session = visit_of(call), session_of(call)
        if dues.due_of(session) is None:
            raise errors.SecondFactorNotDue
        allowed = dues.methods(session)
        proofs = proofs_of(call, visit, allowed=allowed)
        if not proofs:
            raise InvalidInput(fields={"dynamicCode": ["A code is due."]})
        if session.due != Due.BOTH:
            proofs = [proof for proof in proofs if proof.method in allowed] or proofs
        made = login.complete(
            session=session,
            proof=proofs[0],
            also=proofs[1] if len(proofs) > 1 else None,
            client=client_of(call),
            device_token=device_of(call),
        )
        return answer(call, visit, made)
