"""What an API key may let out of a coin in a day, by withdrawal or transfer, on top of its customer's own limits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum

from apikeys.services import caps
from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.coins import Coin
from wallet.models.transfers import Transfer
from wallet.models.withdrawals import Withdrawal
from wallet.services.limits import DAY_HOURS
from wallet.services.transfers.policy import UNCOUNTED as TRANSFERS_UNCOUNTED
from wallet.services.withdrawals.errors import KeyCapExceeded
from wallet.services.withdrawals.policy import UNCOUNTED as WITHDRAWALS_UNCOUNTED


def require_within(*, api_key_id: str, coin: Coin, amount: Decimal) -> None:
    """Promise that the amount, its fee included, fits into the key's cap, where it has one in this coin.

    The caller holds `limits.lock_allowance`, so that a key's requests in one coin queue up. Raises KeyCapExceeded.
    """
    cap = caps.of(api_key_id=api_key_id, coin=coin.code)
    if cap is None:
        return
    used = _used(api_key_id, coin)
    if used + amount > cap:
        raise KeyCapExceeded(coin=coin.code, maximum=to_text(cap), remaining=to_text(max(cap - used, Decimal(0))))


def _used(api_key_id: str, coin: Coin) -> Decimal:
    lately = Q(api_key_id=api_key_id, created_at__gt=now() - timedelta(hours=DAY_HOURS))
    withdrawals = Withdrawal.objects.filter(lately, ~Q(state__in=WITHDRAWALS_UNCOUNTED), coin_network__coin=coin)
    transfers = Transfer.objects.filter(lately, ~Q(state__in=TRANSFERS_UNCOUNTED), coin=coin)
    withdrawn = withdrawals.aggregate(used=Sum(F("amount") + F("fee")))["used"] or Decimal(0)
    given = transfers.aggregate(used=Sum("amount"))["used"] or Decimal(0)
    return Decimal(withdrawn + given)
