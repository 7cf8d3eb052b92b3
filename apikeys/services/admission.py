"""Whether a signed request is let in, and what is left behind of it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q

from accounts.models import User
from apikeys.errors import AddressNotAllowed, ClockOutsideWindow, KeyRefused, NonceUsed, SignatureWrong
from apikeys.models import SIGNED_TEXT_BYTES_MAX, ApiKey, RefusedRequest, Scheme, State
from apikeys.services import known_keys, networks, nonces
from apikeys.services.known_keys import Known
from apikeys.services.schemes.common import KEY, SignedRequest, fits
from config.kit import crypto
from config.kit.clock import milliseconds, now
from config.kit.errors import DomainError

logger = logging.getLogger(__name__)
USE_RECORDED_EVERY = timedelta(minutes=1)
REFUSALS_PER_MINUTE_MAX = 20
"""Refused requests of one key that are written down in a minute; more tell nothing new."""
READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Admitted:
    """A signed request that was let in: whose, by which key, and what that key may do now."""

    user: User
    api_key: ApiKey
    scopes: frozenset[str]


def admit(request: SignedRequest, *, ip: str) -> Admitted:
    """Let a signed request in, once: key, network, clock, signature, then its nonce is burnt and committed.

    Call it outside a transaction, or the nonce is not committed before the request acts.
    Raises KeyRefused, AddressNotAllowed, ClockOutsideWindow, SignatureWrong, NonceUsed.
    """
    moment = now()
    known = _known(request)
    if known is None:
        _fits_nobody(request)
        raise KeyRefused
    try:
        _check(known, request, ip=ip, at=moment)
    except DomainError as refusal:
        remember(known.api_key, refusal.slug, shown(request), ip=ip)
        raise
    _record_use(known.api_key, moment)
    return Admitted(known.api_key.user, known.api_key, known.api_key.scopes_at(moment))


def _known(request: SignedRequest) -> Known | None:
    """The key with its owner: for reads as it was a moment ago, for all else as it is."""
    if request.method in READS and (recalled := known_keys.recall(request.key)) is not None:
        return recalled
    since = time.monotonic()
    api_key = known_keys.look_up(request.key)
    if api_key is None:
        return None
    known = Known(api_key, material_of(api_key))
    known_keys.keep(known, since=since)
    return known


def _check(known: Known, request: SignedRequest, *, ip: str, at: datetime) -> None:
    api_key, scheme = known.api_key, Scheme(known.api_key.scheme)
    is_signed = fits(request, scheme, known.material) if scheme in request.schemes else _fits_nobody(request)
    if api_key.standing(at) != State.ACTIVE or not api_key.user.may_act:
        raise KeyRefused
    if not networks.allows(api_key.networks, ip):
        raise AddressNotAllowed(ip=ip)
    window = window_seconds()
    if abs(request.timestamp - milliseconds(at)) > window * 1000:
        raise ClockOutsideWindow(window_seconds=window, server_time=milliseconds(at))
    if not is_signed:
        raise SignatureWrong
    if not nonces.burn(api_key.pk, request.nonce, at, reads=request.method in READS):
        raise NonceUsed


def window_seconds() -> int:
    """How far a timestamp may be from our clock, never more than nonces are kept for."""
    return min(settings.API_KEY_CLOCK_WINDOW_SECONDS, settings.API_KEY_CLOCK_WINDOW_SECONDS_MAX)


def _fits_nobody(request: SignedRequest) -> bool:
    """Do the work of a comparison for a key that can't have signed this. False."""
    fits(request, Scheme.NATIVE_HMAC, _nobodys_material())
    return False


def material_of(api_key: ApiKey) -> bytes:
    """What the key's signatures are compared with; for a key that has nothing any more, a random secret."""
    if api_key.public_key is not None:
        return bytes(api_key.public_key)
    if api_key.sealed_secret is None:
        return _nobodys_material()
    return crypto.unseal(bytes(api_key.sealed_secret), context=api_key.seal_context)


def _nobodys_material() -> bytes:
    return crypto.unseal(_nobodys_secret(), context="apikeys.nobody")


@cache
def _nobodys_secret() -> bytes:
    return crypto.seal(crypto.token().encode(), context="apikeys.nobody")


def _record_use(api_key: ApiKey, at: datetime) -> None:
    """Note the use, at most once a minute: a read must not become a write each time."""
    if api_key.last_used_at is not None and at - api_key.last_used_at < USE_RECORDED_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - USE_RECORDED_EVERY)
    ApiKey.objects.filter(stale, pk=api_key.pk).update(last_used_at=at)
    api_key.last_used_at = at


def shown(request: SignedRequest) -> str:
    """The text that should have been signed, as it is kept. It holds no secret."""
    return _storable(request.signed_text()[:SIGNED_TEXT_BYTES_MAX].decode("utf-8", "replace"))


def remember(api_key: ApiKey, slug: str, text: str, *, ip: str) -> None:
    """Keep a refusal, for support and the customer's integrator. It never changes the refusal: what fails is logged."""
    moment = now()
    try:
        recent = RefusedRequest.objects.filter(api_key=api_key, at__gt=moment - timedelta(minutes=1))
        if recent[: REFUSALS_PER_MINUTE_MAX + 1].count() < REFUSALS_PER_MINUTE_MAX:
            RefusedRequest.objects.create(api_key=api_key, slug=slug, signed_text=text, ip=ip, at=moment)
    except DatabaseError as trouble:
        logger.warning("a refusal could not be kept: %s", type(trouble).__name__)


def remember_unreadable(*, key: str, refusal: DomainError, method: str, target: str, ip: str) -> None:
    """Keep a request that was refused before there was a text to sign, where it names a key of ours. Headers are not kept.

    One that names no key of ours is nobody's, and leaves nothing.
    """
    if not KEY.fullmatch(key):
        return
    try:
        api_key = ApiKey.objects.filter(key=key).first()
    except DatabaseError as trouble:
        logger.warning("a refusal could not be kept: %s", type(trouble).__name__)
        return
    if api_key is not None:
        text = f"{method} {target}"[:SIGNED_TEXT_BYTES_MAX]
        remember(api_key, refusal.slug, _storable(f"{text}\n{refusal.detail}"), ip=ip)


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
