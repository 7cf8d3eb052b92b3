"""Forgetting where a customer's messages went and what they said; that they were sent stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from config.kit.clock import now
from messaging.models import Channel, Message, MessageState, MessageTry, Notice
from messaging.models.messages import OPEN_STATES
from messaging.services import destination_indexes

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.db.models import QuerySet

ERASED = "erased"
"""What stands for a destination that is gone."""


def forget(user: AbstractBaseUser) -> None:
    """Wipe destinations and texts of everything ever sent to the customer, in the caller's transaction.

    That is also what went to the same destinations before the customer was one: the code of a registration names nobody.
    Messages that still wait are not sent: a sealed text that is gone can't be. Each destination gets a tag drawn at random.
    What providers said of each try goes, too: it may quote the address, or lead to it. The contacts must still stand.
    """
    own = Q(user_id=user.pk)
    indexes = hashes_of(type(user)._default_manager.filter(pk=user.pk))  # noqa: SLF001  # Django's documented way
    rows: Any = Message.objects.filter(own | Q(destination_indexes.holding(indexes), user_id=None))
    rows.filter(state__in=OPEN_STATES).update(state=MessageState.FAILED, sealed=None, ended_at=now())
    found = list(rows.only("pk", "public_id"))
    MessageTry.objects.filter(message__in=[row.pk for row in found]).update(reference="", error="")
    gone = {"destination_masked": ERASED, "provider_reference": "", "last_error": ERASED}
    for row in found:
        Message.objects.filter(pk=row.pk).update(**gone, **destination_indexes.columns(row, destination_indexes.drawn()))
    Notice.objects.filter(user_id=user.pk).delete()


def hashes_of(users: QuerySet[Any]) -> dict[str, list[bytes]]:
    """Column → the indexes under which messages to these users are found, now and where they were reached before."""
    contacts = [(Channel.EMAIL, user.email) for user in users] + [(Channel.SMS, user.phone) for user in users]
    found = destination_indexes.values(destination_indexes.tag(channel, to) for channel, to in contacts if to)
    sent = Message.objects.filter(user_id__in=users.values("pk")).order_by()
    return {
        name: sorted({*indexes, *(bytes(one) for one in sent.values_list(name, flat=True).distinct() if one is not None)})
        for name, indexes in found.items()
    }
