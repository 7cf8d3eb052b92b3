"""Codes that a customer may ask for, by purpose: where they may go and what is told about it."""

from __future__ import annotations

from accounts.errors import (
    AccountUnknown,
    AlreadyActivated,
    AuthenticatorDue,
    EmailTaken,
    NotForSubAccounts,
    PasswordDue,
    PhoneTaken,
    PurposeElsewhere,
    SecondFactorNotDue,
)
from accounts.models import Session, Status, User
from accounts.models.sessions import Due, Level
from accounts.services import (
    activation,
    captcha_doors,
    code_login,
    contacts,
    dues,
    logins,
    names,
    recovery_cases,
    second_factor,
    strictness,
)
from accounts.services.captcha_doors import Captcha, Door
from accounts.services.second_factor import Method
from config.kit.errors import DomainError, InvalidInput, LevelTooLow, NotSignedIn
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.codes import SentCode
from messaging.services.destinations import normalise_email, normalise_phone

OWN_PURPOSES = frozenset(
    {
        Purpose.PASSWORD_SET,
        Purpose.PASSWORD_CHANGE,
        Purpose.EMAIL_UNBIND,
        Purpose.PHONE_UNBIND,
        Purpose.TOTP_BIND,
        Purpose.TOTP_CHANGE,
        Purpose.TOTP_UNBIND,
        Purpose.PASSKEY_ADD,
        Purpose.PASSKEY_REMOVE,
        Purpose.RECOVERY_CODES,
        Purpose.ANTI_PHISHING,
        Purpose.SECURITY_SETTINGS,
        Purpose.TRADE_PASSWORD_SET,
        Purpose.TRADE_PASSWORD_CHANGE,
        Purpose.TRADE_PASSWORD_RESET,
        Purpose.SUB_ACCOUNT_ADD,
        Purpose.SUB_ACCOUNT_DELETE,
        Purpose.SUB_ACCOUNT_PASSWORD,
        Purpose.APP_TOKEN,
        Purpose.KYC,
        Purpose.API_KEY,
        Purpose.API_KEY_CHANGE,
        Purpose.API_KEY_DELETE,
    }
)
"""Acts of a signed-in customer whose codes are bound to nothing but the purpose."""
PUBLIC_DOORS = {
    Purpose.REGISTRATION: Door.REGISTRATION_CODE,
    Purpose.QUICK_REGISTRATION: Door.REGISTRATION_CODE,
    Purpose.LOGIN: Door.LOGIN_CODE,
}
"""Purposes that who is not signed in may ask for, each with the door at which a captcha may be asked for."""
PURPOSES = (
    *PUBLIC_DOORS,
    Purpose.ACTIVATION,
    Purpose.ACCOUNT_RECOVERY,
    Purpose.SECOND_FACTOR,
    Purpose.OTHER_PLACE,
    Purpose.KYC_PHONE,
    *contacts.BY_PURPOSE,
    *sorted(OWN_PURPOSES),
)
"""All purposes that are sent on demand. Codes that confirm one thing are sent by the endpoint of that thing."""
UNNAMED = frozenset({Purpose.TRUSTED_ADDRESS, Purpose.TRUSTED_ADDRESS_REMOVE, Purpose.WITHDRAWAL, Purpose.PAYMENT})
"""Purposes of such codes that some dialects' clients ask for before the thing is named (`ask_unnamed`)."""


