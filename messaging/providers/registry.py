"""Which providers carry a channel, best first."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from config.carriers import Carrier
from messaging.providers.aliyun import AliyunProvider
from messaging.providers.base import Provider
from messaging.providers.sms_http import HttpSmsProvider
from messaging.providers.smtp import SmtpProvider
from messaging.providers.twilio import TwilioProvider


def providers(channel: str) -> Sequence[Provider]:
    """The providers of the channel in order of preference, as the settings name them now."""
    carriers: tuple[Carrier, ...] = settings.EMAIL_CARRIERS if channel == "email" else settings.SMS_CARRIERS
    timeout_seconds = float(settings.MESSAGING_PROVIDER_TIMEOUT_SECONDS)
    return tuple(provider(carrier, timeout_seconds=timeout_seconds) for carrier in carriers)


def provider(carrier: Carrier, *, timeout_seconds: float) -> Provider:
    """The provider that its URL names."""
    if carrier.kind in {"smtp", "smtps"}:
        return SmtpProvider(carrier=carrier, timeout_seconds=timeout_seconds)
    if carrier.kind == "twilio":
        return TwilioProvider(
            name=carrier.name,
            endpoint=carrier.endpoint,
            sid=carrier.user,
            token=carrier.password,
            sender=carrier.options.get("from", ""),
            service=carrier.options.get("service", ""),
            timeout_seconds=timeout_seconds,
        )
    if carrier.kind == "aliyun":
        return AliyunProvider(
            name=carrier.name,
            endpoint=carrier.endpoint,
            key=carrier.user,
            secret=carrier.password,
            options=carrier.options,
            timeout_seconds=timeout_seconds,
        )
    if carrier.kind.startswith("anymail+"):
        from messaging.providers.anymail import AnymailProvider  # anymail takes its time to load

        return AnymailProvider(carrier=carrier, timeout_seconds=timeout_seconds)
    return HttpSmsProvider(
        name=carrier.name,
        url=carrier.endpoint,
        user=carrier.user,
        password=carrier.password,
        timeout_seconds=timeout_seconds,
    )
