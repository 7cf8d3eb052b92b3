"""Sealed values open for their context under a known key, and for nothing else."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from config.kit import crypto

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_sealed_value_opens_for_its_own_context_alone() -> None:
    sealed = crypto.seal(b"seed", context="totp:1")
    assert crypto.unseal(sealed, context="totp:1") == b"seed"
    assert b"seed" not in sealed
    with pytest.raises(crypto.Unsealable):
        crypto.unseal(sealed, context="totp:2")


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert crypto.seal(b"x", context="c") != crypto.seal(b"x", context="c")


def test_every_changed_byte_is_noticed() -> None:
    sealed = crypto.seal(b"0123456789", context="c")
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises(crypto.Unsealable):
            crypto.unseal(bytes(changed), context="c")


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x01\x03dev", b"\x02\x03dev" + b"0" * 100])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(crypto.Unsealable):
        crypto.unseal(junk, context="c")


def test_rotation_moves_a_value_to_the_new_key_without_opening_it_to_anyone_else(settings: Settings) -> None:
    settings.KEY_ENCRYPTION_KEYS = {"old": OLD}
    sealed = crypto.seal(b"seed", context="c")
    settings.KEY_ENCRYPTION_KEYS = {"new": NEW, "old": OLD}
    moved = crypto.rewrap(sealed, context="c")
    assert (crypto.wrapped_under(sealed), crypto.wrapped_under(moved)) == ("old", "new")
    settings.KEY_ENCRYPTION_KEYS = {"new": NEW}
    assert crypto.unseal(moved, context="c") == b"seed"
    with pytest.raises(crypto.Unsealable):
        crypto.unseal(sealed, context="c")


def test_keyed_hashes_keep_purposes_and_parts_apart() -> None:
    hashes = {
        crypto.keyed_hash("code", "ab", "c"),
        crypto.keyed_hash("code", "a", "bc"),
        crypto.keyed_hash("code", "abc"),
        crypto.keyed_hash("index", "ab", "c"),
    }
    assert len(hashes) == 4
    assert crypto.keyed_hash("code", "ab", "c") in hashes
