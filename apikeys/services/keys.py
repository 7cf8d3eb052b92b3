"""Keys: made with a proof and shown once, listed, paused, bound to other networks, ended."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.models.logins import LoginAct
from accounts.services import audit, logins, second_factor
from accounts.services.second_factor import Proof
from apikeys.errors import ExpiryInvalid, NetworksRequired, PublicKeyInvalid, TooManyKeys
from apikeys.models import KEY_FLOW, SECRET_LENGTH, ApiKey, DailyCap, RefusedRequest, Scheme, Scope, State
from apikeys.services import known_keys, public_keys
from apikeys.services.terms import OURS, Terms
from config.kit import crypto
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from messaging.models import Purpose
from messaging.services.notices import notify

ALPHABET = string.ascii_letters + string.digits
EXPIRY_DAYS_MAX = 3650
NOBODYS_NETWORK = "0.0.0.0/32"
"""In place of those of an erased customer, because a key that withdrew has to have one."""
NOTED_AS = {
    "apikeys.create": LoginAct.API_KEY_CREATED,
    "apikeys.change": LoginAct.API_KEY_CHANGED,
    "apikeys.delete": LoginAct.API_KEY_DELETED,
    "apikeys.disable": LoginAct.API_KEY_CHANGED,
}
"""What the customer's own log says of an act that the audit log names."""


@dataclass(frozen=True, repr=False)
class IssuedKey:
    """A new key with its secret (empty for Ed25519, whose secret never came here). This is the only time that it leaves."""

    api_key: ApiKey
    secret: str

    def __repr__(self) -> str:
        return f"<IssuedKey {self.api_key.public_id}>"


def create(
    *,
    customer: User,
    proof: Proof | None,
    label: str,
    scopes: Sequence[str],
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
    scheme: str = Scheme.NATIVE_HMAC,
    public_key: str = "",
    sub_account: str = "",
    daily_caps: Mapping[str, Decimal] | None = None,
    terms: Terms = OURS,
) -> IssuedKey:
    """Issue a key for one scheme, for the customer or one of the customer's sub-accounts (by uid).

    Its secret is in the answer and nowhere else in the clear. An Ed25519 key is made from the `public_key` (PEM, or
    base64 of 32 bytes) that the customer keeps the secret of. `daily_caps` are amounts by coin.

    Raises NetworkInvalid, TooManyNetworks, NetworksRequired, ExpiryInvalid, PublicKeyInvalid, Absent (the sub-account),
    TooManyKeys, and what `second_factor.require` raises.
    """
    allowed = terms.networks_of(networks)
    wanted = [scope.value for scope in Scope if scope in set(scopes)]
    if Scope.WITHDRAW in wanted and not allowed:
        raise NetworksRequired
    _check_expiry(expires_at)
    draft = ApiKey(scheme=scheme, label=label, scopes=wanted, networks=allowed, expires_at=expires_at)
    draft.public_key = _public_key(Scheme(scheme), public_key)
    draft.user = _owner(customer, sub_account)
    second_factor.require(customer, proof, Purpose.API_KEY)
    return _insert(draft, customer, daily_caps or {}, terms)


def _insert(draft: ApiKey, customer: User, daily_caps: Mapping[str, Decimal], terms: Terms) -> IssuedKey:
    """The key with a secret of ours, unless its owner keeps one."""
    draft.key = _random_text(terms.key_length)
    draft.created_at = draft.aged_from = now()
    secret = "" if draft.public_key else _random_text(SECRET_LENGTH)
    draft.sealed_secret = crypto.seal(secret.encode(), context=draft.seal_context) if secret else None
    with transaction.atomic():
        _claim_place(draft.user, terms)
        draft.save(force_insert=True)
        caps = [DailyCap(api_key=draft, coin=coin, amount=amount) for coin, amount in sorted(daily_caps.items())]
        DailyCap.objects.bulk_create(caps)
        _record(draft, actor=customer, actor_kind="customer", act="apikeys.create")
        _tell(draft, customer, "api_key_created")
    return IssuedKey(api_key=draft, secret=secret)


def of_customer(customer: User) -> QuerySet[ApiKey]:
    """The keys of the customer and the customer's sub-accounts that are not deleted."""
    own = Q(user=customer) | Q(user__parent=customer)
    return ApiKey.objects.select_related("user").prefetch_related("daily_caps").filter(own).exclude(state=State.DELETED)


def find(*, customer: User, public_id: object) -> ApiKey:
    """The customer's key of this id. Raises Absent, also for somebody else's."""
    number = read_public_id(public_id)
    found = of_customer(customer).filter(public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="API key")
    return found


def change(
    *,
    customer: User,
    public_id: object,
    proof: Proof | None,
    enabled: bool | None = None,
    networks: Sequence[str] | None = None,
    label: str | None = None,
    terms: Terms = OURS,
) -> ApiKey:
    """Pause a key or let it go on, bind it to other networks, name it anew: what is given changes, at once and everywhere.

    A key that goes on, or has other networks, is as young as a new one where it withdraws.
    Raises Absent, NetworkInvalid, TooManyNetworks, NetworksRequired, IllegalMove (an officer disabled it), and what
    `second_factor.require` raises.
    """
    found = find(customer=customer, public_id=public_id)
    allowed = None if networks is None else terms.networks_of(networks)
    if allowed == [] and Scope.WITHDRAW in found.scopes:
        raise NetworksRequired
    second_factor.require(customer, proof, Purpose.API_KEY_CHANGE)
    with transaction.atomic():
        changed = _locked(found)
        if enabled is not None and enabled != (changed.state == State.ACTIVE):
            _move(changed, State.ACTIVE if enabled else State.PAUSED)
            changed.aged_from = now() if enabled else changed.aged_from
        if allowed is not None and allowed != changed.networks:
            changed.networks, changed.aged_from = allowed, now()
        changed.label = changed.label if label is None else label
        changed.save(update_fields=["state", "ended_at", "aged_from", "networks", "label"])
        _record(changed, actor=customer, actor_kind="customer", act="apikeys.change")
        _tell(changed, customer, "api_key_changed")
    known_keys.forget(changed.key)
    return changed


