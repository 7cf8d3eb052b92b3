"""Fixtures of the withdrawals' tests: a scripted network, a customer with ten ether, two officers."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.outside import HOT_WALLET, Network
from wallet.chains import registry
from wallet.models import Withdrawal


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch, settings: object) -> Network:
    """The outside world: a network that does what a test says."""
    scripted = Network()
    monkeypatch.setattr(registry, "gateway", lambda _: scripted)
    settings.EVM_HOT_WALLET_ADDRESS = HOT_WALLET  # type: ignore[attr-defined]  # pytest-django's settings
    return scripted


@pytest.fixture
def customer(db: None) -> User:
    """Level 2, 400 days old, 10 ETH."""
    return arrange.customer()


@pytest.fixture
def officers(db: None) -> tuple[User, User]:
    """Two treasury officers, the second one a lead."""
    return arrange.officer(), arrange.officer("treasury_lead")


@pytest.fixture
def withdrawal(customer: User) -> Withdrawal:
    """1 ETH, waiting for its proof."""
    return arrange.ask(customer)
