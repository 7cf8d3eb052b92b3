"""`manage.py bench withdrawal-queue`: the queue of withdrawals, and the first page of the desk, among a million of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from tqdm import tqdm

from accounts.models import RegisterType, User
from config.kit import gauges
from config.kit.bench import Comparison
from config.kit.bench_pages import measured, multiply
from config.kit.clock import now
from wallet.models.coins import CoinNetwork
from wallet.models.desk_claims import DeskClaim
from wallet.models.withdrawals import Withdrawal
from wallet.services import alarms, coins, desk_claims, desk_queues, overview
from wallet.services.withdrawals import queue, review
from wallet.services.withdrawals.queue import Filters, Queue

CUSTOMERS = 100_000
WITHDRAWALS = 1_000_000
CLAIMED = 40
MOVES = (
    # From, to, of which rows: as the Flow allows it, so that the guards stay on.
    ("verification", "cancelled", "mod(id, 20) < 16"),
    ("verification", "expired", "mod(id, 20) = 16"),
    ("verification", "review", "mod(id, 20) IN (17, 18)"),
    ("review", "rejected", "mod(id, 200) > 60"),
    ("review", "second_review", "mod(id, 10) = 8"),
    ("second_review", "approved", "mod(id, 400) = 38"),
    ("approved", "signing", "mod(id, 800) = 38"),
    ("signing", "broadcast", "mod(id, 1600) = 38"),
    ("broadcast", "unknown", "mod(id, 3200) = 38"),
)
FAR_SHARE = 0.5


class WithdrawalQueue(Comparison):
    """A page of the queue by filter, the first one and one far in; and what the desk's first page reads."""

    def prepare(self) -> None:
        """Customers and withdrawals, written by the database itself and moved as the Flow allows."""
        call_command("createcachetable", verbosity=0)
        call_command("load_coins", verbosity=0)
        self._officer: User = User.objects.create(
            uid=100_000_000, email="officer@bench.example", register_type=RegisterType.EMAIL, registered_at=now()
        )
        changed = {"uid": "100000000 + n", "email": "'c' || n || '@bench.example'"}
        multiply(User, self._officer.pk, CUSTOMERS, changed, said="customers")
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # what fills a million rows is no request
        self._withdrawals()
        self._move()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("RESET statement_timeout")

    def doors(self) -> dict[str, dict[str, Callable[[int], None]]]:
        """By filter: the first page and one far in. Refuses to measure a page that takes too many queries."""
        some = Withdrawal.objects.order_by("id")[WITHDRAWALS // 2]
        asked = {
            **{queue.TITLES[one].lower(): Filters(queue=one) for one in Queue},
            "to decide, ether": Filters(coin="ETH"),
            "to decide, flagged": Filters(flagged=True),
            "all, rejected": Filters(queue=Queue.ALL, state="rejected"),
            "search, uid": Filters(queue=Queue.ALL, search=str(some.customer.uid)),
            "search, id": Filters(queue=Queue.ALL, search=str(some.public_id)),
            "search, address": Filters(queue=Queue.ALL, search=some.address),
            "search, nothing": Filters(queue=Queue.ALL, search="0x" + "0" * 64),
        }
        self._found: dict[str, dict[str, dict[str, float]]] = {}
        doors = {name: self._pages(name, filters) for name, filters in asked.items()}
        home: dict[str, Callable[[int], None]] = {"first page": self._home}
        self._found["the desk's first page"] = {"first page": measured("the desk's first page", self._home, queries_max=None)}
        return doors | {"the desk's first page": home}

    def facts(self) -> dict[str, dict[str, dict[str, float]]]:
        """Queries and milliseconds of SQL of each page."""
        return self._found

    def _pages(self, door: str, filters: Filters) -> dict[str, Callable[[int], None]]:
        far = int(WITHDRAWALS * FAR_SHARE)
        pages: dict[str, Callable[[int], None]] = {
            kind: partial(self._page, filters, after) for kind, after in (("first page", None), ("far page", far))
        }
        self._found[door] = {kind: measured(f"{door}, {kind}", page) for kind, page in pages.items()}
        return pages

    def _page(self, filters: Filters, after: int | None, _: int) -> None:
        """What the page reads of it."""
        page = desk_queues.paged(queue.rows(filters), filters.queue, after=after)
        desk_claims.among([f"{review.CLAIM}:{row.public_id}" for row in page.rows])
        queue.counts()
        coins.withdrawable_codes()

    def _home(self, _: int) -> None:
        """What the first page reads of withdrawals when nobody has looked for a while."""
        cache.clear()
        for name in ("withdrawals", "withdrawals_oldest_seconds"):
            gauges.registered_as(f"quaestor_{name}").read()
        overview.withdrawals_by_hour()
        overview.rules_that_spoke()
        overview.proof()
        alarms.open_ones()

    def _withdrawals(self) -> None:
        first = User.objects.exclude(pk=self._officer.pk).earliest("id").pk
        network = CoinNetwork.objects.filter(coin__code="ETH").earliest("id")
        model = Withdrawal.objects.create(
            customer_id=first, coin_network=network, address="0x0", amount=1, fee=0,
            payload_hash=b"0" * 32, fingerprint=b"0" * 32, expires_at=now(),
        )  # fmt: skip
        others = list(CoinNetwork.objects.order_by("id").values_list("id", flat=True))
        moment = "now() - (1000000 - n) * interval '3 seconds'"
        changed = {
            "public_id": "3000000000000000 + n",
            "customer_id": f"{first} + mod(n * 7, {CUSTOMERS})",
            "coin_network_id": f"(ARRAY{others})[1 + mod(n, {len(others)})]",
            "address": "'0x' || md5(n::text) || '00000000'",
            "is_flagged": "mod(n, 50) = 7",
            "created_at": moment,
            "state_since": moment,
        }
        multiply(Withdrawal, model.pk, WITHDRAWALS - 1, changed, said="withdrawals")

    def _move(self) -> None:
        ended = "('cancelled', 'expired', 'rejected')"
        with connection.cursor() as cursor:
            for before, after, which in tqdm(MOVES, desc="moves", disable=None):
                cursor.execute(
                    "UPDATE wallet_withdrawal SET state = %s,"  # noqa: S608  # our own words, no input
                    f" finished_at = CASE WHEN %s IN {ended} THEN state_since END WHERE state = %s AND {which}",
                    [after, after, before],
                )
        for row in queue.rows(Filters())[:CLAIMED]:
            claims = {"subject": f"{review.CLAIM}:{row.public_id}", "until": now().replace(year=2999)}
            DeskClaim.objects.create(officer=self._officer, **claims)
