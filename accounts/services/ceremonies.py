"""Challenges of passkeys: each bound to what it is for, and answered once, whether the answer is right or not.

A challenge begins with the id of its row, so that the answer finds it; the rest are 256 random bits.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from webauthn import generate_authentication_options
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from accounts.models import Passkey, PasskeyChallenge, User
from config.kit.clock import now
from config.kit.crypto import keyed_hash
from config.kit.ids import PUBLIC_ID_MAX, random_id
from messaging.models import Purpose

LOG_IN = Purpose.LOGIN.value
"""What a challenge is for that names nobody; no act of a customer's asks for a proof of this purpose."""
REGISTRATION = "passkey_registration"
"""What the challenge of a new passkey is for; its permission was shown when it was made."""
CHALLENGE_LIFETIME = timedelta(minutes=5)
CHALLENGES_PER_USER_MAX = 20
"""Open challenges of one user; the oldest gives way."""
ID_BYTES = 8
RANDOM_BYTES = 32


@dataclass(frozen=True, repr=False)
class Options:
    """What the browser's credential interface takes as `publicKey`, and until when it may answer."""

    options: dict[str, Any]
    expires_at: datetime


def begin(*, user: User | None, purpose: str, context: str = "", session: str = "") -> PasskeyChallenge:
    """A new challenge for the purpose, context and session; of the user's passkeys, or of anybody's to log in."""
    moment = now()
    public_id = random_id()
    made = PasskeyChallenge.objects.create(
        public_id=public_id,
        user=user,
        purpose=purpose,
        context=context_hash(context),
        session=session,
        challenge=public_id.to_bytes(ID_BYTES, "big") + secrets.token_bytes(RANDOM_BYTES),
        created_at=moment,
        expires_at=moment + CHALLENGE_LIFETIME,
    )
    if user is not None:
        crowd = PasskeyChallenge.objects.filter(user=user).order_by("-id").values_list("pk", flat=True)
        PasskeyChallenge.objects.filter(pk__in=list(crowd[CHALLENGES_PER_USER_MAX:])).delete()
    return made


def spend(challenge: bytes) -> PasskeyChallenge | None:
    """Use the challenge up and commit; None where it is none of ours, expired or spent. RuntimeError inside a transaction."""
    public_id = int.from_bytes(challenge[:ID_BYTES], "big")
    if len(challenge) != ID_BYTES + RANDOM_BYTES or public_id > PUBLIC_ID_MAX:
        return None
    moment = now()
    live = PasskeyChallenge.objects.filter(
        public_id=public_id, challenge=challenge, consumed_at__isnull=True, expires_at__gt=moment
    )
    with transaction.atomic(durable=True):
        if not live.update(consumed_at=moment):
            return None
    return PasskeyChallenge.objects.filter(public_id=public_id).first()


def context_hash(context: str) -> str:
    """What a row keeps of the context, which may be long; empty for none."""
    return hashlib.sha256(context.encode()).hexdigest() if context else ""


def handle_of(user: User) -> bytes:
    """By what authenticators know the user: it tells nothing of who that is (WebAuthn, section 14.6.1)."""
    return keyed_hash("accounts.passkey-user", str(user.pk))


def options_for(user: User, purpose: str, context: str = "", *, session: str = "") -> Options:
    """A challenge for an act of this user's, which one of their passkeys may answer."""
    row = begin(user=user, purpose=purpose, context=context, session=session)
    return _request(row, [descriptor(passkey) for passkey in usable(user)])


def options_for_log_in() -> Options:
    """A challenge that any passkey may answer that knows its account: nobody is named, so nobody is told about."""
    return _request(begin(user=None, purpose=LOG_IN), [])


def _request(row: PasskeyChallenge, allowed: list[PublicKeyCredentialDescriptor]) -> Options:
    made = generate_authentication_options(
        rp_id=settings.WEBAUTHN_RP_ID,
        challenge=bytes(row.challenge),
        timeout=int(CHALLENGE_LIFETIME.total_seconds() * 1000),
        allow_credentials=allowed or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Options(options_to_json_dict(made), row.expires_at)


def usable(user: User) -> list[Passkey]:
    """The user's passkeys that prove something, the oldest first."""
    return list(Passkey.objects.filter(user=user, suspended_at__isnull=True).order_by("pk"))


def descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    """How the browser is told of a passkey."""
    transports = [AuthenticatorTransport(name) for name in passkey.transports]
    return PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id), transports=transports or None)
