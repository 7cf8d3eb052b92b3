"""What is sold, and the limits that every installation starts with."""

from __future__ import annotations

from django.db import transaction

from accounts.services.officers import Act
from wallet.models.payments import HOLD_HOURS, PaidService, PaymentLimit
from wallet.services import reference_limits

ROLES = ("treasury",)
LIMITS: dict[str, dict[int, tuple[str, str]]] = {
    "BTC": {2: ("0.5", "5"), 3: ("2", "20")},
    "ETH": {2: ("10", "100"), 3: ("40", "400")},
    "USDT": {2: ("20000", "200000"), 3: ("100000", "1000000")},
    "USD": {2: ("20000", "200000"), 3: ("100000", "1000000")},
    "TWD": {2: ("600000", "6000000"), 3: ("3000000", "30000000")},
}
"""Coin → level → the most that a customer pays in 24 hours and in 30 days. Other coins are closed."""


def load() -> int:
    """Add the limits that are missing; how many."""
    return reference_limits.load_limits(PaymentLimit, LIMITS)


@transaction.atomic
def set_service(*, code: str, name: str, is_open: bool, act: Act, hold_hours: int = HOLD_HOURS) -> PaidService:
    """Open, close or rename a service; its payments keep the terms under which they were asked for.

    Raises ReasonDue, NotAnOfficer.
    """
    act.require(*ROLES)
    terms = {"name": name, "is_open": is_open, "hold_hours": hold_hours}
    made, _ = PaidService.objects.update_or_create(code=code, defaults=terms)
    facts = {"name": name, "open": str(is_open).lower(), "hold_hours": str(hold_hours)}
    act.record(act="wallet.paid_service_set", subject=f"wallet.paid_service:{code}", facts=facts)
    return made
