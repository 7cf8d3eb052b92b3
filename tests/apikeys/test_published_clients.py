"""Clients that others published for the documented contracts, pointed at a running server.

bitunix is a development dependency. ccxt pins its own dependencies so tightly that it has an environment of its own
(`make clients`, requirements/clients.lock); `make check` makes it, and a run without it leaves the test out.
"""

from __future__ import annotations

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bitunix import BitunixClient

from accounts.models import User
from apikeys.models import Scheme
from tests.apikeys import people
from tests.apikeys.test_foreign_requests import issue
from tests.factories_wallet import fund

CLIENTS = Path(__file__).resolve().parents[2] / "var" / "clients" / "bin" / "python"
BY_CCXT = """
import json, os, ccxt
url = os.environ["API_URL"]
told = {"apiKey": os.environ["API_KEY"], "secret": os.environ["API_SECRET"], "urls": {"api": {"public": url, "private": url}}}
client = ccxt.btse(told)
rows = client.privateGetSpotApiV32UserWallet()
try:
    ccxt.btse({**told, "secret": "0" * 64}).privateGetSpotApiV32UserWallet()
    refused = ""
except ccxt.AuthenticationError as refusal:
    refused = str(refusal)
try:
    client.privateGetSpotApiV33UserWalletAddress({"currency": "ETH"})
    absent = ""
except ccxt.BaseError as refusal:
    absent = type(refusal).__name__
print(json.dumps({"rows": rows, "refused": refused, "absent": absent}))
"""


@pytest.fixture
def ada(real_db: None) -> User:
    user = people.customer()
    fund(user, "1.5")
    return user


def test_bitunix_reads_its_balances(live_server: Any, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BitunixClient, "BASE_URL", live_server.url)
    monkeypatch.setenv("no_proxy", "*")
    issued = issue(ada, Scheme.SPOT)
    told = BitunixClient(issued.api_key.key, issued.secret).get_account_balance()
    assert (told["code"], told["success"]) == ("0", True)
    assert {row["coin"]: row for row in told["data"]}["ETH"] == {"coin": "ETH", "balance": 1.5, "balanceLocked": 0}
    wrong = BitunixClient(issued.api_key.key, "0" * 64).get_account_balance()
    assert (wrong["code"], wrong["success"]) == ("100005", False)


def test_bitunix_reads_coins_and_rates_and_posts_what_it_signs(
    live_server: Any, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BitunixClient, "BASE_URL", live_server.url)
    monkeypatch.setenv("no_proxy", "*")
    issued = issue(ada, Scheme.SPOT)
    client = BitunixClient(issued.api_key.key, issued.secret)
    coins = client.get_token_data()
    assert (coins["code"], coins["success"]) == ("0", True)
    (usdt,) = [row for row in coins["data"] if row["name"] == "USDT"]
    assert {"Ethereum (ERC-20)", "Tron (TRC-20)"} <= {row["network"] for row in usdt["networks"]}
    rates = client.get_rate_data()
    assert (rates["code"], rates["data"]) == ("0", [])
    page = client._post_authenticated("/api/spot/v1/withdraw_transfer/page", {"limit": 10, "coin": "名"})
    assert (page["code"], page["data"]) == ("0", [])
    cancelled = client._post_authenticated("/api/spot/v1/withdraw/cancel", {"withdrawId": "1909879608889339906"})
    assert (cancelled["code"], cancelled["data"], cancelled["success"]) == ("2", None, False)


@pytest.mark.skipif(not CLIENTS.exists(), reason="ccxt is not installed: make clients")
def test_ccxt_reads_its_wallet_and_knows_a_refusal(live_server: Any, ada: User) -> None:
    issued = issue(ada, Scheme.BTSE)
    environment = {
        "PATH": os.environ["PATH"], "API_URL": live_server.url, "API_KEY": issued.api_key.key, "API_SECRET": issued.secret,
        "no_proxy": "*",
    }  # fmt: skip
    done = subprocess.run(
        [str(CLIENTS), "-c", BY_CCXT], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout)
    rows = {row["currency"]: row for row in told["rows"]}
    assert {name: Decimal(str(rows["ETH"][name])) for name in ("total", "available")} == dict.fromkeys(
        ("total", "available"), Decimal("1.5")
    )
    assert '"code": 10002' in told["refused"] or '"code":10002' in told["refused"]
    assert told["absent"]
