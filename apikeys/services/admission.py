"""Whether a signed request is let in, and what is left behind of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import Q

from accounts.models import User
from apikeys.errors import AddressNotAllowed, ClockOutsideWindow, KeyRefused, NonceUsed, SignatureWrong
from apikeys.models import SIGNED_TEXT_BYTES_MAX, ApiKey, RefusedRequest, Scheme, State
from apikeys.services import networks
from apikeys.services.schemes.common import SignedRequest, fits
from config.kit import crypto
from config.kit.clock import milliseconds, now
from config.kit.errors import DomainError

USE_RECORDED_EVERY = timedelta(minutes=1)
REFUSALS_PER_MINUTE_MAX = 20
"""Refused requests of one key that are written down in a minute; more tell nothing new."""


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
    api_key = ApiKey.objects.select_related("user__parent").filter(key=request.key).first()
    if api_key is None:
        _fits_nobody(request)
        raise KeyRefused
    try:
        _check(api_key, request, ip=ip, at=moment)
    except DomainError as refusal:
        _remember(api_key, request, refusal, ip=ip, at=moment)
        raise
    _record_use(api_key, moment)
    return Admitted(user=api_key.user, api_key=api_key, scopes=api_key.scopes_at(moment))


def _check(api_key: ApiKey, request: SignedRequest, *, ip: str, at: datetime) -> None:
    scheme = Scheme(api_key.scheme)
    is_signed = fits(request, scheme, _open(api_key)) if scheme in request.schemes else _fits_nobody(request)
    if api_key.standing(at) != State.ACTIVE or not api_key.user.may_act:
        raise KeyRefused
    if not networks.allows(api_key.networks, ip):
        raise AddressNotAllowed(ip=ip)
    window = settings.API_KEY_CLOCK_WINDOW_SECONDS
    if abs(request.timestamp - milliseconds(at)) > window * 1000:
        raise ClockOutsideWindow(window_seconds=window, server_time=milliseconds(at))
    if not is_signed:
        raise SignatureWrong
    if not _burn(api_key, request.nonce, at):
        raise NonceUsed


def _fits_nobody(request: SignedRequest) -> bool:
    """Do the work of a comparison for a key that can't have signed this. False."""
    fits(request, Scheme.NATIVE_HMAC, _open(None))
    return False


def _open(api_key: ApiKey | None) -> bytes:
    """What the key's signatures are compared with; for a key that has nothing, or is none, a random secret."""
    if api_key is not None and api_key.public_key is not None:
        return bytes(api_key.public_key)
    if api_key is None or api_key.sealed_secret is None:
        return crypto.unseal(_nobodys_secret(), context="apikeys.nobody")
    return crypto.unseal(bytes(api_key.sealed_secret), context=api_key.seal_context)


@cache
def _nobodys_secret() -> bytes:
    return crypto.seal(crypto.token().encode(), context="apikeys.nobody")


def _burn(api_key: ApiKey, nonce: str, at: datetime) -> bool:
    """Write the nonce down for good; False where it stands there already. One statement, so that one of many wins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO apikeys_nonce (api_key_id, nonce, used_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [api_key.pk, nonce, at],
        )
        return bool(cursor.rowcount == 1)


def _record_use(api_key: ApiKey, at: datetime) -> None:
    """Note the use, at most once a minute: a read must not become a write each time."""
    if api_key.last_used_at is not None and at - api_key.last_used_at < USE_RECORDED_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - USE_RECORDED_EVERY)
    ApiKey.objects.filter(stale, pk=api_key.pk).update(last_used_at=at)


def _remember(api_key: ApiKey, request: SignedRequest, refusal: DomainError, *, ip: str, at: datetime) -> None:
    """Keep the refusal and the text that should have been signed, for support and the customer's integrator."""
    recent = RefusedRequest.objects.filter(api_key=api_key, at__gt=at - timedelta(minutes=1))
    if recent[: REFUSALS_PER_MINUTE_MAX + 1].count() >= REFUSALS_PER_MINUTE_MAX:
        return
    text = request.signed_text()[:SIGNED_TEXT_BYTES_MAX].decode("utf-8", "replace")
    RefusedRequest.objects.create(api_key=api_key, slug=refusal.slug, signed_text=text, ip=ip, at=at)
