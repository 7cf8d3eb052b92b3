"""Reading what a browser's `PublicKeyCredential.toJSON()` gives: its form and sizes, nothing of its truth.

WebAuthn Level 3, section 5.1: RegistrationResponseJSON and AuthenticationResponseJSON. Members that we have no use for
are ignored.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CREDENTIAL_ID_BYTES_MAX = 1023
"""WebAuthn, section 4: credential id."""
CLIENT_DATA_BYTES_MAX = 2048
AUTHENTICATOR_DATA_BYTES_MAX = 2048
SIGNATURE_BYTES_MAX = 1024
USER_HANDLE_BYTES_MAX = 64
ATTESTATION_BYTES_MAX = 16 * 1024
"""An attestation brings at most a few certificates along."""
CHALLENGE_BYTES_MAX = 64
TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


class Unreadable(ValueError):
    """The text is not of the form that browsers give; the message names the member."""


@dataclass(frozen=True, repr=False)
class Assertion:
    """An answer to a challenge (navigator.credentials.get), decoded and unproven."""

    credential_id: bytes
    client_data: bytes
    challenge: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes | None


@dataclass(frozen=True, repr=False)
class Attestation:
    """A new credential (navigator.credentials.create), decoded and unproven."""

    credential_id: bytes
    client_data: bytes
    challenge: bytes
    attestation: bytes
    transports: tuple[str, ...]


def read_assertion(given: object) -> Assertion:
    """The assertion in the browser's JSON. Raises Unreadable."""
    credential_id, response = _credential(given)
    client_data = _bytes(response, "clientDataJSON", CLIENT_DATA_BYTES_MAX)
    has_handle = response.get("userHandle") not in (None, "")
    return Assertion(
        credential_id=credential_id,
        client_data=client_data,
        challenge=_challenge(client_data),
        authenticator_data=_bytes(response, "authenticatorData", AUTHENTICATOR_DATA_BYTES_MAX),
        signature=_bytes(response, "signature", SIGNATURE_BYTES_MAX),
        user_handle=_bytes(response, "userHandle", USER_HANDLE_BYTES_MAX) if has_handle else None,
    )


def read_attestation(given: object) -> Attestation:
    """The new credential in the browser's JSON. Raises Unreadable."""
    credential_id, response = _credential(given)
    client_data = _bytes(response, "clientDataJSON", CLIENT_DATA_BYTES_MAX)
    told = response.get("transports")
    transports = told if isinstance(told, list) else []
    return Attestation(
        credential_id=credential_id,
        client_data=client_data,
        challenge=_challenge(client_data),
        attestation=_bytes(response, "attestationObject", ATTESTATION_BYTES_MAX),
        transports=tuple(known for known in TRANSPORTS if known in transports),
    )


def _credential(given: object) -> tuple[bytes, Mapping[str, Any]]:
    if not isinstance(given, Mapping):
        raise Unreadable("An object is due.")
    if given.get("type") != "public-key":
        raise Unreadable("type: public-key is due.")
    response = given.get("response")
    if not isinstance(response, Mapping):
        raise Unreadable("response: an object is due.")
    credential_id = _bytes(given, "rawId" if "rawId" in given else "id", CREDENTIAL_ID_BYTES_MAX)
    if "id" in given and _bytes(given, "id", CREDENTIAL_ID_BYTES_MAX) != credential_id:
        raise Unreadable("id: the same as rawId is due.")
    return credential_id, response


def _bytes(given: Mapping[str, Any], name: str, bytes_max: int) -> bytes:
    """The member's bytes, of base64url without line breaks; the padding is optional."""
    text = given.get(name)
    if not isinstance(text, str) or not text:
        raise Unreadable(f"{name}: text in base64url is due.")
    if len(text) > bytes_max * 4 // 3 + 4:
        raise Unreadable(f"{name}: {bytes_max} bytes at most are due.")
    bare = text.rstrip("=")
    try:
        if not _BASE64URL.fullmatch(bare) or len(text) - len(bare) > 2:
            raise ValueError
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (ValueError, binascii.Error):
        raise Unreadable(f"{name}: text in base64url is due.") from None


def _challenge(client_data: bytes) -> bytes:
    """The challenge that the client data says it answers. Whether it is signed is for the verification to see."""
    try:
        body = json.loads(client_data.decode("utf-8"))
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Unreadable("clientDataJSON: a JSON object is due.")
    return _bytes(body, "challenge", CHALLENGE_BYTES_MAX)
