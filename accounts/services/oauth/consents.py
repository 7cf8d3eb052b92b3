"""Which applications a customer let in, and how that ends."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import OAuthApplication, OAuthConsent, Session, User
from accounts.models.logins import LoginAct
from accounts.services import access, changes
from accounts.services.clients import Client
from accounts.services.oauth.functions import ordered
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id


def listed(user: User) -> QuerySet[OAuthConsent]:
    """The consents that stand; the caller orders and cuts."""
    return OAuthConsent.objects.select_related("application").filter(user=user, revoked_at__isnull=True)


def give(*, user: User, application: OAuthApplication, functions: str) -> OAuthConsent:
    """Let the application in, or in further, in the caller's transaction, which holds the user's row locked."""
    moment = now()
    made, is_new = OAuthConsent.objects.get_or_create(
        user=user,
        application=application,
        revoked_at=None,
        defaults={"functions": functions, "first_at": moment, "last_at": moment},
    )
    if not is_new:
        made.functions, made.last_at = ordered([*made.functions.split(), *functions.split()]), moment
        made.save(update_fields=["functions", "last_at"])
    return made


def revoke(*, user: User, consent_id: str, session: Session, client: Client) -> None:
    """Shut the application out: its codes and tokens are dead at once. Raises Absent, also for somebody else's consent."""
    public_id = read_public_id(consent_id)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        found = listed(user).filter(public_id=public_id).first() if public_id is not None else None
        if found is None:
            raise Absent(thing="application")
        access.revoke_applications(user, application_id=found.application_id)
        changes.follow(user=user, act=LoginAct.APP_REVOKED, client=client, session=session)


def revoke_all(user: User) -> int:
    """Shut out all applications of the user, in the caller's transaction, which holds the user's row locked."""
    return access.revoke_applications(user)
