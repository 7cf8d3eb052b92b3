"""The customers' inbox: every notice is kept as facts, and written out in whichever language it is read in.

What acts (the link that freezes the account) is in the mail only: an inbox is open to whoever holds a session.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.template import TemplateDoesNotExist

from config.kit.clock import now
from config.kit.crypto import Unsealable, seal, unseal
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from config.kit.paging import QuerySetSource
from messaging.models import Notice
from messaging.services import rendering
from messaging.services.catalogue import Template, cleaned, language_or_default

ACTING_FACTS: Final = frozenset({"link"})
"""Facts by which whoever reads them can do something. They are not kept."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class Reading:
    """One notice as its owner reads it."""

    id: int
    public_id: int
    template: str
    title: str
    text: str
    created_at: datetime
    read_at: datetime | None


def keep(*, user: Any, template: Template, facts: Mapping[str, str]) -> Notice:
    """Put the notice into the customer's inbox, in the caller's transaction. Raises ValueError where a fact is missing."""
    notice = Notice(user=user, template=template.name, created_at=now())
    kept = {name: value for name, value in cleaned(template, dict(facts)).items() if name not in ACTING_FACTS}
    notice.sealed = seal(json.dumps(kept).encode(), context=_context(notice))
    notice.save(force_insert=True)
    return notice


def unread_count(user: Any) -> int:
    """How many notices the customer has not read."""
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


@dataclass(frozen=True)
class Inbox:
    """A customer's notices in one language, as a source of pages."""

    user: Any
    language: str
    unread: bool | None = None

    def rows(self, *, below: int | None, above: int | None, limit: int) -> Sequence[Reading]:
        """See config.kit.paging.Source."""
        mine: QuerySet[Notice] = Notice.objects.filter(user=self.user)
        if self.unread is not None:
            mine = mine.filter(read_at__isnull=self.unread)
        found = QuerySetSource(mine, "id").rows(below=below, above=above, limit=limit)
        return [read(notice, language=self.language) for notice in found]

    def position(self, row: Reading) -> int:
        """See config.kit.paging.Source."""
        return row.id


def find(*, user: Any, public_id: str, language: str) -> Reading:
    """One notice of the customer's. Raises Absent, for another's as for none."""
    return read(_own(user, public_id), language=language)


def mark(*, user: Any, public_id: str, read_now: bool, language: str) -> Reading:
    """Mark a notice as read, or as unread again; what was read before keeps its time. Raises Absent."""
    notice = _own(user, public_id)
    if read_now:
        Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=now())
    else:
        Notice.objects.filter(pk=notice.pk).update(read_at=None)
    notice.refresh_from_db(fields=["read_at"])
    return read(notice, language=language)


def mark_all(*, user: Any) -> int:
    """Mark all of the customer's notices as read. Says how many were not."""
    return Notice.objects.filter(user=user, read_at__isnull=True).update(read_at=now())


def read(notice: Notice, *, language: str) -> Reading:
    """The notice in that language. One that can't be written out any more has neither title nor text, and stays listed."""
    title = text = ""
    try:
        facts = json.loads(unseal(bytes(notice.sealed), context=_context(notice)))
        title, text = rendering.render_notice(notice.template, language_or_default(language), facts)
    except (Unsealable, TemplateDoesNotExist) as trouble:
        logger.error("The notice %s can't be read: %s", notice.public_id, type(trouble).__name__)  # noqa: TRY400  # its words may hold facts
    return Reading(
        id=notice.pk,
        public_id=notice.public_id,
        template=notice.template,
        title=title,
        text=text,
        created_at=notice.created_at,
        read_at=notice.read_at,
    )


def _own(user: Any, public_id: str) -> Notice:
    number = read_public_id(public_id)
    found = Notice.objects.filter(user=user, public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="notice")
    return found


def _context(notice: Notice) -> str:
    return f"messaging.notice:{notice.public_id}"
