"""How many codes may be asked for and guessed, how many notices go by SMS: per destination, network, country and in all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from config.kit.context import CodeTerms, current_code_terms
from config.kit.network import neighbourhood, subscriber
from messaging.errors import TooManyCodes
from messaging.models import Channel
from messaging.services.destinations import country_prefix, mailbox, shared_country
from messaging.services.limits import DAY_SECONDS, HOUR_SECONDS, Exhausted, Limit, limit_key, spend, take


def take_sending(
    purpose: str, terms: CodeTerms, *, channel: str, destination: str, ip: str, at: datetime, user: Any = None
) -> None:
    """Count one sending against every limit, in the caller's transaction; a refused one is to be rolled back with it.

    A destination's hour and day are counted apart for `user`, where it is bound to that account, and for everybody else,
    who could use up the owner's codes otherwise; the pause between two codes is common to both. What the terms of a dialect
    limit beside ours is counted by that dialect alone.
    The order of the keys is fixed, the ones that everybody shares come last: they are locked until the commit.
    Raises TooManyCodes.
    """
    pause = (Limit(1, settings.MESSAGING_SEND_INTERVAL_SECONDS),)
    per_holder = (
        Limit(settings.MESSAGING_SENDS_PER_HOUR, HOUR_SECONDS),
        Limit(settings.MESSAGING_SENDS_PER_DAY, DAY_SECONDS),
    )
    per_network = (Limit(settings.MESSAGING_SENDS_PER_NETWORK_PER_HOUR, HOUR_SECONDS),)
    try:
        box = mailbox(channel, destination)
        take(limit_key("destination", channel, box), pause, at=at)
        own = user is not None and destination in (user.email, user.phone)
        take(limit_key("destination of its owner" if own else "destination of anybody", channel, box), per_holder, at=at)
        if terms.sends_per_purpose_per_day is not None:
            take(limit_key("purpose", purpose, channel, box), (Limit(terms.sends_per_purpose_per_day, DAY_SECONDS),), at=at)
        take(limit_key("network", neighbourhood(ip)), per_network, at=at)
        if terms.sends_per_address_per_day is not None:
            take(limit_key("address", subscriber(ip)), (Limit(terms.sends_per_address_per_day, DAY_SECONDS),), at=at)
        if channel == Channel.SMS:
            spend(f"sms {country_prefix(destination)}", settings.MESSAGING_SENDS_PER_PREFIX_PER_HOUR, at=at)
            if country := shared_country(destination):
                spend(f"sms {country}", settings.MESSAGING_SENDS_PER_COUNTRY_PER_HOUR, at=at)
        spend(f"{channel} in all", settings.MESSAGING_SENDS_IN_ALL_PER_HOUR, at=at)
    except Exhausted as exhausted:
        raise TooManyCodes(retry_after=exhausted.retry_after, channel=channel) from None


def wrong_code_limits() -> list[Limit]:
    """How many wrong codes of one holder and channel are looked at: what we allow, and what the dialect that asks does."""
    limits = [
        Limit(settings.MESSAGING_WRONG_CODES_PER_HOUR, HOUR_SECONDS),
        Limit(settings.MESSAGING_WRONG_CODES_PER_DAY, DAY_SECONDS),
    ]
    terms = current_code_terms()
    if terms is not None and terms.wrong_codes_per_day is not None:
        limits.append(Limit(terms.wrong_codes_per_day, DAY_SECONDS))
    return limits


def take_notice(*, phone: str, at: datetime) -> None:
    """Count one notice by SMS against its limits, in a transaction of its own; a refused one counts nowhere.

    Notices have budgets apart from those of codes, so that a thief who provokes them neither drains our money nor
    keeps anybody from signing in. Email costs next to nothing and is in none.
    Called when the notice is handed over, not when it is written: the business's transaction must not wait for a row
    that all customers share. Raises Exhausted; the notice then waits.
    """
    per_phone = (
        Limit(settings.MESSAGING_SMS_NOTICES_PER_PHONE_PER_HOUR, HOUR_SECONDS),
        Limit(settings.MESSAGING_SMS_NOTICES_PER_PHONE_PER_DAY, DAY_SECONDS),
    )
    with transaction.atomic():
        take(limit_key("notices to a phone", phone), per_phone, at=at)
        spend(f"sms notices {country_prefix(phone)}", settings.MESSAGING_SMS_NOTICES_PER_PREFIX_PER_HOUR, at=at)
        if country := shared_country(phone):
            spend(f"sms notices {country}", settings.MESSAGING_SMS_NOTICES_PER_COUNTRY_PER_HOUR, at=at)
        spend("sms notices in all", settings.MESSAGING_SMS_NOTICES_IN_ALL_PER_HOUR, at=at)
