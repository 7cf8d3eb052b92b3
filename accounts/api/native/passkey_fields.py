"""A passkey's answers on the wire: the JSON of the browser's `PublicKeyCredential.toJSON()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.services import passkey_json
from accounts.services.passkey_json import Assertion, Attestation, Unreadable

_TEXT = "SGVsbG8gd29ybGQ"
_CLIENT_DATA = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiU0dWc2JHOCJ9"
"""Client data with a challenge, as the examples show it."""


def _schema(response: dict[str, int], **more: Any) -> dict[str, Any]:
    """The browser's object, as far as it is read; the numbers are bytes."""
    shown = {name: _CLIENT_DATA if name == "clientDataJSON" else _TEXT for name in response}
    members = {name: {"type": "string", "maxLength": size * 4 // 3 + 4} for name, size in response.items()}
    return {
        "type": "object",
        "example": {"id": _TEXT, "rawId": _TEXT, "type": "public-key", "response": shown},
        "required": ["id", "type", "response"],
        "properties": {
            "id": {"type": "string", "maxLength": passkey_json.CREDENTIAL_ID_BYTES_MAX * 4 // 3 + 4},
            "rawId": {"type": "string"},
            "type": {"type": "string", "enum": ["public-key"]},
            "response": {
                "type": "object",
                "required": [name for name in members if name != "userHandle"],
                "properties": {**members, **more},
            },
        },
    }


def _read(given: Any, reader: Callable[[object], Any]) -> Any:
    try:
        return reader(given)
    except Unreadable as refused:
        raise serializers.ValidationError(str(refused), code="invalid") from None


@extend_schema_field(
    _schema(
        {
            "clientDataJSON": passkey_json.CLIENT_DATA_BYTES_MAX,
            "authenticatorData": passkey_json.AUTHENTICATOR_DATA_BYTES_MAX,
            "signature": passkey_json.SIGNATURE_BYTES_MAX,
            "userHandle": passkey_json.USER_HANDLE_BYTES_MAX,
        }
    )
)
class AssertionField(serializers.Field[Assertion, Any, Any, Any]):
    """What `navigator.credentials.get` answered."""

    def to_internal_value(self, data: Any) -> Assertion:
        """Decoded and unproven."""
        made: Assertion = _read(data, passkey_json.read_assertion)
        return made


@extend_schema_field(
    _schema(
        {
            "clientDataJSON": passkey_json.CLIENT_DATA_BYTES_MAX,
            "attestationObject": passkey_json.ATTESTATION_BYTES_MAX,
        },
        transports={"type": "array", "items": {"type": "string"}},
    )
)
class AttestationField(serializers.Field[Attestation, Any, Any, Any]):
    """What `navigator.credentials.create` answered."""

    def to_internal_value(self, data: Any) -> Attestation:
        """Decoded and unproven."""
        made: Attestation = _read(data, passkey_json.read_attestation)
        return made
