"""A stranger's client, made from our own description alone, finds no 500 and no undocumented answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories_kyc
from tests.dialects.strangers import ask, of, operation

__all__ = ["operation"]


@pytest.fixture
def token(real_db: None) -> str:
    """The token of a customer with level 1."""
    return factories_kyc.token_of(factories_kyc.level_one())


@of("native")
def test_a_stranger_breaks_nothing(operation: Any, live_server: Any, token: str) -> None:
    ask(operation, base_url=live_server.url, headers={"Authorization": f"Bearer {token}"})
