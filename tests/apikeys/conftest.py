"""Fixtures of signed requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from config.dialects.native.dialect import NATIVE
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
    rates = NATIVE.key_rates
    object.__setattr__(NATIVE, "key_rates", KeyRates())
    yield
    object.__setattr__(NATIVE, "key_rates", rates)
