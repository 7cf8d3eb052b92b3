"""Settings of an account: language, several devices at once, a code for sign-ins from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Session, User
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause
from accounts.services import audit, logins, second_factor, sessions
from accounts.services.clients import Client
from accounts.services.second_factor import Proof
from messaging.models import Purpose

PROTECTED = frozenset({"allows_many_devices", "checks_other_places"})
"""What a thief with an old session must not change."""
NAMES = frozenset({"language"}) | PROTECTED


@dataclass(frozen=True)
class Preferences:
    """The settings as they stand."""

    language: str
    allows_many_devices: bool
    checks_other_places: bool


def read(user: User) -> Preferences:
    """The customer's settings."""
    return Preferences(
        language=user.language,
        allows_many_devices=user.allows_many_devices,
        checks_other_places=user.checks_other_places,
    )


def change(
    *, user: User, changes: Mapping[str, Any], proof: Proof | None, fresh: bool, session: Session, client: Client
) -> Preferences:
    """Change those settings that are given; what is the same already is no change.

    The settings of PROTECTED ask for a `fresh` sign-in or a proof, which is spent. From the moment that one device at a
    time is wanted, the session that says so is the only one. Raises what `second_factor.require` raises, ValueError
    for a setting that isn't one.
    """
    if unknown := set(changes) - NAMES:
        raise ValueError(f"no such settings: {', '.join(sorted(unknown))}")
    if not fresh and set(changes) & PROTECTED:
        second_factor.require(user, proof, Purpose.SECURITY_SETTINGS)
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
        changed = sorted(name for name, value in changes.items() if getattr(locked, name) != value)
        for name in changed:
            setattr(locked, name, changes[name])
        if changed:
            locked.save(update_fields=changed)
            logins.note(user=locked, act=LoginAct.SETTINGS_CHANGED, client=client)
        if protected := sorted(set(changed) & PROTECTED):
            audit.record(
                actor=locked,
                actor_kind="customer",
                act="accounts.settings_changed",
                subject=f"accounts.user:{locked.uid}",
                facts={name: str(changes[name]) for name in protected},
            )
        if "allows_many_devices" in changed and not locked.allows_many_devices:
            sessions.end_all(user=locked, cause=EndCause.ELSEWHERE, but=session)
    return read(locked)
