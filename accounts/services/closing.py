"""The end of a customer's account: nobody signs in any more, and what is known of the customer waits for its erasure."""

from __future__ import annotations

from accounts.errors.privacy import AccountStillOpen
from accounts.models import Authenticator, Passkey, PasswordForm, RecoveryCode, User
from accounts.models.sessions import EndCause
from accounts.models.users import Status
from accounts.services import devices, sessions
from accounts.services.officers import Act


def close(*, locked: User, act: Act) -> None:
    """End the account for good, in the caller's transaction; who calls has seen that no money is left on it.

    Contacts stay until the data are erased: who comes back meanwhile is known. Raises AccountStillOpen (sub-accounts).
    """
    if User.objects.filter(parent=locked).exclude(status=Status.DELETED).exists():
        raise AccountStillOpen(because="it has sub-accounts")
    locked.status = Status.DELETED
    locked.credentials_epoch += 1
    locked.save(update_fields=["status", "credentials_epoch"])
    sessions.end_all(user=locked, cause=EndCause.STATUS)
    devices.forget_all(locked)
    for secret in (PasswordForm, Authenticator, Passkey, RecoveryCode):
        secret.objects.filter(user=locked).delete()
    act.record(act="accounts.closed", subject=f"accounts.user:{locked.uid}", facts={})
