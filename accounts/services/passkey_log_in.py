"""Signing in with a passkey alone: it knows its account, and its owner's finger or word is the second factor."""

from __future__ import annotations

from accounts.errors import AddressLocked, PasskeyRefused
from accounts.models import Status
from accounts.models.sessions import SignedInBy
from accounts.services import assertions, attempts, devices, login
from accounts.services.clients import Client
from accounts.services.login import SignIn
from accounts.services.passkey_json import Assertion


def log_in(*, assertion: Assertion, client: Client, device_token: str | None = None) -> SignIn:
    """Open a full session for the owner of the passkey that answered a log-in's challenge.

    The attempt is counted against the network address and committed first; names are not asked for, so none is locked.
    Officers sign in at their desk only: here their passkeys are unknown.
    Raises PasskeyRefused, AddressLocked, AccountStopped; RuntimeError inside a transaction.
    """
    address = attempts.address(client.ip)
    (attempt,) = attempts.begin(address)
    if attempt.locked_for:
        raise AddressLocked(retry_after=attempt.locked_for)
    passkey = assertions.identify(assertion, client=client)
    if passkey is None or passkey.user.is_staff or passkey.user.status == Status.DELETED:
        raise PasskeyRefused
    attempts.give_back(address)
    return login.admit(
        user=passkey.user, device=devices.find(device_token), client=client, by=SignedInBy.PASSKEY, is_proven=True
    )
