"""The outbox: a message is a row in the caller's transaction; the bell only says that there is one.

What must be secret (destination, facts, code, phrase) is sealed in the row and never travels through the broker.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

from config.kit.clock import now
from config.kit.crypto import seal, unseal
from messaging.models import Code, Message, MessageState
from messaging.services import destination_indexes
from messaging.services.catalogue import Template, cleaned, language_or_default
from messaging.services.destinations import mask

SILENCE_AFTER_FAILURE_SECONDS = 5.0
"""How long a process does not try the bell again after the broker did not answer: the sweeper finds the rows."""

logger = logging.getLogger(__name__)


@dataclass
class _Bell:
    """What this process knows of the broker. A race between threads costs one more try."""

    silent_until: float = 0.0


bell = _Bell()


@dataclass(frozen=True, repr=False)
class Contents:
    """What a message says and to whom. Never shown in a `repr`."""

    destination: str
    facts: dict[str, str] = field(default_factory=dict)
    code: str = ""
    minutes: int = 0
    phrase: str = ""
    is_test: bool = False


def enqueue(
    *,
    template: Template,
    channel: str,
    contents: Contents,
    language: str,
    user: Any = None,
    code: Code | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Put one message into the outbox, in the caller's transaction, and ring the bell when that commits.

    Raises ValueError where a fact that the template needs is missing.
    """
    moment = now()
    contents = Contents(**asdict(contents) | {"facts": cleaned(template, contents.facts)})
    message = Message(
        user=user,
        code=code,
        channel=channel,
        template=template.name,
        language=language_or_default(language),
        phrase_present=bool(contents.phrase),
        is_test=contents.is_test,
        destination_masked=mask(channel, contents.destination),
        due_at=moment,
        created_at=moment,
        expires_at=expires_at,
    )
    destination_indexes.fill(message, destination_indexes.tag(channel, contents.destination))
    message.sealed = seal(json.dumps(asdict(contents)).encode(), context=_context(message))
    message.save()
    transaction.on_commit(partial(ring, message.pk), robust=True)
    return message


def drop_unsent(code: Code) -> None:
    """Drop the messages that still wait to carry a former code of this row; one on its way now is not tried again."""
    Message.objects.filter(code=code, state=MessageState.HANDED_OVER).update(expires_at=now())
    Message.objects.filter(code=code, state=MessageState.QUEUED).update(state=MessageState.EXPIRED, sealed=None, ended_at=now())


def open_contents(message: Message) -> Contents:
    """What an unsent message says. Raises config.kit.crypto.Unsealable."""
    if message.sealed is None:
        raise ValueError("the message has ended and is wiped")
    return Contents(**json.loads(unseal(bytes(message.sealed), context=_context(message))))


def ring(message_id: int) -> None:
    """Tell the workers of a row. A broker that does not answer is not the caller's trouble."""
    if time.monotonic() < bell.silent_until:
        return
    try:
        current_app.send_task("messaging.deliver", (message_id,), retry=False, ignore_result=True)
    except Exception:
        bell.silent_until = time.monotonic() + SILENCE_AFTER_FAILURE_SECONDS
        logger.warning(
            "The broker can't be told of message %s; the sweeper will find it.",
            message_id,
            exc_info=True,
        )


def _context(message: Message) -> str:
    return f"messaging.message:{message.public_id}"
