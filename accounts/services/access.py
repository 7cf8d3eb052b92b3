"""What lets somebody in without a sign-in of its own: tokens of apps. They end when the account's safety changes.

This stands beneath the sessions, so that whatever ends them cannot forget the rest.
"""

from __future__ import annotations

from accounts.models import AppToken, User
from accounts.models.sessions import EndCause
from config.kit.clock import now

SAFETY_CHANGES = frozenset(
    {
        EndCause.PASSWORD_CHANGED,
        EndCause.FACTOR_CHANGED,
        EndCause.CONTACT_CHANGED,
        EndCause.RECOVERED,
        EndCause.FROZEN,
        EndCause.PARENT,
        EndCause.STATUS,
    }
)
"""Causes after which only who signs in anew may come in."""
ENDS_APP_TOKENS = SAFETY_CHANGES | {EndCause.LOGOUT_ALL}


def end(*, user: User, cause: EndCause) -> None:
    """Revoke what this cause of the end of sessions revokes too, in the caller's transaction."""
    if cause in ENDS_APP_TOKENS:
        User.objects.select_for_update().get(pk=user.pk)  # a sign-in by app token holds it from its first look to its end
        revoke_app_tokens(user)


def revoke_app_tokens(user: User) -> int:
    """Revoke all app tokens of the user, spent ones too, in the caller's transaction; how many were not revoked yet.

    The caller holds the user's row locked: a token that is being replaced meanwhile would survive otherwise.
    """
    return AppToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now())
