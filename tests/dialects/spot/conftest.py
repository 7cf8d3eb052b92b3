"""Fixtures of spot's tests: a scripted network, and as many requests as a test likes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.dialects.spot.dialect import SPOT
from config.kit.dialect import KeyRates
from tests.wallet.withdrawals.conftest import network

__all__ = ["network"]


@pytest.fixture(autouse=True)
def no_rates() -> Iterator[None]:
    before = SPOT.key_rates
    object.__setattr__(SPOT, "key_rates", KeyRates())
    yield
    object.__setattr__(SPOT, "key_rates", before)
