"""What a customer reads and changes about the own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import SecurityHold, User
from accounts.services import holds, labels, passwords, referrals, totp, vip
from accounts.services.labels import ShownLabel


@dataclass(frozen=True, repr=False)
class Profile:
    """The own account, as its owner sees it."""

    uid: int
    email: str | None
    phone: str | None
    username: str | None
    status: str
    register_type: str
    language: str
    anti_phishing_phrase: str
    second_factor: str | None
    totp_bound: bool
    registered_at: datetime
    security_holds: list[SecurityHold]
    vip_level: int
    labels: Sequence[ShownLabel]
    parent_uid: int | None
    has_password: bool
    referral_code: str | None


def read(user: User, *, language: str = "") -> Profile:
    """The user's profile, labels in the language (else the user's own): five queries at most, whatever the account holds."""
    return Profile(
        uid=user.uid,
        email=user.email,
        phone=user.phone,
        username=user.username,
        status=user.status,
        register_type=user.register_type,
        language=user.language,
        anti_phishing_phrase=user.anti_phishing_phrase,
        second_factor=user.second_factor_channel or None,
        totp_bound=totp.bound(user) is not None,
        registered_at=user.registered_at,
        security_holds=holds.active(user),
        vip_level=vip.level_of(user),
        labels=labels.shown_to(user, language=language or user.language),
        parent_uid=user.parent.uid if user.parent else None,
        has_password=passwords.has_one(user),
        referral_code=referrals.code_of(user),
    )


def change(*, user: User, changes: dict[str, Any]) -> Profile:
    """Change the `language`, where it is given. What protects the account has doors of its own, which ask for a proof."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        written = []
        if "language" in changes:
            locked.language = changes["language"]
            written.append("language")
        locked.save(update_fields=written)
    return read(locked)
