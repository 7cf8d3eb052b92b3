"""The statement: every entry of a customer's accounts, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from wallet.models.ledger import CUSTOMER_KINDS, Entry
from wallet.services import coins, counterparties

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry as its customer sees it; `amount` is signed."""

    id: int
    posting_id: int
    coin: str
    account: str
    kind: str
    amount: Decimal
    created_at: datetime
    counterparty: str = ""
    """The customer on the other side, where there is one, as the reader may know them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's lines as an ordered source of pages. Each page is a few queries, however many lines there are."""

    customer: User
    coin: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def rows(self, *, below: int | None, above: int | None, limit: int) -> Sequence[StatementLine]:
        """At most `limit` lines next to the bound: older than `below`, newest first; or newer than `above`, oldest first."""
        found = Entry.objects.filter(account__owner=self.customer, account__kind__in=CUSTOMER_KINDS)
        if self.coin is not None:
            found = found.filter(account__coin__code=self.coin)
        if self.kind is not None:
            found = found.filter(posting__kind=self.kind)
        if self.since is not None:
            found = found.filter(posting__created_at__gte=self.since)
        if self.until is not None:
            found = found.filter(posting__created_at__lt=self.until)
        if above is not None:
            found = found.filter(id__gt=above).order_by("id")
        elif below is not None:
            found = found.filter(id__lt=below).order_by("-id")
        else:
            found = found.order_by("-id")
        values = found.values_list(
            "id", "posting_id", "account__coin__code", "account__kind", "posting__kind", "amount", "posting__created_at"
        )
        lines = [StatementLine(*row) for row in values[:limit]]
        others = counterparties.of_lines(self.customer, {line.posting_id: line.kind for line in lines})
        return [replace(line, counterparty=others.get(line.posting_id, "")) for line in lines]

    def position(self, row: StatementLine) -> int:
        """The entry's id."""
        return row.id


def of_customer(customer: User, *, coin: str | None = None, kind: str | None = None) -> Statement:
    """The customer's statement, narrowed to a coin or a kind of posting. Raises UnknownCoin."""
    if coin is not None:
        coins.get(coin)
    return Statement(customer=customer, coin=coin, kind=kind)
