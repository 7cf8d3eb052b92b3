"""What a key may learn of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apikeys.models import LAPSE_AFTER, ApiKey
from config.kit.clock import now
from config.kit.dialect import KeyRates


@dataclass(frozen=True)
class Standing:
    """A key and what it may do now. Rates are written like `20/s`."""

    api_key: ApiKey
    scopes_now: list[str]
    lapses_at: datetime | None
    seen_from: str
    requests_per_key: str | None
    requests_per_customer: str | None
    requests_per_address: str | None


def read(*, api_key_id: int, ip: str, rates: KeyRates) -> Standing:
    """The standing of the key that asks from `ip`, under the rates of the dialect whose signatures it makes."""
    api_key = ApiKey.objects.select_related("user").prefetch_related("daily_caps").get(pk=api_key_id)
    lapses = None if api_key.networks else (api_key.last_used_at or api_key.created_at) + LAPSE_AFTER
    return Standing(
        api_key=api_key,
        scopes_now=sorted(api_key.scopes_at(now())),
        lapses_at=lapses,
        seen_from=ip,
        requests_per_key=rates.per_key,
        requests_per_customer=rates.per_owner,
        requests_per_address=rates.per_address_and_endpoint,
    )
