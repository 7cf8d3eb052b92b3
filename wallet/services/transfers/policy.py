"""Standing questions about a transfer: may it go on, how many officers, how much is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, Sum

from accounts.models import Status, User
from accounts.services import holds
from config.kit.clock import now
from kyc.services import entitlements
from wallet.models.coins import Coin
from wallet.models.transfer_limits import TransferLimit, TransferPolicy
from wallet.models.transfers import Transfer, TransferState
from wallet.services import limits, standing
from wallet.services.deposits import contradictions
from wallet.services.transfers.errors import TransferHeld, TransferLimitUnset

UNCOUNTED = (TransferState.CANCELLED, TransferState.EXPIRED, TransferState.REJECTED)
"""Transfers that gave nothing and so use up no limit."""


def is_open(coin: Coin) -> bool:
    """Whether money may change hands in this coin now. What an audit stops from leaving doesn't change hands either."""
    return coin.is_enabled and not coin.withdrawals_stopped_because


def can_receive(customer: User) -> bool:
    """Whether the customer's account takes transfers now: in good standing, verified to receive, nobody's sub-account."""
    is_somebody = customer.parent_id is None and not customer.is_staff and customer.status == Status.NORMAL
    return is_somebody and entitlements.allowed(customer)[entitlements.Act.DEPOSIT]


def held_because(transfer: Transfer) -> str:
    """Why an account or the coin stops this transfer now, or nothing. Much may have changed since it was asked for."""
    sender = transfer.sender
    if because := standing.stopped_because(sender, since=transfer.created_at):
        return because
    if because := standing.lost_level_because(sender, entitlements.Act.INSIDE_TRANSFER, words="transfers"):
        return because
    if entitlements.fell_since(sender, transfer.created_at) and not _fits_level(transfer):
        return "it is more than the customer's identity level lets out any more"
    if holds.active(sender):
        return "a security hold runs"
    if contradictions.undecided(sender).exists():
        return "a credited deposit of the customer has left the chain; an officer must decide about it first"
    if not is_open(transfer.coin):
        return f"transfers of {transfer.coin.code} are closed"
    return "" if can_receive(transfer.receiver) else "the receiver can't take transfers now"


def require_not_held(transfer: Transfer) -> None:
    """Promise that nothing stops this locked transfer, until the transaction ends: sender and receiver stay as they are.

    Raises TransferHeld.
    """
    transfer.sender, transfer.receiver = standing.lock(transfer.sender, transfer.receiver)
    if because := held_because(transfer):
        raise TransferHeld(because=because)


def _fits_level(transfer: Transfer) -> bool:
    """Whether it could be asked for on the level of now, beside what the customer had asked for before it."""
    sender, coin = transfer.sender, transfer.coin
    set_now = _limits(coin, entitlements.level_of(sender))
    return limits.fit(set_now, used=lambda hours: used(sender, coin, hours=hours, up_to=transfer))


def _limits(coin: Coin, level: int) -> list[TransferLimit]:
    return list(TransferLimit.objects.filter(level=level, coin=coin).order_by("window_hours"))


def officers_needed(transfer: Transfer, *, is_flagged: bool) -> int:
    """How many officers must approve: two from the coin's threshold, for any flag, and where nothing is set.

    None at all for an amount within `automatic_up_to`, unflagged.
    """
    return limits.officers_needed(
        TransferPolicy.objects.filter(coin_id=transfer.coin_id).first(),
        amount=transfer.amount,
        is_flagged=is_flagged,
        may_be_automatic=True,
    )


def require_within_limits(*, customer: User, coin: Coin, amount: Decimal) -> None:
    """Promise that the amount fits into every limit of the customer's level. The caller holds `limits.lock_allowance`.

    Without a limit over 24 hours nothing may be given. Raises TransferLimitUnset, LimitExceeded.
    """
    level = entitlements.level_of(customer)
    limits.require_within(
        _limits(coin, level),
        coin=coin,
        level=level,
        amount=amount,
        used=lambda hours: used(customer, coin, hours=hours),
        unset=TransferLimitUnset(coin=coin.code, level=level),
    )


def used(customer: User, coin: Coin, *, hours: int, up_to: Transfer | None = None) -> Decimal:
    """What was given or may still be given by requests of the last `hours`.

    With `up_to` it is of the hours before that request, and with it: what came later does not count against it.
    """
    since = (up_to.created_at if up_to else now()) - timedelta(hours=hours)
    rows = Transfer.objects.filter(~Q(state__in=UNCOUNTED), sender=customer, coin=coin, created_at__gt=since)
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to.pk)
    return rows.aggregate(used=Sum("amount"))["used"] or Decimal(0)
