"""Binding Google Authenticator, a phone and an email on bhex. Source: bhex: 绑定GA, 绑定手机号, 绑定邮箱."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts import errors
from accounts.api.bhex.calls import client_of, session_of
from accounts.api.bhex.proofs import SentProofInput, sent_proof
from accounts.api.bhex.users import mask_email, mask_mobile
from accounts.services import contacts, totp_binding
from accounts.services.contacts import Contact
from accounts.services.totp import Begun
from config.dialects.bhex.dialect import BhexView
from config.dialects.bhex.fields import Email, Mobile, NationalCode, Order, VerifyCode, phone_of
from config.dialects.bhex.success import SUCCESS, SuccessOutput
from config.kit.operations import Call, Needs, operation
from messaging.errors import CodeExpired, InvalidEmail, InvalidPhone, TooManyAttempts, WrongCode
from messaging.models import Purpose

PROOF_REFUSALS = (errors.SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts)
CONTACT_REFUSALS = (
    errors.NotForSubAccounts,
    errors.ContactUnchanged,
    errors.ContactTaken,
    errors.ContactNotBound,
    errors.OldContactDue,
    *PROOF_REFUSALS,
)


class SeedOutput(serializers.Serializer[Any]):
    """The seed of an authenticator, shown once: as text, as address and as a PNG of its QR code in base64."""

    secretKey = serializers.CharField(source="secret")
    authUrl = serializers.CharField(source="otpauth_url")
    qrcode = serializers.CharField(source="qr_png")


class BindGaInput(serializers.Serializer[Any]):
    """The first code of the new authenticator, and the second factor: a code that was sent (type 7)."""

    ga_code = VerifyCode()
    order_id = Order()
    verify_code = VerifyCode()


class MobileFields(serializers.Serializer[Any]):
    """The phone, with the code that came to it (type 5)."""

    national_code = NationalCode()
    mobile = Mobile()
    mobile_order_id = Order()
    mobile_verify_code = VerifyCode()


class EmailFields(serializers.Serializer[Any]):
    """The email, with the code that came to it (type 6)."""

    email = Email()
    email_order_id = Order()
    email_verify_code = VerifyCode()


class BindMobileInput(MobileFields, SentProofInput):
    """The phone and the second factor: order and code of the email."""


class BindEmailInput(EmailFields, SentProofInput):
    """The email and the second factor: order and code of the phone."""


class BoundOutput(SuccessOutput):
    """It was done. The sample has the order of the code instead, so that both are told."""

    orderId = serializers.CharField()


def bind(call: Call, contact: Contact, *, destination: str, order: str, code: str) -> dict[str, Any]:
    """Bind a first phone or email."""
    contacts.bind(
        contact=contact,
        user=call.user,
        destination=destination,
        code=code,
        order=order,
        proof=sent_proof(call, Purpose.SECURITY_SETTINGS),
        session=session_of(call),
        client=client_of(call),
    )
    return {**SUCCESS, "orderId": order}


class BeforeBindGa(BhexView):
    """POST /api/user/before_bind_ga. Source: bhex: 获取绑定GA数据."""

    @operation(
        needs=Needs(),
        output=SeedOutput,
        rate="30/m",
        summary="Show the seed of an authenticator",
        refusals=(errors.TotpAlreadyBound,),
    )
    def post(self, call: Call) -> Begun:
        """Show it; the second factor comes with its first code."""
        masked = mask_mobile(call.user.phone) or mask_email(call.user.email)
        return totp_binding.begin(
            user=call.user, session=session_of(call), client=client_of(call), proof_follows=True, name=masked
        )


class BindGa(BhexView):
    """POST /api/user/bind_ga. Source: bhex: 绑定GA."""

    @operation(
        needs=Needs(),
        input=BindGaInput,
        output=SuccessOutput,
        rate="30/m",
        summary="Bind an authenticator",
        refusals=(errors.TotpNotBegun, errors.TotpAlreadyBound, *PROOF_REFUSALS),
    )
    def post(self, call: Call) -> dict[str, bool]:
        """Bind it, in the session to which the seed was shown."""
        totp_binding.confirm(
            user=call.user,
            code=call.input["ga_code"],
            proof=sent_proof(call, Purpose.TOTP_BIND),
            session=session_of(call),
            client=client_of(call),
        )
        return SUCCESS


class BindMobile(BhexView):
    """POST /api/user/bind_mobile. Source: bhex: 绑定手机号; gaps.md, bhex, "bind_mobile/bind_email"."""

    @operation(
        needs=Needs(),
        input=BindMobileInput,
        output=BoundOutput,
        rate="20/m",
        summary="Bind a phone",
        refusals=(errors.PhoneCountryClosed, InvalidPhone, *CONTACT_REFUSALS),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Bind it."""
        order, code = call.input["mobile_order_id"], call.input["mobile_verify_code"]
        return bind(call, contacts.PHONE, destination=phone_of(call.input) or "", order=order, code=code)


class BindEmail(BhexView):
    """POST /api/user/bind_email. Source: bhex: 绑定邮箱; gaps.md, bhex, "bind_mobile/bind_email"."""

    @operation(
        needs=Needs(),
        input=BindEmailInput,
        output=BoundOutput,
        rate="20/m",
        summary="Bind an email",
        refusals=(InvalidEmail, *CONTACT_REFUSALS),
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Bind it."""
        order, code = call.input["email_order_id"], call.input["email_verify_code"]
        return bind(call, contacts.EMAIL, destination=call.input["email"], order=order, code=code)
