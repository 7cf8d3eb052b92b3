"""Benchmarks of the ledger: `manage.py bench ledger`, `ledger-batch`, `ledger-hot`."""

from __future__ import annotations

import itertools
import os
import random
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context

import psycopg
from django.core.management import call_command
from django.db import connection

from config.kit.bench import Bench, Setting
from config.kit.clock import now
from wallet.bench_queue import WithdrawalQueue
from wallet.models.ledger import AccountKind, LedgerAccount
from wallet.services import ledger
from wallet.services.ledger import AccountRef, Draft, Leg

ACCOUNTS = 1_000
FUNDS = Decimal(1_000_000)
AMOUNT = Decimal("0.01")
BATCH = 100
_CALL = (
    "SELECT posting_id FROM wallet_post_v1('transfer', 'bench', %s, '\\x00', 'bench', '', NULL, %s::bigint[],"
    " ARRAY[NULL, NULL]::bigint[], ARRAY[NULL, NULL]::text[], ARRAY[NULL, NULL]::text[], ARRAY[-0.01, 0.01]::numeric[])"
)


class LedgerBench(Bench):
    """Our service against a bare connection that calls the same function with everything prepared."""

    reference_name = "function call, bare"
    unit = "transfers per second"
    goal = 0.6

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.accounts: list[int] = []

    def prepare(self) -> None:
        """Customers with money."""
        from accounts.models import RegisterType, User  # the models of another app, when they are loaded

        call_command("load_coins", verbosity=0)
        people = User.objects.bulk_create(
            User(uid=100_000_000 + place, email=f"{place}@bench.invalid", register_type=RegisterType.EMAIL, registered_at=now())
            for place in range(ACCOUNTS)
        )
        drafts = [
            Draft(
                kind="deposit",
                scope="bench",
                key=f"fund {person.pk}",
                legs=(
                    Leg(AccountRef(None, "ETH", AccountKind.EXTERNAL_IN), -FUNDS),
                    Leg(AccountRef(person, "ETH", AccountKind.SPOT_AVAILABLE), FUNDS),
                ),
                actor="bench",
            )
            for person in people
        ]
        ledger.post_batch(drafts)
        self.accounts = list(LedgerAccount.objects.filter(owner__isnull=False).order_by("id").values_list("id", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def reference(self) -> float:
        """The function itself."""
        return self._crowd(_bare)

    def ours(self) -> float:
        """`ledger.post`."""
        return self._crowd(_service)

    def _crowd(self, client: Callable[[list[int], float], int]) -> float:
        """Clients in processes of their own; transfers per second of all of them."""
        connection.close()
        count, seconds = self.setting.clients, self.setting.seconds
        with ProcessPoolExecutor(count, mp_context=get_context("fork")) as pool:
            done = sum(pool.map(client, itertools.repeat(self.accounts, count), itertools.repeat(seconds, count)))
        return done / seconds


class BatchBench(LedgerBench):
    """Batches of a hundred against single calls of the function."""

    goal = 2.5

    def ours(self) -> float:
        """`ledger.post_batch`."""
        return self._crowd(_batches)


class HotBench(LedgerBench):
    """Every transfer pays a fee to one account of the house, against transfers between customers alone."""

    reference_name = "random accounts"
    goal = 0.8

    def reference(self) -> float:
        """Without the hot account, three legs too."""
        return self._crowd(_three_customers)

    def ours(self) -> float:
        """With it."""
        return self._crowd(_fees)


BENCHES: dict[str, type[Bench]] = {
    "ledger": LedgerBench,
    "ledger-batch": BatchBench,
    "ledger-hot": HotBench,
    "withdrawal-queue": WithdrawalQueue,
}


def _until(seconds: float, act: Callable[[str], int]) -> int:
    """Repeat the act, each time with a fresh key, until the time is over; how much it did."""
    run = f"{os.getpid()}-{secrets.token_hex(6)}"
    random.seed(run)
    end, done = time.monotonic() + seconds, 0
    for number in itertools.count():
        if time.monotonic() >= end:
            return done
        done += act(f"{run}-{number}")
    return done


def _bare(accounts: list[int], seconds: float) -> int:
    words = connection.get_connection_params()
    words.pop("cursor_factory", None)
    words.pop("context", None)
    with psycopg.connect(**words, autocommit=True) as bare, psycopg.Cursor(bare) as cursor:

        def act(key: str) -> int:
            cursor.execute(_CALL, (key, random.sample(accounts, 2)), prepare=True)
            return 1

        return _until(seconds, act)


def _service(accounts: list[int], seconds: float) -> int:
    def act(key: str) -> int:
        giver, taker = random.sample(accounts, 2)
        _post(key, Leg(giver, -AMOUNT), Leg(taker, AMOUNT))
        return 1

    return _until(seconds, act)


def _three_customers(accounts: list[int], seconds: float) -> int:
    def act(key: str) -> int:
        giver, taker, third = random.sample(accounts, 3)
        _post(key, Leg(giver, -2 * AMOUNT), Leg(taker, AMOUNT), Leg(third, AMOUNT))
        return 1

    return _until(seconds, act)


def _fees(accounts: list[int], seconds: float) -> int:
    def act(key: str) -> int:
        giver, taker = random.sample(accounts, 2)
        _post(key, Leg(giver, -2 * AMOUNT), Leg(taker, AMOUNT), Leg(AccountRef(None, "ETH", AccountKind.FEE), AMOUNT))
        return 1

    return _until(seconds, act)


def _post(key: str, *legs: Leg) -> None:
    ledger.post(kind="transfer", scope="bench", key=key, legs=legs, actor="bench")


def _batches(accounts: list[int], seconds: float) -> int:
    def act(key: str) -> int:
        drafts = []
        for place in range(BATCH):
            giver, taker = random.sample(accounts, 2)
            legs = (Leg(giver, -AMOUNT), Leg(taker, AMOUNT))
            drafts.append(Draft(kind="transfer", scope="bench", key=f"{key}-{place}", legs=legs, actor="bench"))
        ledger.post_batch(drafts)
        return BATCH

    return _until(seconds, act)
