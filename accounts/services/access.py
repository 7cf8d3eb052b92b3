"""What lets somebody in without a sign-in of its own: tokens of the customer's apps, and of other applications.

They end when the account's safety changes.
This stands beneath the sessions, so that whatever ends them cannot forget the rest.
"""

from __future__ import annotations

from uuid import UUID

from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from accounts.models import AppToken, OAuthConsent, OAuthGrant, User
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
        User.objects.select_for_update().get(pk=user.pk)  # each use of an app token, code or refresh token holds it, too
        revoke_app_tokens(user)
    if cause in SAFETY_CHANGES:
        revoke_applications(user)


def revoke_app_tokens(user: User, *, family: UUID | None = None) -> int:
    """Revoke all app tokens of the user, or a family, spent ones too, in the caller's transaction; how many were not yet.

    The caller holds the user's row locked: a token that is being replaced meanwhile would survive otherwise.
    """
    standing = AppToken.objects.filter(user=user, revoked_at__isnull=True)
    return (standing if family is None else standing.filter(family=family)).update(revoked_at=now())


def revoke_applications(user: User, *, application_id: int | None = None) -> int:
    """Shut all applications out, or one: codes and tokens are dead, in the caller's transaction; how many there were.

    The caller holds the user's row locked, as above.
    """
    moment = now()
    chosen: dict[str, object] = {"user": user}
    if application_id is not None:
        chosen["application_id"] = application_id
    OAuthGrant.objects.filter(**chosen, consumed_at__isnull=True).update(consumed_at=moment)
    get_refresh_token_model().objects.filter(**chosen, revoked__isnull=True).update(revoked=moment, access_token=None)
    get_access_token_model().objects.filter(**chosen).delete()
    return OAuthConsent.objects.filter(**chosen, revoked_at__isnull=True).update(revoked_at=moment)
