"""What the wallet's views read of a call, each once."""

from __future__ import annotations

from config.kit.operations import Call

REFERENCE_PREFIX = "native:"


def key_id(call: Call) -> str:
    """The public id of the key that signed the request; "" where a session asked."""
    credential = call.credential
    if credential is None or credential.kind != "key":
        return ""
    return credential.fingerprint.removeprefix("key:")


def client_reference(call: Call) -> str | None:
    """What the `Idempotency-Key` of this dialect is called among the references of all dialects; None without one."""
    return f"{REFERENCE_PREFIX}{call.idempotency_key}" if call.idempotency_key else None


def replay_header(*, replayed: bool) -> dict[str, str]:
    """The header that tells a replay from the first answer."""
    return {"Idempotency-Replayed": "true"} if replayed else {}