def ask(
    *,
    purpose: str,
    email: str | None,
    phone: str | None,
    session: Session | None,
    language: str,
    ip: str,
    captcha: Captcha = captcha_doors.NONE,
) -> SentCode:
    """Send a code for the purpose; the answer is the same whether an account exists or not.

    Only where STRICT_CODES is on are EmailTaken, PhoneTaken and AccountUnknown raised.
    Raises PurposeElsewhere, InvalidInput, InvalidEmail, InvalidPhone, PhoneCountryClosed, NotSignedIn, LevelTooLow,
    AuthenticatorDue, DestinationMissing, SecondFactorNotDue, AlreadyActivated, ContactUnchanged, ContactNotBound,
    NotForSubAccounts, TooManyCodes, and what a captcha raises.
    """
    if purpose not in PURPOSES:
        raise PurposeElsewhere(purpose=purpose)
    if purpose in PUBLIC_DOORS:
        return _for_anybody(Purpose(purpose), email=email, phone=phone, language=language, ip=ip, captcha=captcha)
    if purpose == Purpose.ACCOUNT_RECOVERY:
        return _for_account_recovery(email=email, phone=phone, language=language, ip=ip, captcha=captcha)
    if session is None:
        raise NotSignedIn
    if purpose in (Purpose.SECOND_FACTOR, Purpose.OTHER_PLACE):
        return _for_sign_in(session, Purpose(purpose), email=email, phone=phone, language=language, ip=ip)
    if purpose == Purpose.ACTIVATION and session.level == Level.LOW:
        return activation.send_code(session.user, language=language, ip=ip)
    if session.level != Level.FULL:
        raise LevelTooLow(level=session.level, required=Level.FULL)
    if purpose == Purpose.ACTIVATION:
        raise AlreadyActivated
    return _for_customer(session.user, Purpose(purpose), email=email, phone=phone, language=language, ip=ip)


def ask_unnamed(
    *, purpose: Purpose, email: str | None, phone: str | None, session: Session, language: str, ip: str
) -> SentCode:
    """Send a code of an UNNAMED purpose that is bound to the session and to no withdrawal, address or payment.

    Whatever moves money takes a code that is bound to the very thing, so that this one confirms none of ours.
    Raises LevelTooLow, InvalidInput, InvalidEmail, InvalidPhone, AuthenticatorDue, TooManyCodes; ValueError for others.
    """
    if purpose not in UNNAMED:
        raise ValueError(f"{purpose} names a thing, or none is needed")
    if session.level != Level.FULL:
        raise LevelTooLow(level=session.level, required=Level.FULL)
    user = session.user
    way = _own_way(user, second_factor.methods(user), email=email, phone=phone)
    return second_factor.send(user, way, purpose, language=language, ip=ip, session=str(session.public_id))


def ask_captcha(captcha: Captcha, *, ip: str) -> None:
    """Take the captcha of a dialect that asks for one also where a log-in waits. Raises what a captcha raises."""
    captcha_doors.ask(Door.LOGIN_CODE, captcha, ip=ip)


def _for_customer(user: User, purpose: Purpose, *, email: str | None, phone: str | None, language: str, ip: str) -> SentCode:
    """For who is wholly signed in."""
    if purpose == Purpose.KYC_PHONE:
        return _for_kyc_phone(user, phone=phone, language=language, ip=ip)
    if purpose in contacts.BY_PURPOSE:
        return _for_contact(user, purpose, email=email, phone=phone, language=language, ip=ip)
    way = _own_way(user, second_factor.methods(user), email=email, phone=phone)
    return second_factor.send(user, way, purpose, language=language, ip=ip)


def _for_anybody(
    purpose: Purpose, *, email: str | None, phone: str | None, language: str, ip: str, captcha: Captcha
) -> SentCode:
    if bool(email) == bool(phone):
        raise InvalidInput(fields={"email": ["Exactly one of email and phone is due."]})
    channel, address = code_login.destination(email, phone)
    registers = purpose != Purpose.LOGIN
    if registers and channel == Channel.SMS:
        names.check_phone_country(address)
    captcha_doors.ask(PUBLIC_DOORS[purpose], captcha, ip=ip)
    exists = _is_taken(channel, address) if registers else code_login.owner(channel, address) is not None
    if exists == registers and strictness.may_tell(ip):
        raise _strict_refusal(channel, registers=registers)
    return codes.send(purpose=purpose, channel=channel, destination=address, language=language, ip=ip, account_exists=exists)


def _is_taken(channel: Channel, address: str) -> bool:
    """Whether an account that is more than an unproven one has this address."""
    where = {"email": address} if channel == Channel.EMAIL else {"phone": address}
    return User.objects.filter(**where).exclude(status=Status.NOT_ACTIVATED).exists()


