"""Keys: made with a proof and shown once, listed, ended by their owner or by an officer."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.services import audit, second_factor
from apikeys.errors import ExpiryInvalid, NetworksRequired, TooManyKeys
from apikeys.models import KEY_FLOW, KEY_LENGTH, SECRET_LENGTH, ApiKey, Scheme, Scope, State
from apikeys.services import networks as network_lists
from config.kit import crypto
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from messaging.models import Purpose
from messaging.services.notices import notify

ALPHABET = string.ascii_letters + string.digits
EXPIRY_DAYS_MAX = 3650


@dataclass(frozen=True, repr=False)
class IssuedKey:
    """A new key with its secret. This is the only time that the secret leaves."""

    api_key: ApiKey
    secret: str

    def __repr__(self) -> str:
        return f"<IssuedKey {self.api_key.public_id}>"


def create(
    *,
    customer: User,
    code: str,
    method: str | None = None,
    label: str,
    scopes: Sequence[str],
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> IssuedKey:
    """Issue a key for native HMAC signatures. Its secret is in the answer and nowhere else in the clear.

    `code` is the second factor's, of the strongest method where none is named.

    Raises NetworkInvalid, NetworksRequired, ExpiryInvalid, TooManyKeys, and what `second_factor.require` raises.
    """
    allowed = network_lists.normalise(list(networks))
    wanted = [scope.value for scope in Scope if scope in set(scopes)]
    if Scope.WITHDRAW in wanted and not allowed:
        raise NetworksRequired
    _check_expiry(expires_at)
    _prove(customer, method, code)
    secret = _random_text(SECRET_LENGTH)
    with transaction.atomic():
        _claim_place(customer)
        made = ApiKey(
            user=customer,
            key=_random_text(KEY_LENGTH),
            scheme=Scheme.NATIVE_HMAC,
            label=label,
            scopes=wanted,
            networks=allowed,
            created_at=now(),
            expires_at=expires_at,
        )
        made.sealed_secret = crypto.seal(secret.encode(), context=made.seal_context)
        made.save(force_insert=True)
        _record(made, actor=customer, actor_kind="customer", act="apikeys.create")
        notify(user=customer, template="api_key_created", facts={"name": label})
    return IssuedKey(api_key=made, secret=secret)


def of_customer(customer: User) -> QuerySet[ApiKey]:
    """The customer's keys that are not deleted."""
    return ApiKey.objects.filter(user=customer).exclude(state=State.DELETED)


def delete(*, customer: User, public_id: object, code: str, method: str | None = None) -> None:
    """End a key for good; its secret is destroyed and the next request with it refused.

    Raises Absent (also for a key of somebody else), and what `second_factor.require` raises.
    """
    number = read_public_id(public_id)
    found = of_customer(customer).filter(public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="API key")
    _prove(customer, method, code)
    with transaction.atomic():
        ended = _end(found, State.DELETED)
        ended.sealed_secret = None
        ended.save(update_fields=["state", "ended_at", "sealed_secret"])
        _record(ended, actor=customer, actor_kind="customer", act="apikeys.delete")
        notify(user=customer, template="api_key_deleted", facts={"name": ended.label})


def disable(*, api_key: ApiKey, officer: User, reason: str) -> ApiKey:
    """Stop a key on an officer's word; the next request with it is refused. The customer may only delete it then.

    Raises IllegalMove, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a key is disabled with a reason")
    with transaction.atomic():
        ended = _end(api_key, State.DISABLED)
        ended.save(update_fields=["state", "ended_at"])
        _record(ended, actor=officer, actor_kind="staff", act="apikeys.disable", reason=reason)
    return ended


def _prove(customer: User, method: str | None, code: str) -> None:
    """Promise that the customer's second factor was shown for API keys. Raises what `second_factor.require` raises."""
    chosen = method or next(iter(second_factor.methods(customer)), "")
    second_factor.require(customer, second_factor.Proof(method=chosen, code=code), Purpose.API_KEY)


def _end(api_key: ApiKey, state: State) -> ApiKey:
    """The key, locked and moved to `state`, not yet saved. Raises IllegalMove, Absent where it was deleted meanwhile."""
    locked = ApiKey.objects.select_for_update().get(pk=api_key.pk)
    if locked.state == State.DELETED:
        raise Absent(thing="API key")
    KEY_FLOW.check(locked.state, state)
    locked.state = state
    locked.ended_at = now()
    return locked


def _claim_place(customer: User) -> None:
    """Promise room for one more key until the transaction ends. Raises TooManyKeys."""
    User.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if of_customer(customer).count() >= settings.API_KEYS_PER_CUSTOMER_MAX:
        raise TooManyKeys(keys_max=settings.API_KEYS_PER_CUSTOMER_MAX)


def _check_expiry(expires_at: datetime | None) -> None:
    if expires_at is None:
        return
    if not now() < expires_at <= now() + timedelta(days=EXPIRY_DAYS_MAX):
        raise ExpiryInvalid(days_max=EXPIRY_DAYS_MAX)


def _random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _record(api_key: ApiKey, *, actor: User, actor_kind: str, act: str, reason: str = "") -> None:
    facts = {"label": api_key.label, "scopes": ",".join(api_key.scopes), "networks": ",".join(api_key.networks)}
    subject = f"apikeys.apikey:{api_key.public_id}"
    audit.record(actor=actor, actor_kind=actor_kind, act=act, subject=subject, reason=reason, facts=facts)