def delete(*, customer: User, public_id: object, proof: Proof | None) -> None:
    """End a key for good; its secret is destroyed and the next request with it refused.

    Raises Absent (also for a key of somebody else), and what `second_factor.require` raises.
    """
    found = find(customer=customer, public_id=public_id)
    second_factor.require(customer, proof, Purpose.API_KEY_DELETE)
    with transaction.atomic():
        ended = _move(_locked(found), State.DELETED)
        ended.sealed_secret = None
        ended.save(update_fields=["state", "ended_at", "sealed_secret"])
        _record(ended, actor=customer, actor_kind="customer", act="apikeys.delete")
        _tell(ended, customer, "api_key_deleted")
    known_keys.forget(ended.key)


def end_all(*, owner: User, actor: User | None, actor_kind: str = "customer") -> None:
    """End every key of an account that is being closed, in the caller's transaction, which holds the owner's row.

    Their secrets are destroyed. Who removes the account tells of it.
    """
    rows = ApiKey.objects.select_related("user").select_for_update(of=("self",)).filter(user=owner)
    for ended in list(rows.exclude(state=State.DELETED).order_by("pk")):
        _move(ended, State.DELETED)
        ended.sealed_secret = None
        ended.save(update_fields=["state", "ended_at", "sealed_secret"])
        _record(ended, actor=actor, actor_kind=actor_kind, act="apikeys.delete")
        transaction.on_commit(partial(known_keys.forget, ended.key))


def forget(*, owners: Sequence[User]) -> None:
    """Forget what the erased owners called their ended keys and from where they used them, in the caller's transaction."""
    own = ApiKey.objects.filter(user__in=owners)
    RefusedRequest.objects.filter(api_key__in=own).delete()
    own.exclude(networks=[]).update(networks=[NOBODYS_NETWORK])
    own.update(label="erased")


def disable(*, api_key: ApiKey, officer: User, reason: str) -> ApiKey:
    """Stop a key on an officer's word; the next request with it is refused. The customer may only delete it then.

    Raises IllegalMove, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a key is disabled with a reason")
    with transaction.atomic():
        ended = _move(_locked(api_key), State.DISABLED)
        ended.save(update_fields=["state", "ended_at"])
        _record(ended, actor=officer, actor_kind="staff", act="apikeys.disable", reason=reason)
        _tell(ended, ended.user, "api_key_changed")
    known_keys.forget(ended.key)
    return ended


def _owner(customer: User, sub_account: str) -> User:
    if not sub_account:
        return customer
    found = User.objects.filter(
        parent=customer, uid=int(sub_account) if sub_account.isdecimal() and len(sub_account) == 9 else 0
    )
    owner = found.first()
    if owner is None or not owner.is_active:
        raise Absent(thing="sub-account")
    return owner


def _public_key(scheme: Scheme, text: str) -> bytes | None:
    if scheme == Scheme.NATIVE_ED25519:
        return public_keys.read(text)
    if text:
        raise PublicKeyInvalid(reason="only Ed25519 keys are made from one")
    return None


def _locked(api_key: ApiKey) -> ApiKey:
    """The key, locked. Raises Absent where it was deleted meanwhile."""
    locked = ApiKey.objects.select_related("user").select_for_update(of=("self",)).get(pk=api_key.pk)
    if locked.state == State.DELETED:
        raise Absent(thing="API key")
    return locked


def _move(api_key: ApiKey, state: State) -> ApiKey:
    """The locked key in another state, not yet saved. Raises IllegalMove."""
    KEY_FLOW.check(api_key.state, state)
    api_key.state = state
    api_key.ended_at = None if state == State.ACTIVE else now()
    return api_key


def _claim_place(customer: User, terms: Terms) -> None:
    """Promise room for one more key until the transaction ends. Raises TooManyKeys, Absent (a sub-account was removed)."""
    locked = User.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if locked.parent_id is not None and not locked.is_active:
        raise Absent(thing="sub-account")
    if ApiKey.objects.filter(user=customer).exclude(state=State.DELETED).count() >= terms.keys_allowed:
        raise TooManyKeys(keys_max=terms.keys_allowed)


def _check_expiry(expires_at: datetime | None) -> None:
    if expires_at is None:
        return
    if not now() < expires_at <= now() + timedelta(days=EXPIRY_DAYS_MAX):
        raise ExpiryInvalid(days_max=EXPIRY_DAYS_MAX)


def _random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _record(api_key: ApiKey, *, actor: User | None, actor_kind: str, act: str, reason: str = "") -> None:
    facts = {"state": api_key.state, "scopes": ",".join(api_key.scopes), "networks": str(len(api_key.networks))}
    subject = f"apikeys.apikey:{api_key.public_id}"
    logins.note(user=api_key.user, act=NOTED_AS[act])
    audit.record(actor=actor, actor_kind=actor_kind, act=act, subject=subject, reason=reason, facts=facts)


def _tell(api_key: ApiKey, customer: User, template: str) -> None:
    """The notice of what was done, on every bound channel: what the key is now, may do, and from where."""
    facts = {
        "name": api_key.label,
        "time": f"{now():%Y-%m-%d %H:%M} UTC",
        "scopes": ", ".join(api_key.scopes),
        "state": api_key.state,
        "networks": ", ".join(api_key.networks),
    }
    notify(user=customer, template=template, facts=facts)
