"""A message that waits is tried now, instead of at its next turn."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from messaging.errors import MessageEnded
from messaging.models import Message
from messaging.models.messages import OPEN_STATES, MessageState
from messaging.services import outbox


def urge(*, public_id: Any) -> Message:
    """Let a waiting message be tried now. One whose worker holds it is left to that worker.

    Raises Absent, MessageEnded (its contents are gone: a code is asked for anew, a notice stands in the inbox).
    """
    with transaction.atomic():
        number = read_public_id(public_id)
        rows = Message.objects.select_for_update()
        message = None if number is None else rows.filter(public_id=number).first()
        if message is None:
            raise Absent(thing="message")
        if message.state not in OPEN_STATES:
            raise MessageEnded(state=message.state)
        if message.state == MessageState.QUEUED:
            message.due_at = now()
            message.save(update_fields=["due_at"])
        transaction.on_commit(partial(outbox.ring, message.pk), robust=True)
    return message
