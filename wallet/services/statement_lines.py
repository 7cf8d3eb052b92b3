"""A period of a customer's statement, oldest line first: read in steps however long it is, with the balances at both ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Max, QuerySet, Sum

from accounts.models import User
from config.kit.clock import now
from wallet.errors import PeriodInvalid
from wallet.models.ledger import CUSTOMER_KINDS, Entry
from wallet.services import coins
from wallet.services.statement import Statement, StatementLine

DAYS_MAX = 366
DAYS_USUAL = 31
BEFORE_EVERYTHING = date(1970, 1, 1)
LINES_PER_STEP = 1_000


@dataclass(frozen=True)
class AccountSums:
    """What stood in one account at the period's ends."""

    coin: str
    account: str
    opening: Decimal
    closing: Decimal


@dataclass(frozen=True)
class Period:
    """Whole days in UTC, from the first on and with the last, of one customer; in one coin, or in all."""

    customer: User
    first: date
    last: date
    coin: str | None
    made_at: datetime
    until_entry: int
    """The newest entry when it was made: what came later is in none of its parts."""

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)

    def lines(self) -> Iterator[StatementLine]:
        """Its lines, oldest first. LINES_PER_STEP are in memory at once."""
        source = Statement(customer=self.customer, coin=self.coin, since=self.since, until=self.until)
        after = 0
        while step := source.rows(below=None, above=after, limit=LINES_PER_STEP):
            for line in step:
                if line.id > self.until_entry:
                    return
                yield line
            after = step[-1].id

    def count(self) -> int:
        """How many lines it has."""
        return self._entries().filter(posting__created_at__gte=self.since, posting__created_at__lt=self.until).count()

    def sums(self) -> Sequence[AccountSums]:
        """Opening and closing balance of each account that has ever had an entry, in the order of lists."""
        by_account = ("account__coin__position", "account__coin__code", "account__kind")
        opening = self._sums(self.since, by_account)
        closing = self._sums(self.until, by_account)
        return [AccountSums(key[1], key[2], opening.get(key, Decimal(0)), closing[key]) for key in sorted(closing)]

    def _sums(self, before: datetime, by_account: tuple[str, ...]) -> dict[tuple[int, str, str], Decimal]:
        rows = self._entries().filter(posting__created_at__lt=before).order_by().values_list(*by_account)
        return {(position, code, kind): total for position, code, kind, total in rows.annotate(total=Sum("amount"))}

    def _entries(self) -> QuerySet[Entry]:
        rows = Entry.objects.filter(account__owner=self.customer, account__kind__in=CUSTOMER_KINDS, id__lte=self.until_entry)
        return rows if self.coin is None else rows.filter(account__coin__code=self.coin)


def of(customer: User, *, first: date | None = None, last: date | None = None, coin: str | None = None) -> Period:
    """The customer's statement of these days; up to today, and of DAYS_USUAL, where it isn't said.

    Raises PeriodInvalid, UnknownCoin.
    """
    moment = now()
    last = last or moment.date()
    first = first or date.fromordinal(max(1, last.toordinal() - DAYS_USUAL + 1))
    if last < first or (last - first).days >= DAYS_MAX or first > moment.date():
        raise PeriodInvalid(days_max=DAYS_MAX)
    if coin is not None:
        coins.get(coin)
    return Period(customer, first, last, coin, moment, _newest_entry())


def whole(customer: User) -> Period:
    """Everything that ever moved of the customer, in all coins: for a file that is read by programs, however long it is."""
    moment = now()
    return Period(customer, BEFORE_EVERYTHING, moment.date(), None, moment, _newest_entry())


def _newest_entry() -> int:
    return Entry.objects.aggregate(newest=Max("id"))["newest"] or 0
