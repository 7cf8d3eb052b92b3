"""A software authenticator: makes passkeys and answers challenges as a phone would, or wrongly where a test says so."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from accounts.models import Passkey, Session, User
from accounts.services import ceremonies, passkey_json, passkeys, second_factor
from accounts.services.second_factor import Proof
from tests.factories_accounts import CLIENT

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The inverse."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One passkey on one device. What it says of itself can be bent: origin, rp id, flags, count, type."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""
    count: int = 0
    counts: bool = True
    """Whether it counts its signatures; synchronised passkeys always say zero."""
    origin: str = field(default_factory=lambda: settings.WEBAUTHN_ORIGINS[0])
    rp_id: str = field(default_factory=lambda: settings.WEBAUTHN_RP_ID)
    flags: int = PRESENT | VERIFIED

    def create(self, options: dict[str, Any], *, kind: str = "webauthn.create", **client: Any) -> dict[str, Any]:
        """What `navigator.credentials.create` would answer, as JSON."""
        self.user_handle = decoded(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        data = self._data(ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": encoded(self._client_data(options, kind, client)),
            "attestationObject": encoded(attestation),
            "transports": ["internal", "hybrid", "carrier-pigeon"],
        }
        return self._credential(response)

    def get(self, options: dict[str, Any], *, kind: str = "webauthn.get", **client: Any) -> dict[str, Any]:
        """What `navigator.credentials.get` would answer, as JSON."""
        self.count += self.counts
        client_data = self._client_data(options, kind, client)
        data = self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": encoded(self.user_handle),
        }
        return self._credential(response)

    def copy(self) -> Device:
        """The same key on another device."""
        return Device(key=self.key, credential_id=self.credential_id, user_handle=self.user_handle, count=self.count)

    def proof(self, user: User, purpose: str, context: str = "", *, session: str = "") -> Proof:
        """A proof for the purpose and context, answered to a challenge of its own."""
        options = ceremonies.options_for(user, purpose, context, session=session).options
        return self.answer(options, session=session)

    def answer(self, options: dict[str, Any], *, session: str = "") -> Proof:
        """A proof that answers these options."""
        return Proof("passkey", passkey=passkey_json.read_assertion(self.get(options)), session=session)

    def _data(self, more: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client_data(self, options: dict[str, Any], kind: str, client: dict[str, Any]) -> bytes:
        body = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False, **client}
        return json.dumps(body).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": encoded(self.credential_id),
            "rawId": encoded(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


def add_passkey(user: User, session: Session, *, proof: Proof | None = None, **bent: Any) -> tuple[Device, Passkey]:
    """A passkey of the user's, added in a fresh session of theirs."""
    device = Device(**bent)
    begun = passkeys.begin(user=user, session=session, client=CLIENT, proof=proof, is_fresh=not second_factor.is_on(user))
    attestation = passkey_json.read_attestation(device.create(begun.options))
    made = passkeys.add(user=user, session=session, attestation=attestation, name="phone", client=CLIENT)
    return device, made
