"""Fixtures of the tests of fiat money: a customer with 100,000 new dollars and a bank account, and two officers."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.wallet.fiat import arrange


@pytest.fixture
def customer(db: None) -> User:
    """Level 3, 400 days old, 100,000 TWD, one verified account; banks carry TWD."""
    arrange.open_bank()
    user = arrange.customer()
    arrange.bank_account(user)
    return user


@pytest.fixture
def officers(db: None) -> tuple[User, User]:
    """Two treasury officers."""
    return arrange.officer(), arrange.officer()
