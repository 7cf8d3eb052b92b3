"""Fixtures of signed requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from config.dialects.bitgin.dialect import BITGIN
from config.dialects.native.dialect import NATIVE
from config.dialects.spot.dialect import SPOT
from config.kit.dialect import KeyRates
from tests.apikeys import urls


@pytest.fixture(autouse=True)
def nothing_written() -> Iterator[None]:
    """The write of `tests.apikeys.urls` has not acted yet."""
    urls.writes.clear()
    yield
    urls.writes.clear()


@pytest.fixture
def empty_cache() -> None:
    """As after a restart of the cache."""
    cache.clear()


@pytest.fixture
def no_rates() -> Iterator[None]:
    """As many signed requests as a test likes."""
    before = [(dialect, dialect.key_rates) for dialect in (NATIVE, BITGIN, SPOT)]
    for dialect, _ in before:
        object.__setattr__(dialect, "key_rates", KeyRates())
    yield
    for dialect, rates in before:
        object.__setattr__(dialect, "key_rates", rates)
