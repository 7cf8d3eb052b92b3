"""What an API key may withdraw of a coin in a day, on top of its customer's own limits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum

from apikeys.services import caps
from config.kit.clock import now
from config.kit.money import to_text
from wallet.models.coins import Coin
from wallet.models.withdrawals import Withdrawal
from wallet.services.limits import DAY_HOURS
from wallet.services.withdrawals.errors import KeyCapExceeded
from wallet.services.withdrawals.policy import UNCOUNTED


def require_within(*, api_key_id: str, coin: Coin, amount: Decimal) -> None:
    """Promise that the amount, its fee included, fits into the key's cap, where it has one in this coin.

    The caller holds `limits.lock_allowance`, so that a key's requests in one coin queue up. Raises KeyCapExceeded.
    """
    cap = caps.of(api_key_id=api_key_id, coin=coin.code)
    if cap is None:
        return
    since = now() - timedelta(hours=DAY_HOURS)
    rows = Withdrawal.objects.filter(
        ~Q(state__in=UNCOUNTED), api_key_id=api_key_id, coin_network__coin=coin, created_at__gt=since
    )
    used = rows.aggregate(used=Sum(F("amount") + F("fee")))["used"] or Decimal(0)
    if used + amount > cap:
        raise KeyCapExceeded(coin=coin.code, maximum=to_text(cap), remaining=to_text(max(cap - used, Decimal(0))))