def _strict_refusal(channel: Channel, *, registers: bool) -> DomainError:
    if not registers:
        return AccountUnknown()
    return EmailTaken() if channel == Channel.EMAIL else PhoneTaken()


def _for_account_recovery(*, email: str | None, phone: str | None, language: str, ip: str, captcha: Captcha) -> SentCode:
    channel, destination = recovery_cases.destination_of(email=email, phone=phone)
    captcha_doors.ask(Door.RECOVERY_CODE, captcha, ip=ip)
    return codes.send(
        purpose=Purpose.ACCOUNT_RECOVERY,
        channel=channel,
        destination=destination,
        language=language,
        ip=ip,
        account_exists=recovery_cases.owner_of(channel, destination) is not None,
    )


def _for_sign_in(
    session: Session, purpose: Purpose, *, email: str | None, phone: str | None, language: str, ip: str
) -> SentCode:
    """A code that a session waits for, or with which a full one becomes fresh again.

    Raises SecondFactorNotDue, PasswordDue (it comes first).
    """
    user, due = session.user, dues.due_of(session)
    if due == Due.PASSWORD:
        raise PasswordDue
    answers = {Purpose.SECOND_FACTOR: (None, Due.SECOND_FACTOR, Due.BOTH), Purpose.OTHER_PLACE: (Due.OTHER_PLACE, Due.BOTH)}
    if due not in answers[purpose]:
        raise SecondFactorNotDue
    if purpose == Purpose.OTHER_PLACE:
        allowed = dues.place_methods(user)
    else:
        allowed = second_factor.methods(user) if due is None else second_factor.due_methods(user)
    return second_factor.send(
        user,
        _own_way(user, allowed, email=email, phone=phone),
        purpose,
        language=language,
        ip=ip,
        session=str(session.public_id),
    )


def _for_kyc_phone(user: User, *, phone: str | None, language: str, ip: str) -> SentCode:
    if user.parent_id is not None:
        raise NotForSubAccounts
    destination = phone or user.phone
    if not destination:
        raise InvalidInput(fields={"phone": ["The phone is due."]})
    sent = codes.send(
        purpose=Purpose.KYC_PHONE,
        channel=Channel.SMS,
        destination=normalise_phone(destination),
        user=user,
        language=language,
        ip=ip,
    )
    logins.note_sent(user=user, channel=Channel.SMS, ip=ip)
    return sent


def _for_contact(user: User, purpose: Purpose, *, email: str | None, phone: str | None, language: str, ip: str) -> SentCode:
    """To the new destination, which is due, or to the present one, which need not be named."""
    contact = contacts.BY_PURPOSE[purpose]
    destination = (email if contact is contacts.EMAIL else phone) or ""
    if purpose == contact.bind and not destination:
        raise InvalidInput(fields={contact.name: ["What is to be bound is due."]})
    return contacts.send_code(user=user, purpose=purpose, destination=destination, language=language, ip=ip)


def _own_way(user: User, allowed: tuple[Method, ...], *, email: str | None, phone: str | None) -> Method:
    """By which of the user's own ways the code goes: the strongest, or the one whose address was named.

    Raises InvalidInput, InvalidEmail, InvalidPhone; AuthenticatorDue where the own address was named and no code goes there.
    """
    if email and phone:
        raise InvalidInput(fields={"email": ["At most one of email and phone is due."]})
    named = Method.EMAIL if email else Method.PHONE if phone else None
    if named and not (normalise_email(email) == user.email if email else normalise_phone(phone or "") == user.phone):
        raise InvalidInput(fields={named.value: ["The code goes to your own addresses only."]})
    if allowed and not any(way in second_factor.CHANNEL for way in allowed):
        raise AuthenticatorDue
    if named is None:
        return allowed[0] if allowed else Method.EMAIL
    if named not in allowed and second_factor.has_strong(user):
        raise AuthenticatorDue
    if named not in allowed:
        raise InvalidInput(fields={named.value: ["The code goes to your own addresses only."]})
    return named
