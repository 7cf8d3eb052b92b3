"""Sending codes on exx. Source: exx 2.3; gaps.md, exx, "sendCode"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts import errors
from accounts.api.exx.calls import CAPTCHA_REFUSALS, ResMsgOutput, captcha_of, client_of, session_of, visit_of
from accounts.models import Session, Visit
from accounts.models.sessions import CodeWay, Due, Level
from accounts.services import code_requests, dues, password_recovery, trade_password, visits
from config.dialects.exx.dialect import WELL, ExxView, message
from config.dialects.exx.fields import OPTIONAL, CountryCode, Encrypted, Kind, Picture, joined
from config.dialects.exx.texts import SENT_BY_EMAIL, SENT_BY_SMS, in_language
from config.kit.errors import InvalidInput
from config.kit.operations import Call, Needs, operation
from messaging.errors import InvalidEmail, InvalidPhone, TooManyCodes
from messaging.models import Channel, Purpose
from messaging.services import orders

REGISTER, FIND_PASSWORD, OTHER = 1, 2, 3
ADDRESS_LENGTH_MAX = 254


class SendCodeInput(serializers.Serializer[Any]):
    """Where to, encrypted: a phone with its country or an email address; and what for."""

    type = Kind(choices=(REGISTER, FIND_PASSWORD, OTHER), help_text="1 register, 2 find the password, 3 other")
    countryCode = CountryCode()
    mobileNumber = Encrypted(**OPTIONAL)
    email = Encrypted(**OPTIONAL)
    graphicalCode = Picture(**OPTIONAL)

    example_fields = ("email",)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """At most one of both, a phone with its country."""
        if attrs["mobileNumber"] and attrs["email"]:
            raise serializers.ValidationError({"email": ["Exactly one of mobileNumber and email is due."]})
        if attrs["mobileNumber"] and not attrs["countryCode"]:
            raise serializers.ValidationError({"countryCode": ["This field is required."]})
        return attrs


@dataclass(frozen=True, repr=False)
class Sent:
    """A code on its way: `handle` names it and says nothing of it."""

    kind: int
    channel: Channel
    receiver: str
    handle: str
    language: str


class SentDatas(serializers.Serializer[Any]):
    """What may be told of it."""

    type = serializers.IntegerField(source="kind")
    countdown = serializers.CharField(help_text="Seconds until the next one may be asked for")
    receiver = serializers.CharField(help_text="Masked")
    dynamicCode = serializers.CharField(source="handle", help_text="Names the sending; it is not the code")


class SentOutput(serializers.Serializer[Any]):
    """The sentence of the document, and what may be told."""

    resMsg = ResMsgOutput()
    datas = SentDatas()

    def to_representation(self, instance: Sent) -> dict[str, Any]:
        """In the words of the document."""
        template = SENT_BY_SMS if instance.channel == Channel.SMS else SENT_BY_EMAIL
        said = in_language(template, instance.language).format(instance.receiver)
        return {
            "resMsg": message(WELL, said),
            "datas": {
                "type": instance.kind,
                "countdown": str(settings.MESSAGING_SEND_INTERVAL_SECONDS),
                "receiver": instance.receiver,
                "dynamicCode": instance.handle,
            },
        }


@dataclass(frozen=True, repr=False)
class Receiver:
    """Where a code is to go: one of both, or neither."""

    email: str | None = None
    phone: str | None = None

    @property
    def channel(self) -> Channel:
        """By which way."""
        return Channel.EMAIL if self.email else Channel.SMS


def receiver_of(call: Call, visit: Visit | None) -> Receiver:
    """What was encrypted for this visit. Raises InvalidInput for what is no address, and for what can't be read."""
    said = call.input
    if said["mobileNumber"]:
        phone = joined(said["countryCode"], visits.read(visit, said["mobileNumber"]))
        if phone is None:
            raise InvalidInput(fields={"mobileNumber": ["It is not a phone number."]})
        return Receiver(phone=phone)
    if said["email"]:
        email = visits.read(visit, said["email"])
        if "@" not in email or len(email) > ADDRESS_LENGTH_MAX or not email.isprintable():
            raise InvalidInput(fields={"email": ["It is not an email address."]})
        return Receiver(email=email)
    return Receiver()


def send(call: Call, visit: Visit | None, receiver: Receiver) -> Sent:
    """Send what anybody may ask for."""
    kind, captcha = call.input["type"], captcha_of(visit, call.input["graphicalCode"])
    if not (receiver.email or receiver.phone):
        raise InvalidInput(fields={"mobileNumber": ["Exactly one of mobileNumber and email is due."]})
    if kind == FIND_PASSWORD:
        started = password_recovery.start(
            channel=receiver.channel,
            destination=receiver.email or receiver.phone or "",
            language=call.language,
            client=client_of(call),
            captcha=captcha,
        )
        return Sent(kind, receiver.channel, started.sent.destination_masked, started.token, call.language)
    sent = code_requests.ask(
        purpose=Purpose.REGISTRATION if kind == REGISTER else Purpose.LOGIN,
        email=receiver.email,
        phone=receiver.phone,
        session=None,
        language=call.language,
        ip=call.ip,
        captcha=captcha,
    )
    return Sent(kind, receiver.channel, sent.destination_masked, sent.order, call.language)


def send_own(call: Call, visit: Visit | None, receiver: Receiver, session: Session) -> Sent:
    """Send what a session waits for, or what a signed-in customer proves with: to the own address, named or not."""
    purpose = purpose_of(session)
    sent = code_requests.ask(
        purpose=purpose,
        email=receiver.email,
        phone=receiver.phone,
        session=session,
        language=call.language,
        ip=call.ip,
    )
    channel = orders.channel_of(sent.order, purpose=purpose, user=session.user) or receiver.channel
    if visit is not None:
        visits.keep_way(visit, CodeWay.PHONE if channel == Channel.SMS else CodeWay.EMAIL)
    return Sent(OTHER, channel, sent.destination_masked, sent.order, call.language)


def purpose_of(session: Session) -> Purpose:
    """What a code of the type 3 is for: the next thing that this session has to show."""
    if session.level == Level.PRE2FA:
        return Purpose.SECOND_FACTOR if dues.due_of(session) == Due.SECOND_FACTOR else Purpose.OTHER_PLACE
    return Purpose.SECURITY_SETTINGS if trade_password.is_set(session.user) else Purpose.TRADE_PASSWORD_SET


class SendCode(ExxView):
    """POST /api/web/v2_2/sendCode. Source: exx 2.3."""

    @operation(
        needs=Needs(login=False, optional=True, level="pre2fa"),
        input=SendCodeInput,
        output=SentOutput,
        bare=True,
        rate="60/m",
        summary="Send a code",
        refusals=(
            errors.CrossSite,
            errors.PhoneCountryClosed,
            errors.EmailTaken,
            errors.PhoneTaken,
            errors.AccountUnknown,
            errors.AuthenticatorDue,
            errors.DestinationMissing,
            errors.SecondFactorNotDue,
            InvalidEmail,
            InvalidPhone,
            TooManyCodes,
            *CAPTCHA_REFUSALS,
        ),
    )
    def post(self, call: Call) -> Sent:
        """On its way, whether there is an account or not."""
        visit = visit_of(call)
        receiver = receiver_of(call, visit)
        if call.credential is not None and call.input["type"] == OTHER:
            return send_own(call, visit, receiver, session_of(call))
        return send(call, visit, receiver)
