"""What a customer has, and what a house account holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import DecimalField, F, FilteredRelation, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.errors import UnknownCoin
from wallet.models.coins import Coin
from wallet.models.ledger import AccountKind, LedgerAccount, PendingEntry

if TYPE_CHECKING:
    from accounts.models import User

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """A customer's money in one coin, in the coin's own unit."""

    coin: str
    available: Decimal
    held: Decimal
    futures_available: Decimal = ZERO
    futures_held: Decimal = ZERO

    @property
    def spot(self) -> Decimal:
        """All of the spot wallet."""
        return self.available + self.held

    @property
    def total(self) -> Decimal:
        """All of it."""
        return self.available + self.held + self.futures_available + self.futures_held


def of_customer(customer: User, *, coin: str | None = None) -> Sequence[Balance]:
    """The balance in every enabled coin, zeros included, in the order of lists; of one coin where it is named.

    One query. Raises UnknownCoin.
    """
    found = _with_sums(Coin.objects.filter(is_enabled=True), customer)
    if coin is not None:
        found = found.filter(code=coin)
    rows = [_balance(row) for row in found.order_by("position", "code")]
    if coin is not None and not rows:
        raise UnknownCoin(coin=coin)
    return rows


def of_coin(customer: User, coin: Coin) -> Balance:
    """The balance in one coin. One query."""
    return _balance(_with_sums(Coin.objects.filter(pk=coin.pk), customer).get())


def of_house(coin: str, kind: AccountKind) -> Decimal:
    """The balance of a house account: what is stored and what waits to be folded in, in one snapshot. One query."""
    waiting = (
        PendingEntry.objects.filter(account__owner__isnull=True, account__coin__code=coin, account__kind=kind)
        .order_by()
        .values("account_id")
        .annotate(waiting=Sum("amount"))
        .values("waiting")
    )
    found = (
        LedgerAccount.objects.filter(owner__isnull=True, coin__code=coin, kind=kind)
        .annotate(whole=F("balance") + Coalesce(waiting, _zero(), output_field=_zero().output_field))
        .values_list("whole", flat=True)
        .first()
    )
    return ZERO if found is None else found


def _with_sums(coins: QuerySet[Coin], customer: User) -> QuerySet[Coin]:
    owned = FilteredRelation("accounts", condition=Q(accounts__owner=customer))
    return coins.annotate(own=owned).annotate(
        **{
            f"of_{kind}": Coalesce(Sum("own__balance", filter=Q(own__kind=kind)), _zero())
            for kind in (
                AccountKind.SPOT_AVAILABLE,
                AccountKind.SPOT_HELD,
                AccountKind.FUTURES_AVAILABLE,
                AccountKind.FUTURES_HELD,
            )
        }
    )


def _balance(row: Coin) -> Balance:
    return Balance(
        coin=row.code,
        available=row.of_spot_available,  # type: ignore[attr-defined]  # annotated in _with_sums
        held=row.of_spot_held,  # type: ignore[attr-defined]  # annotated in _with_sums
        futures_available=row.of_futures_available,  # type: ignore[attr-defined]  # annotated in _with_sums
        futures_held=row.of_futures_held,  # type: ignore[attr-defined]  # annotated in _with_sums
    )


def _zero() -> Value:
    return Value(ZERO, output_field=DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES))
