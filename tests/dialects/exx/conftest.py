"""Keys for exx's tests: a handful for the whole run, dealt out in turn, because each takes tenths of a second to draw."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.services import drawn_keys

HANDFUL = 4
"""Browsers that follow each other closer than this have different keys."""


@pytest.fixture(scope="session")
def handful() -> Iterator[rsa.RSAPrivateKey]:
    return itertools.cycle(rsa.generate_private_key(public_exponent=65_537, key_size=2048) for _ in range(HANDFUL))


@pytest.fixture(autouse=True)
def dealt_keys(request: pytest.FixtureRequest, handful: Iterator[rsa.RSAPrivateKey], monkeypatch: pytest.MonkeyPatch) -> None:
    """`real_keys` draws them."""
    if request.node.get_closest_marker("real_keys") is None:
        monkeypatch.setattr(drawn_keys, "take", lambda: next(handful))
