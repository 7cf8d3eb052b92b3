"""What a customer reads and changes about the own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.errors import DestinationMissing
from accounts.models import SecurityHold, User
from accounts.models.users import SecondFactorChannel
from accounts.services import audit, holds, labels, passwords, referrals, totp, vip
from accounts.services.labels import ShownLabel
from config.kit.errors import NotFresh

PROTECTED = frozenset({"anti_phishing_phrase", "second_factor"})
"""What a thief with an old session must not change."""


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


def change(*, user: User, changes: dict[str, Any], fresh: bool) -> Profile:
    """Change `language`, `anti_phishing_phrase` and `second_factor` (email, phone or None), those that are given.

    The phrase and the factor protect the account, so they ask for a `fresh` sign-in.
    Raises NotFresh; DestinationMissing where log-in codes should go to a channel that isn't bound.
    """
    if not fresh and set(changes) & PROTECTED:
        raise NotFresh
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        written = []
        if "language" in changes:
            locked.language = changes["language"]
            written.append("language")
        if "anti_phishing_phrase" in changes:
            locked.anti_phishing_phrase = changes["anti_phishing_phrase"]
            written.append("anti_phishing_phrase")
        if "second_factor" in changes:
            _choose_channel(locked, changes["second_factor"])
            written.append("second_factor_channel")
        locked.save(update_fields=written)
    return read(locked)


def _choose_channel(user: User, wanted: str | None) -> None:
    channel = SecondFactorChannel(wanted or "")
    if channel == SecondFactorChannel.EMAIL and not user.email:
        raise DestinationMissing(channel="email")
    if channel == SecondFactorChannel.PHONE and not user.phone:
        raise DestinationMissing(channel="phone")
    if channel != user.second_factor_channel:
        audit.record(
            actor=user,
            actor_kind="customer",
            act="accounts.second_factor_chosen",
            subject=f"accounts.user:{user.uid}",
            facts={"channel": channel.value},
        )
    user.second_factor_channel = channel
