"""What spot's views read of a call, each once, and what they answer alike."""

from __future__ import annotations

import hashlib
from typing import Any

from config.kit.operations import Call
from config.kit.scalars import ScalarOutput

BUSINESS_PREFIX = "spot:"
NONCE_PREFIX = "spot-nonce:"


def key_id(call: Call) -> str:
    """The public id of the key that signed; spot takes no sessions."""
    return "" if call.credential is None else call.credential.fingerprint.removeprefix("key:")


def business_reference(out_biz_id: str) -> str | None:
    """What an `outBizId` is called among the references of all dialects; None without one."""
    return f"{BUSINESS_PREFIX}{out_biz_id}" if out_biz_id else None


def business_id(reference: str | None) -> str | None:
    """The `outBizId` of a reference; None where it was made otherwise."""
    named = reference is not None and reference.startswith(BUSINESS_PREFIX)
    return reference.removeprefix(BUSINESS_PREFIX) if named and reference else None


def nonce_reference(call: Call) -> str:
    """A reference of the (key, nonce): what has no `outBizId` is done once for it. Source: gaps.md, spot."""
    nonce = "" if call.credential is None else call.credential.nonce
    return NONCE_PREFIX + hashlib.sha256(f"{key_id(call)}:{nonce}".encode()).hexdigest()


class IdOutput(ScalarOutput):
    """The bare id as text, as the samples have it."""

    schema = {"type": "string", "example": "4203918275640192"}

    def to_representation(self, instance: Any) -> str:
        """Its digits."""
        return str(instance)


class NullOutput(ScalarOutput):
    """Nothing."""

    schema = {"type": "null", "example": None}
