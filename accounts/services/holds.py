"""Security holds: after a change that a thief would make, money waits."""

from __future__ import annotations

from datetime import timedelta

from accounts.errors import SecurityHoldActive
from accounts.models import SecurityHold, User
from accounts.models.holds import Cause
from config.kit.clock import now

CHANGE_HOURS = 24
"""Hours of hold after a password, factor, email, phone or trusted address changed."""
RECOVERY_HOURS = 72
"""Hours of hold after an account was recovered."""
SET_UP_HOURS = 24
"""Hours after registration in which a customer adds to the account without a hold: there is nothing yet to steal."""


def start(*, user: User, cause: str, hours: int = CHANGE_HOURS) -> SecurityHold:
    """Begin a hold in the caller's transaction. Raises ValueError for an unknown cause or no hours."""
    if hours <= 0:
        raise ValueError("a hold has hours")
    moment = now()
    return SecurityHold.objects.create(user=user, cause=Cause(cause), started_at=moment, until=moment + timedelta(hours=hours))


def start_unless_new(*, user: User, cause: str) -> SecurityHold | None:
    """Begin a hold for something added to the account, in the caller's transaction; none while the account is set up."""
    if now() - user.registered_at <= timedelta(hours=SET_UP_HOURS):
        return None
    return start(user=user, cause=cause)


def active(user: User) -> list[SecurityHold]:
    """The holds that run now, the last to end first."""
    return list(SecurityHold.objects.filter(user=user, until__gt=now()).order_by("-until"))


def require_none(user: User) -> None:
    """Promise that no hold runs. Raises SecurityHoldActive with the one that ends last."""
    running = active(user)
    if running:
        until = running[0].until.strftime("%Y-%m-%dT%H:%M:%SZ")
        raise SecurityHoldActive(cause=running[0].cause, until=until)
