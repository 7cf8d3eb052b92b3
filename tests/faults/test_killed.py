"""SIGKILL to web, worker and signer in the middle of the story: nothing is lost and nothing done twice.

`FAULT_CUSTOMERS=20` makes it longer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from tests.faults.product import Product

CUSTOMERS = int(os.environ.get("FAULT_CUSTOMERS", "1"))


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("product"))
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.stop()


@pytest.mark.slow
def test_killing_web_worker_and_signer_in_the_middle_loses_and_doubles_nothing(product):
    told = product.manage("demo", "--customers", str(CUSTOMERS), "--json", "--soak", seconds=1800 + 120 * CUSTOMERS)
    assert told.stdout, told.stderr + product.told()
    report = json.loads(told.stdout)
    assert report["failures"] == [], product.told()
    assert report["checks"]["audit_ledger"]["ok"], report["checks"]
    assert report["checks"]["verify_audit"]["ok"], report["checks"]
    assert (told.returncode, report["ok"], report["finished"]) == (0, True, CUSTOMERS)
    assert all(report["kills"][name] >= 1 for name in ("web", "worker", "signer")), report["kills"]
    hot_wallet = product.published()["EVM_HOT_WALLET_ADDRESS"]
    sent = int(product.ask_chain("eth_getTransactionCount", hot_wallet, "latest"), 16)
    assert sent == 2 * CUSTOMERS  # one transaction for each withdrawal: none lost, none twice, no nonce left out
