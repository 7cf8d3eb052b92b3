"""VIP tiers: which one a customer has, what spread it pays, and who changes it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from accounts.errors import NotForSubAccounts, VipTierUnknown
from accounts.models import User, VipTier
from accounts.services.officers import Act

STANDARD_LEVEL = 0
"""Everybody's who has no other."""
REFERENCE: tuple[tuple[int, str, str], ...] = (
    (0, "Standard", "0.5"),
    (1, "VIP 1", "0.45"),
    (2, "VIP 2", "0.4"),
    (3, "VIP 3", "0.35"),
    (4, "VIP 4", "0.3"),
    (5, "VIP 5", "0.25"),
    (6, "VIP 6", "0.2"),
    (7, "VIP 7", "0.15"),
    (8, "VIP 8", "0.1"),
    (9, "VIP 9", "0.05"),
)
"""Level, name and spread in percent of every installation's start."""
ROLES = ("treasury",)
"""Officers who may set a tier: it decides what a customer pays."""


def load() -> int:
    """Add the tiers that are missing; how many. What an operator changed stays as it is."""
    rows = [VipTier(level=level, name=name, spread_percent=Decimal(spread)) for level, name, spread in REFERENCE]
    before = VipTier.objects.count()
    VipTier.objects.bulk_create(rows, ignore_conflicts=True)
    return VipTier.objects.count() - before


def listed() -> Sequence[VipTier]:
    """All tiers, lowest first."""
    return list(VipTier.objects.order_by("level"))


def level_of(user: User) -> int:
    """The level of the customer, or of the account that a sub-account belongs to. No query for who has no parent."""
    return (user.parent or user).vip_tier_id or STANDARD_LEVEL


def tier_of(user: User) -> VipTier:
    """The customer's tier. A sub-account has its parent's, and who has none has the standard one."""
    level = level_of(user)
    found = VipTier.objects.filter(level=level).first()
    if found is None:  # only before the tiers are loaded: the level of who has one is a foreign key
        _, name, spread = REFERENCE[STANDARD_LEVEL]
        return VipTier(level=STANDARD_LEVEL, name=name, spread_percent=Decimal(spread))
    return found


def spread_of(user: User) -> Decimal:
    """The spread in percent that the customer's conversions pay."""
    return tier_of(user).spread_percent


def set_tier(*, customer: User, level: int, act: Act) -> VipTier:
    """Give the customer another tier. Setting the same one again is no act and leaves no record.

    Raises ReasonDue, NotAnOfficer, NotACustomer, OwnAccount, NotForSubAccounts, VipTierUnknown.
    """
    act.require(*ROLES)
    act.require_about(customer)
    tier = VipTier.objects.filter(level=level).first() if 0 <= level <= 32767 else None
    if tier is None:
        raise VipTierUnknown(level=level)
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)
        if locked.parent_id is not None:
            raise NotForSubAccounts
        before = locked.vip_tier_id or STANDARD_LEVEL
        if before == tier.level:
            return tier
        locked.vip_tier = tier
        locked.save(update_fields=["vip_tier"])
        act.record(
            act="accounts.vip_tier_set",
            subject=f"accounts.user:{locked.uid}",
            facts={"before": str(before), "after": str(tier.level)},
        )
    return tier
