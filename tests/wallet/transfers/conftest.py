"""Fixtures of the transfers' tests: a sender with ten ether, a receiver, two officers."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.wallet.transfers import arrange


@pytest.fixture
def sender(db: None) -> User:
    """Level 2, 400 days old, 10 ETH."""
    return arrange.customer()


@pytest.fixture
def receiver(db: None) -> User:
    """Level 2, 400 days old, nothing."""
    return arrange.customer(funds="0")


@pytest.fixture
def officers(db: None) -> tuple[User, User]:
    """Two treasury officers."""
    return arrange.officer(), arrange.officer()
