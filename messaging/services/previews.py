"""Previews: every template in every language, filled with made-up facts, and tests that officers send to themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from config.kit.clock import now
from config.kit.errors import Absent
from messaging.errors import TooManyTests
from messaging.models import Channel, Message, Purpose
from messaging.providers.base import Outgoing
from messaging.services.catalogue import CODES, LANGUAGES, PURPOSE_CHANNELS, TEMPLATES, Template
from messaging.services.destinations import mask
from messaging.services.limits import HOUR_SECONDS, Exhausted, Limit, limit_key, take
from messaging.services.outbox import Contents, enqueue
from messaging.services.rendering import render, template_version

TESTS_PER_HOUR = 20
"""Test messages that one officer may send."""
SAMPLE_CODE: Final = "123456"
SAMPLE_MINUTES: Final = 5
SAMPLE_PHRASE: Final = "blue heron at dawn"
SAMPLE_DESTINATIONS: Final = {Channel.EMAIL.value: "ada@example.com", Channel.SMS.value: "+886912345678"}
SAMPLE_FACTS: Final = {
    "amount": "1.5",
    "coin": "ETH",
    "address": "0x52908400098527886E0F7030069857D2E4169EE7",
    "network": "Ethereum",
    "fee": "0.002",
    "label": "Ledger",
    "name": "Trading bot",
    "permissions": "read, trade",
    "reason": "The photo is out of focus.",
    "level": "2",
    "date": "2026-12-24",
    "bank": "First Commercial Bank",
    "account_tail": "8901",
    "transaction": "0x9fc76417374aa880d4449a1f7f31ec597f00b1f6f3dd2d66f4c9c6c445836d8b",
    "time": "2026-11-25 02:22 UTC",
    "until": "2026-11-26 02:22 UTC",
    "ip": "203.0.113.7",
    "place": "Taipei, TW",
    "device": "iPhone · Safari",
    "email": "a***a@example.com",
    "phone": "+886******678",
    "channel": "email",
    "left": "9",
    "reference": "8242718492013571",
    "receiver": "482913507",
    "sender": "a***a@example.com (204918375566)",
    "remark": "Dinner",
    "number": "4203918275640192",
    "service": "Listing of a coin",
    "source": "100 USDT",
    "target": "0.033 ETH",
    "coins": "BTC, TRX",
}
"""Facts that nobody's money or address stands behind."""


@dataclass(frozen=True)
class TemplateRow:
    """One template as the desk lists it."""

    template: Template
    is_code: bool
    channels: tuple[str, ...]
    versions: dict[str, dict[str, str]]
    """By channel, then by language."""


def listed() -> list[TemplateRow]:
    """Every template with its channels, languages and the versions of its words."""
    return [row_of(template) for template in TEMPLATES.values()]


def row_of(template: Template) -> TemplateRow:
    """One template as the desk lists it."""
    purpose = next((purpose for purpose, code in CODES.items() if code is template), None)
    allowed = PURPOSE_CHANNELS[purpose] if purpose is not None else frozenset(Channel.values)
    channels = tuple(channel for channel in Channel.values if channel in allowed)
    versions = {
        channel: {language: template_version(template.name, language, channel) for language in LANGUAGES}
        for channel in channels
    }
    return TemplateRow(template, purpose is not None, channels, versions)


def find(name: str) -> Template:
    """The template of this name. Raises Absent."""
    if name not in TEMPLATES:
        raise Absent(thing="template")
    return TEMPLATES[name]


def preview(*, name: str, language: str, channel: str, with_phrase: bool = True) -> Outgoing:
    """The message as it would leave, with made-up facts. Nothing is written. Raises Absent."""
    template = find(name)
    if language not in LANGUAGES or channel not in Channel.values:
        raise Absent(thing="template")
    destination = SAMPLE_DESTINATIONS[channel]
    message = Message(template=template.name, language=language, channel=channel, destination_masked=mask(channel, destination))
    return render(message, _sample(template, destination, phrase=SAMPLE_PHRASE if with_phrase else ""))


def send_test(*, officer: Any, name: str, language: str) -> Message:
    """Send the mail to the officer's own bound address, marked as a test, in the caller's transaction.

    There is no way to name another address. Raises Absent (no such template, or the officer has no email), TooManyTests.
    """
    template = find(name)
    if language not in LANGUAGES:
        raise Absent(thing="template")
    if not officer.email:
        raise Absent(thing="email address")
    moment = now()
    try:
        take(limit_key("tests of an officer", str(officer.pk)), (Limit(TESTS_PER_HOUR, HOUR_SECONDS),), at=moment)
    except Exhausted as exhausted:
        raise TooManyTests(retry_after=exhausted.retry_after) from None
    phrase = str(getattr(officer, "anti_phishing_phrase", "") or SAMPLE_PHRASE)
    return enqueue(
        template=template,
        channel=Channel.EMAIL,
        contents=_sample(template, officer.email, phrase=phrase, is_test=True),
        language=language,
        user=officer,
    )


def trial(*, channel: str, destination: str, language: str = "en") -> Outgoing:
    """A message with a made-up code to this destination, to be handed to a provider and looked at. Nothing is written."""
    template = CODES[Purpose.LOGIN]
    message = Message(template=template.name, language=language, channel=channel, destination_masked=mask(channel, destination))
    return render(message, _sample(template, destination, phrase="", is_test=True))


def _sample(template: Template, destination: str, *, phrase: str, is_test: bool = False) -> Contents:
    facts = dict(SAMPLE_FACTS) | {"address_tail": SAMPLE_FACTS["address"][-6:]}
    if template not in CODES.values():
        facts["link"] = f"{str(settings.PUBLIC_URL).rstrip('/')}/security/links#example"
    is_code = template in CODES.values()
    return Contents(
        destination=destination,
        facts=facts,
        code=SAMPLE_CODE if is_code else "",
        minutes=SAMPLE_MINUTES if is_code else 0,
        phrase=phrase,
        is_test=is_test,
    )
