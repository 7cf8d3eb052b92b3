"""kill -9 of the real watcher process at each of its writes: credited exactly once."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from messaging.models import Message
from tests.factories_kyc import level_one
from tests.wallet import processes
from tests.wallet.balances import available, postings_of
from wallet.chains.development.client import DevelopmentChainClient
from wallet.models.coins import CoinNetwork
from wallet.models.deposits import Deposit, DepositState, WatchedBlock, WatcherCursor
from wallet.services.deposits import addresses

pytestmark = [pytest.mark.usefixtures("real_db"), pytest.mark.slow]


@pytest.mark.parametrize(
    "table",
    [
        WatcherCursor._meta.db_table,
        Deposit._meta.db_table,
        "wallet_depositevent",
        WatchedBlock._meta.db_table,
        "wallet_posting",
        "wallet_entry",
        "wallet_ledgeraccount",
        Message._meta.db_table,
    ],
)
def test_a_watcher_killed_at_any_write_credits_exactly_once(chain: DevelopmentChainClient, settings: Any, table: str) -> None:
    customer = level_one()
    issued, _ = addresses.issue(customer=customer, coin="USDT", network="ETHEREUM")
    settings.EVM_SCAN_FROM_HEIGHT = chain.mine()
    environment = {"EVM_RPC_URL": chain.url, "EVM_SCAN_FROM_HEIGHT": str(settings.EVM_SCAN_FROM_HEIGHT)}
    terms = CoinNetwork.objects.get(coin__code="USDT", network__code="ETHEREUM")
    chain.send(coin="USDT", to=issued.address, amount=Decimal(20))
    chain.mine(terms.confirmations)
    with processes.writes_stopped(table):
        processes.kill_at(table, processes.start("run_watcher", "--seconds", "0.05", **environment))
    assert available(customer, "USDT") == 0
    for _ in range(2):
        call_command("run_watcher", "--once")
    assert available(customer, "USDT") == 20
    assert postings_of(customer, "USDT") == 1
    assert Deposit.objects.get().state == DepositState.CREDITED
    assert Message.objects.filter(user=customer, template="deposit_credited").count() == 1


def test_the_watcher_ends_cleanly_when_it_is_told_to(chain: DevelopmentChainClient) -> None:
    process = processes.start("run_watcher", "--seconds", "0.05", EVM_RPC_URL=chain.url)
    try:
        while not WatcherCursor.objects.exists():
            assert process.poll() is None
        process.terminate()
        assert process.wait(timeout=120) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        raise
