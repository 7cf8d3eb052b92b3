"""Visits: what a browser's cookie stands for before and after it is signed in, and what was encrypted for it.

Texts that a client encrypted are read without telling why one can't be: whatever fails reads as UNREADABLE, which is no
password, no code and no address, and takes the same way from there. The library draws what a wrong padding decrypts to from
the ciphertext (implicit rejection), so that a padding that is right can't be told from one that is wrong either.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.db import transaction

from accounts.models import Session, Visit
from accounts.services import drawn_keys
from config.kit.clock import now
from config.kit.crypto import Unsealable, seal, token, token_hash, unseal

LIFETIME = timedelta(hours=10)
"""Of a visit and of its key, from the moment at which the key was drawn."""
TOKEN_LENGTH = 43
UNREADABLE = "?"
"""What a text reads as that was not encrypted for this visit."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class Opened:
    """A visit, and the token of a new one, which is told this once."""

    visit: Visit
    token: str | None = None


def find(text: str | None) -> Visit | None:
    """The visit of this cookie; None for anything else."""
    if text is None or len(text) != TOKEN_LENGTH or not text.isascii():
        return None
    return Visit.objects.filter(token_hash=token_hash(text), expires_at__gt=now()).first()


def of(text: str | None, *, session: Session | None) -> Opened:
    """The visit of this cookie, or a new one: of the session whose token the cookie is, else with a token that is ours.

    A token that we did not draw is never taken over: whoever planted it would know it.
    """
    found = find(text)
    if found is not None:
        return Opened(found)
    mine = text if session is not None and text is not None else token()
    moment = now()
    with transaction.atomic():
        Visit.objects.filter(token_hash=token_hash(mine), expires_at__lte=moment).delete()
        visit, _ = Visit.objects.get_or_create(
            token_hash=token_hash(mine), defaults={"created_at": moment, "expires_at": moment + LIFETIME}
        )
    return Opened(visit, None if session is not None else mine)


def public_key(visit: Visit) -> bytes:
    """The visit's public key (SubjectPublicKeyInfo, DER), taken when it is first asked for: no other visit has the same.

    Raises Unavailable.
    """
    if visit.public_key is None:
        private = drawn_keys.take()
        public = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        plain = private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # of two requests at once one writes, and both tell the key that stands there
        Visit.objects.filter(pk=visit.pk, public_key__isnull=True).update(
            public_key=public, sealed_key=seal(plain, context=visit.seal_context), expires_at=now() + LIFETIME
        )
        visit.refresh_from_db()
    assert visit.public_key is not None  # written just now, by us or by another
    return bytes(visit.public_key)


def read(visit: Visit | None, encrypted: bytes) -> str:
    """The text that was encrypted for this visit (PKCS #1 v1.5, UTF-8); UNREADABLE for everything else."""
    key = _private_key(visit)
    try:
        text = key.decrypt(encrypted, padding.PKCS1v15()).decode() if key is not None else UNREADABLE
    except ValueError:  # another key's length, a number that is too large, or no UTF-8: UnicodeDecodeError is one
        return UNREADABLE
    return text if text and "\0" not in text else UNREADABLE


def _private_key(visit: Visit | None) -> rsa.RSAPrivateKey | None:
    if visit is None or visit.sealed_key is None:
        return None
    try:
        plain = unseal(bytes(visit.sealed_key), context=visit.seal_context)
    except Unsealable:
        logger.warning("the key of a visit can't be opened")
        return None
    # it was sealed by us: to prove its primes again at each password would take longer than all the rest
    key = serialization.load_der_private_key(plain, password=None, unsafe_skip_rsa_key_validation=True)
    return key if isinstance(key, rsa.RSAPrivateKey) else None


def keep_picture(visit: Visit, picture_id: str) -> None:
    """Bind the picture that was drawn for the visit; a former one is of no use any more."""
    Visit.objects.filter(pk=visit.pk).update(picture_id=picture_id)


def keep_way(visit: Visit, way: str) -> None:
    """Note by which way the latest code for this visit went: its clients don't say so when they show it."""
    Visit.objects.filter(pk=visit.pk).update(code_way=way)


def move(visit: Visit | None, *, token: str) -> None:
    """Give the visit to the token of a sign-in. From here on the cookie of before stands for nothing."""
    if visit is not None:
        Visit.objects.filter(pk=visit.pk).update(token_hash=token_hash(token), picture_id="", code_way="")


def end(visit: Visit | None) -> None:
    """Forget the visit and its key."""
    if visit is not None:
        Visit.objects.filter(pk=visit.pk).delete()
