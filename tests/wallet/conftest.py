"""Fixtures of the wallet's tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.wallet.chain_process import ChainProcess
from wallet.chains.development.client import DevelopmentChainClient


@pytest.fixture(scope="session")
def chain_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainProcess]:
    """One development chain for the whole session, in a process of its own."""
    running = ChainProcess(tmp_path_factory.mktemp("chain"))
    yield running
    if running.process is not None and running.process.poll() is None:
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()


@pytest.fixture
def chain(chain_process: ChainProcess, settings: Settings) -> Iterator[DevelopmentChainClient]:
    """The chain without faults, mining on send, configured as the product's own."""
    settings.EVM_RPC_URL = chain_process.url
    chain_process.client.clear()
    chain_process.client.mine_on_send(wanted=True)
    yield chain_process.client
    chain_process.client.clear()
    chain_process.client.mine_on_send(wanted=True)
