"""Stopping a coin's withdrawals when its books don't hold, and letting them go on."""

from __future__ import annotations

from django.db import transaction

from accounts.services import audit
from wallet.models.coins import REASON_CHARACTERS_MAX, Coin
from wallet.services import coins
from wallet.services.outflow import stopping
from wallet.services.withdrawals.errors import ReasonMissing


@transaction.atomic
def stop(code: str, *, reason: str) -> bool:
    """Let nothing more leave in this coin; whether that is new. The first reason stays until an operator clears it.

    Waits for what is passing a gate; once it has answered and is committed, nothing passes that had not passed before.
    """
    open_coin = Coin.objects.filter(code=code, withdrawals_stopped_because="")
    if not open_coin.update(withdrawals_stopped_because=reason[:REASON_CHARACTERS_MAX]):
        return False
    audit.record(
        actor=None, actor_kind="system", act="wallet.withdrawals_stopped", subject=f"wallet.coin:{code}", reason=reason
    )
    stopping.lock()
    return True


@transaction.atomic
def resume(code: str, *, by: str, reason: str) -> bool:
    """Undo `stop`; whether it was stopped. Raises ReasonMissing, UnknownCoin."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_CHARACTERS_MAX:
        raise ReasonMissing(characters_max=REASON_CHARACTERS_MAX)
    coins.get(code)
    stopped = Coin.objects.filter(code=code).exclude(withdrawals_stopped_because="")
    if not stopped.update(withdrawals_stopped_because=""):
        return False
    audit.record(
        actor=None,
        actor_kind="operator",
        act="wallet.withdrawals_resumed",
        subject=f"wallet.coin:{code}",
        reason=reason,
        facts={"by": by},
    )
    return True


def standing() -> dict[str, str]:
    """The coins that are stopped, each with the reason."""
    stopped = Coin.objects.exclude(withdrawals_stopped_because="").order_by("code")
    return dict(stopped.values_list("code", "withdrawals_stopped_because"))
