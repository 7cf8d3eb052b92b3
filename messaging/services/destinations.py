"""Destinations: one written form for each mailbox and each phone, found before anything is counted or stored.

Decisions (docs/architecture.md#destinations):

- The whole email address is lower-cased, the local part too: no provider of note keeps apart what differs in case only,
  and two customers who differ so would be mistaken for one another.
- The local part is ASCII (RFC 5321 dot-string, no quotes); the domain is IDNA 2008 with UTS 46 mapping, in its ASCII form.
- `name+tag@domain` is an identity of its own, but shares the sending limits of `name@domain`: it is the same mailbox.
- A phone is E.164. The `+` is due: a bare number may belong to two countries.
"""

from __future__ import annotations

import re
import unicodedata

import idna
import phonenumbers
from phonenumbers import PhoneNumberType

from messaging.errors import InvalidEmail, InvalidPhone
from messaging.models import Channel

EMAIL_LENGTH_MAX = 254
LOCAL_PART_LENGTH_MAX = 64
PHONE_TEXT_LENGTH_MAX = 32
"""Characters of a phone number as typed, separators included."""

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015]+")
_COSTLY = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.UAN,
        PhoneNumberType.PAGER,
        PhoneNumberType.VOICEMAIL,
    }
)


def normalise_email(text: str) -> str:
    """The one written form of an email address.

    Raises InvalidEmail.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if not 3 <= len(plain) <= EMAIL_LENGTH_MAX:
        raise InvalidEmail(reason="between 3 and 254 characters are due")
    local, at, domain = plain.rpartition("@")
    if not at:
        raise InvalidEmail(reason="there is no @")
    if len(local) > LOCAL_PART_LENGTH_MAX or not _LOCAL_PART.fullmatch(local):
        raise InvalidEmail(reason="the part before the @ is not one that we can send to")
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise InvalidEmail(reason="the domain is not valid") from None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(labels):
        raise InvalidEmail(reason="the domain is not complete")
    if len(local) + 1 + len(ascii_domain) > EMAIL_LENGTH_MAX:
        raise InvalidEmail(reason="between 3 and 254 characters are due")
    return f"{local}@{ascii_domain}"


def normalise_phone(text: str) -> str:
    """The E.164 form (`+886912345678`) of a phone number that may take messages.

    Raises InvalidPhone.
    """
    if len(text) > PHONE_TEXT_LENGTH_MAX:
        raise InvalidPhone(reason="it is too long")
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not plain.startswith("+"):
        raise InvalidPhone(reason="it must begin with + and the country's code")
    if not (plain[1:].isascii() and plain[1:].isdigit()):
        raise InvalidPhone(reason="only digits may follow the +")
    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        raise InvalidPhone(reason="there is no such country code") from None
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhone(reason="no such number is in use in its country")
    if phonenumbers.number_type(number) in _COSTLY:
        raise InvalidPhone(reason="numbers of this kind take no messages")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise(channel: str, text: str) -> str:
    """The one written form of a destination of the channel. Raises InvalidEmail, InvalidPhone."""
    return normalise_email(text) if channel == Channel.EMAIL else normalise_phone(text)


def mailbox(channel: str, destination: str) -> str:
    """What the sending limits count: the destination without its plus-tag."""
    if channel != Channel.EMAIL:
        return destination
    local, _, domain = destination.rpartition("@")
    return f"{local.split('+', 1)[0] or local}@{domain}"


def country_prefix(phone: str) -> str:
    """The country's calling code of an E.164 number: `+886`."""
    return f"+{phonenumbers.parse(phone).country_code}"


def shared_country(phone: str) -> str:
    """The country of an E.164 number whose calling code belongs to several (`US`, `CA`, `JM` of +1); empty for others."""
    number = phonenumbers.parse(phone)
    if len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(number.country_code or 0, ())) < 2:
        return ""
    return phonenumbers.region_code_for_number(number) or "elsewhere"


def mask(channel: str, destination: str) -> str:
    """The destination as it may be shown: `a***e@example.com`, `+886******678`."""
    if channel == Channel.EMAIL:
        local, _, domain = destination.rpartition("@")
        tail = local[-1] if len(local) > 2 else ""
        return f"{local[0]}***{tail}@{domain}"[:80]
    head = len(country_prefix(destination))
    return destination[:head] + "*" * (len(destination) - head - 3) + destination[-3:]
