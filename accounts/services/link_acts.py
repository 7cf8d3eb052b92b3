"""What the links of security mails do: looking tells, pressing acts, once."""

from __future__ import annotations

import re

from django.db import transaction

from accounts.errors import LinkExpired, LinkInvalid, LinkSpent
from accounts.models import SecurityLink, User
from accounts.models.recovery import LinkAct
from accounts.services import freezing, recovery_ends
from accounts.services.clients import Client
from config.kit.clock import now
from config.kit.crypto import token_hash

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def read(text: str) -> SecurityLink:
    """The link of this token, with its user and case, if it can be used. Raises LinkInvalid, LinkSpent, LinkExpired."""
    rows = SecurityLink.objects.select_related("user", "case")
    found = rows.filter(token_hash=token_hash(text)).first() if TOKEN.fullmatch(text) else None
    if found is None:
        raise LinkInvalid
    if found.used_at is not None:
        raise LinkSpent
    if found.expires_at <= now():
        raise LinkExpired
    return found


def press(text: str, *, client: Client) -> SecurityLink:
    """Do what the link is for, once; of many presses at the same time one does it.

    Raises LinkInvalid, LinkSpent, LinkExpired, IllegalMove (the recovery case has ended), AccountStopped; nothing is
    changed then, and the link is as it was.
    """
    link = read(text)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=link.user_id)
        if not SecurityLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now()):
            raise LinkSpent
        if link.act == LinkAct.FREEZE:
            freezing.freeze(user=link.user, client=client)
        elif link.case is not None:
            recovery_ends.cancel(case=link.case, client=client)
    return link
