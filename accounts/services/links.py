"""Links in security mails by which an owner stops a thief without signing in.

The token stands behind the `#` of the address, which browsers keep to themselves: it is in no access log and no
Referer, and a mail scanner that opens the address does nothing by it.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from accounts.models import RecoveryCase, SecurityLink, User
from accounts.models.recovery import LinkAct
from config.kit.clock import now
from config.kit.crypto import token, token_hash

LINK_LIFETIME = timedelta(days=7)
PATH = "/security/links"
TOKEN_LENGTH = 43


def draw(*, user: User, act: LinkAct, case: RecoveryCase | None = None) -> str:
    """The address of a new link of the user's, in the caller's transaction. It is told this once."""
    text = token()
    moment = now()
    SecurityLink.objects.create(
        user=user, act=act, case=case, token_hash=token_hash(text), created_at=moment, expires_at=moment + LINK_LIFETIME
    )
    return f"{settings.PUBLIC_URL.rstrip('/')}{PATH}#{text}"


def find(text: str) -> SecurityLink | None:
    """The unused link of this token, with its user and case."""
    if len(text) != TOKEN_LENGTH:
        return None
    live = SecurityLink.objects.select_related("user", "case")
    return live.filter(token_hash=token_hash(text), used_at__isnull=True, expires_at__gt=now()).first()


def spend(link: SecurityLink) -> bool:
    """Use the link up, in the caller's transaction; False where another request was first."""
    return bool(SecurityLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now()))
