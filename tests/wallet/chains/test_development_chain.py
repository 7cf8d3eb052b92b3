"""The development chain: the same after a kill, honest about reorganisations, closed in production."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.wallet.chain_process import ETH, ROOT, USDT, ChainProcess
from wallet.chains.development import genesis
from wallet.chains.development.client import ChainCallFailed, DevelopmentChainClient

SOMEBODY = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
SOMEBODY_ELSE = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"


@pytest.fixture
def own_chain(tmp_path: Path) -> Iterator[ChainProcess]:
    """A chain of this test alone."""
    running = ChainProcess(tmp_path)
    yield running
    if running.process is not None and running.process.poll() is None:
        running.kill()


def picture(client: DevelopmentChainClient) -> list[dict[str, object]]:
    """Every block with its transactions."""
    full = True
    return [client.call("eth_getBlockByNumber", hex(height), full) for height in range(client.height() + 1)]


def test_a_killed_chain_comes_back_with_every_block_the_same(own_chain: ChainProcess) -> None:
    for round_ in range(3):
        own_chain.client.send(coin="ETH", to=SOMEBODY, amount=Decimal("1.5"))
        sent = own_chain.client.send(coin="USDT", to=SOMEBODY, amount=Decimal(20))
        own_chain.client.mine(2)
        own_chain.client.reorganise(depth=3, dropped=[sent] if round_ == 1 else [])
        before = picture(own_chain.client)
        own_chain.kill()
        own_chain.start()
        assert picture(own_chain.client) == before
    gateway = own_chain.gateway()
    assert gateway.balance(SOMEBODY, asset=ETH) == Decimal("4.5")
    assert gateway.balance(SOMEBODY, asset=USDT) == Decimal(40)


def test_a_torn_last_line_of_the_journal_is_cut_off(own_chain: ChainProcess) -> None:
    own_chain.client.send(coin="ETH", to=SOMEBODY, amount=Decimal(1))
    before = picture(own_chain.client)
    own_chain.kill()
    with (own_chain.directory / "blocks.jsonl").open("ab") as journal:
        journal.write(b'{"at":1767225700,"raw":["02f8')
    own_chain.start()
    assert picture(own_chain.client) == before
    own_chain.client.mine()
    own_chain.kill()
    own_chain.start()
    assert own_chain.client.height() == len(before)


def test_it_stops_cleanly_when_it_is_told_to(own_chain: ChainProcess) -> None:
    own_chain.client.arm("hang", method="eth_call")
    assert own_chain.stop() == 0


def test_a_second_chain_in_the_same_place_is_refused(own_chain: ChainProcess) -> None:
    with pytest.raises(RuntimeError):
        ChainProcess(own_chain.directory)


def test_it_does_not_run_in_production() -> None:
    script = (
        "from django.conf import settings; settings.configure(PRODUCTION=True, EVM_HOT_WALLET_ADDRESS='', EVM_RPC_URL='');"
        "from wallet.management.commands.run_chain import Command; Command().handle()"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert "does not run in production" in done.stderr


def test_the_hot_wallet_is_funded_once(tmp_path: Path) -> None:
    from wallet.chains.development.server import ChainServer

    for _ in range(2):
        server = ChainServer(directory=tmp_path, block_seconds=0)
        server.fund(SOMEBODY, {"ETH": Decimal(10), "USDT": Decimal(5)})
        assert server.chain.balance(bytes.fromhex(SOMEBODY[2:])) == 10 * 10**18
        server.http.server_close()
        server.journal.close()


def test_a_reorganisation_replaces_blocks_and_leaves_out_what_it_was_told(chain: DevelopmentChainClient) -> None:
    kept = chain.send(coin="ETH", to=SOMEBODY_ELSE, amount=Decimal(1))
    dropped = chain.send(coin="ETH", to=SOMEBODY_ELSE, amount=Decimal(1))
    height = chain.height()
    before = chain.call("eth_getBlockByNumber", hex(height - 1))["hash"]
    chain.reorganise(depth=2, dropped=[dropped])
    assert chain.height() == height + 1
    assert chain.call("eth_getBlockByNumber", hex(height - 1))["hash"] != before
    assert chain.call("eth_getBlockByHash", before) is None
    assert chain.call("eth_getTransactionByHash", dropped) is None
    assert chain.call("eth_getTransactionReceipt", kept)["status"] == "0x1"


def test_the_token_is_at_its_known_address_with_its_supply(chain: DevelopmentChainClient) -> None:
    selectors = {"decimals": "0x313ce567", "totalSupply": "0x18160ddd", "issuer": "0x1d143848"}
    answers = {
        name: int(chain.call("eth_call", {"to": genesis.USDT_ADDRESS, "data": selector}, "latest"), 16)
        for name, selector in selectors.items()
    }
    assert answers == {
        "decimals": 6,
        "totalSupply": genesis.FAUCET_USDT_UNITS,
        "issuer": int(genesis.faucet().address, 16),
    }


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("eth_sendRawTransaction", ["0x00"], "rlp"),
        ("eth_getBalance", ["nonsense"], "invalid argument"),
        ("eth_getLogs", [{"blockHash": "0x" + "00" * 32}], "unknown block"),
        ("eth_mystery", [], "does not exist"),
        ("development_send", ["BTC", SOMEBODY, "1"], "has no BTC"),
    ],
)
def test_a_bad_call_gets_an_error_in_words(
    chain: DevelopmentChainClient, method: str, parameters: list[object], words: str
) -> None:
    with pytest.raises(ChainCallFailed, match=words):
        chain.call(method, *parameters)


def test_a_web_page_cannot_call_it(chain: DevelopmentChainClient) -> None:
    body = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}'
    answer = httpx.post(chain.url, content=body, headers={"Content-Type": "text/plain"}, trust_env=False)
    assert answer.status_code == 415


def test_the_clock_mines_after_a_transaction_without_being_asked(tmp_path: Path) -> None:
    running = ChainProcess(tmp_path, block_seconds=0.05)
    try:
        running.client.send(coin="ETH", to=SOMEBODY, amount=Decimal(1))
        deadline = time.monotonic() + 30
        while running.client.height() < 5:
            assert time.monotonic() < deadline, "no block came by itself"
    finally:
        running.kill()
