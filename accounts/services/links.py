"""Links in security mails by which an owner stops a thief without signing in.

The token stands behind the `#` of the address, which browsers keep to themselves: it is in no access log and no
Referer, and a mail scanner that opens the address does nothing by it. What a link does stands in `link_acts`.
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


def draw(*, user: User, act: LinkAct, case: RecoveryCase | None = None) -> str:
    """The address of a new link of the user's, in the caller's transaction. It is told this once."""
    text = token()
    moment = now()
    SecurityLink.objects.create(
        user=user, act=act, case=case, token_hash=token_hash(text), created_at=moment, expires_at=moment + LINK_LIFETIME
    )
    return f"{settings.PUBLIC_URL.rstrip('/')}{PATH}#{text}"
