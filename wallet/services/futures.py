"""Opening futures: once for each customer, for those who may trade, against the agreement of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from accounts.services import audit
from kyc.services import entitlements
from kyc.services.entitlements import Act
from wallet.errors import FuturesAgreementChanged, FuturesNotOpen
from wallet.models.futures import FuturesOpening

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Standing:
    """Whether futures are open and on which terms, beside the terms that are in force now."""

    opened_at: datetime | None
    agreement: str | None
    agreement_in_force: str

    @property
    def is_open(self) -> bool:
        """Whether the customer has opened futures."""
        return self.opened_at is not None


def agreement_in_force() -> str:
    """The version that whoever opens futures now agrees to."""
    return str(settings.FUTURES_AGREEMENT)


def opening(user: User) -> FuturesOpening | None:
    """When and on which terms the customer opened futures; None before that."""
    return FuturesOpening.objects.filter(user=user).first()


def standing(user: User) -> Standing:
    """What the customer opened, if anything."""
    made = opening(user)
    if made is None:
        return Standing(None, None, agreement_in_force())
    return Standing(made.opened_at, made.agreement, agreement_in_force())


def require_open(user: User) -> None:
    """Promise that the customer has opened futures: whatever moves money there asks first. Raises FuturesNotOpen."""
    if not FuturesOpening.objects.filter(user=user).exists():
        raise FuturesNotOpen


def open_for(*, user: User, agreement: str | None = None) -> FuturesOpening:
    """Open the customer's futures wallet. Asking again gives the first opening, with the agreement of that day.

    `agreement` is the version that the customer was shown; None where a dialect shows none and the act itself agrees.
    Raises FuturesAgreementChanged (another version is in force), NotEntitled.
    """
    if (made := opening(user)) is not None:
        return made
    in_force = agreement_in_force()
    if agreement is not None and agreement != in_force:
        raise FuturesAgreementChanged(agreement=in_force)
    entitlements.require(user, Act.TRADE)
    with transaction.atomic():
        made, is_new = FuturesOpening.objects.get_or_create(user=user, defaults={"agreement": in_force})
        if is_new:
            subject, facts = f"accounts.user:{user.uid}", {"agreement": in_force}
            audit.record(actor=user, actor_kind="customer", act="futures.open", subject=subject, facts=facts)
    return made
