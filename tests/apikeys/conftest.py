"""Fixtures of signed requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

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
