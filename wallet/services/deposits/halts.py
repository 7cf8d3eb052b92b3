"""A network that was halted because its chain contradicted all that we remember, and how it is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Min

from accounts.services import audit
from config.kit.clock import now
from wallet.chains import registry
from wallet.models.coins import Network
from wallet.models.deposits import WatchedBlock, WatcherCursor
from wallet.services.deposits.errors import HeightUnfit, NotHalted
from wallet.services.deposits.reading import give_up_above
from wallet.services.deposits.review import require_officer

if TYPE_CHECKING:
    from accounts.models import User


def resume_watching(*, network: Network, officer: User, reason: str, from_height: int | None = None) -> int:
    """Read a halted network again from this block on; by default from the oldest that is remembered. Gives the block.

    Recording is idempotent: what was credited and is seen again is not credited again, and what is not seen again stays
    contradicted. Raises NotADepositOfficer, ReasonMissing, NotHalted, HeightUnfit, ChainUnavailable.
    """
    reason = require_officer(officer, reason)
    seen = WatcherCursor.objects.filter(network=network).exclude(halted_because="").first()
    if seen is None:
        raise NotHalted(network=network.code)
    if from_height is None:
        from_height = WatchedBlock.objects.filter(network=network).aggregate(oldest=Min("height"))["oldest"] or seen.height
    highest = seen.height + 1
    before = registry.gateway(network.code).block(from_height - 1) if 1 <= from_height <= highest else None
    if before is None:
        raise HeightUnfit(highest=highest)
    with transaction.atomic():
        cursor = WatcherCursor.objects.select_for_update().get(network=network)
        if not cursor.halted_because:
            raise NotHalted(network=network.code)
        halted_because = cursor.halted_because
        give_up_above(network, before.height)
        cursor.height, cursor.block_hash, cursor.read_at, cursor.halted_because = before.height, before.hash, now(), ""
        cursor.save()
        audit.record(
            actor=officer,
            actor_kind="staff",
            act="wallet.watching_resumed",
            subject=f"wallet.network:{network.code}",
            reason=reason,
            facts={"from_height": str(from_height), "halted_because": halted_because},
        )
    return from_height
