"""Which providers carry a channel, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.conf import settings

from messaging.providers.base import Provider
from messaging.providers.sms_http import HttpSmsProvider
from messaging.providers.smtp import MailSettings, SmtpProvider


def providers(channel: str) -> Sequence[Provider]:
    """The providers of the channel in order of preference, as the settings name them now."""
    timeout_seconds = float(settings.MESSAGING_PROVIDER_TIMEOUT_SECONDS)
    if channel == "email":
        return (SmtpProvider(mail=cast("MailSettings", settings.MAIL), timeout_seconds=timeout_seconds),)
    return (HttpSmsProvider(url=settings.SMS_URL, timeout_seconds=timeout_seconds),)
