"""Erasing what this app and the messages know of a customer. The rows stay, for what refers to them; the person is gone."""

from __future__ import annotations

from typing import Any

from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from accounts.errors.privacy import AccountStillOpen, AlreadyErased
from accounts.models import (
    AppToken,
    Authenticator,
    Erasure,
    Favourite,
    KeyedRequest,
    KnownDevice,
    LoginRecord,
    OAuthConsent,
    OAuthGrant,
    Passkey,
    PasskeyChallenge,
    PasswordForm,
    PasswordRecovery,
    RecoveryCase,
    RecoveryCode,
    SecurityLink,
    Session,
    User,
)
from accounts.models.users import Status
from accounts.services import legal_holds
from accounts.services.officers import Act
from config.kit.clock import now
from messaging.services import erasure as messages

WHERE_FROM: dict[str, Any] = {"ip": None, "place": "", "city": "", "device": "", "os": "", "browser": ""}
"""What a session or a line of the log tells of a person, emptied."""
GONE = (
    AppToken,
    Authenticator,
    Favourite,
    KeyedRequest,
    KnownDevice,
    OAuthConsent,
    OAuthGrant,
    Passkey,
    PasskeyChallenge,
    PasswordForm,
    PasswordRecovery,
    RecoveryCode,
    SecurityLink,
)
"""Rows that are of no use without the person."""


def require_erasable(locked: User) -> None:
    """Promise that nothing of ours stands against erasing, and lock the family's rows, so that no hold comes any more.

    Raises AlreadyErased, AccountStillOpen, UnderLegalHold.
    """
    legal_holds.lock_family(locked)
    if legal_holds.is_erased(locked):
        raise AlreadyErased
    if locked.status != Status.DELETED:
        raise AccountStillOpen(because="it was not closed")
    legal_holds.require_none(locked)


def erase(*, locked: User, act: Act) -> None:
    """Erase contacts, names, places, devices, secrets and messages of a closed account, in the caller's transaction.

    The uid, the log's acts and times, and the audit log stay: they are what was done, not who it was.
    Raises as `require_erasable`; the database refuses it under a hold, too.
    """
    require_erasable(locked)
    Erasure.objects.create(customer=locked, officer=act.officer, reason=act.said, at=now())
    members = [locked, *User.objects.select_for_update().filter(parent=locked).order_by("pk")]
    for member in members:
        messages.forget(member)  # finds them by email and phone, too
        _forget(member)
    act.record(act="accounts.erased", subject=f"accounts.user:{locked.uid}", facts={"accounts": str(len(members))})


def _forget(user: User) -> None:
    user.email = user.phone = user.registered_ip = user.referral_code = None
    user.username = None if user.parent_id is None else f"erased-{user.uid}"  # a sub-account has to be called something
    user.anti_phishing_phrase = user.sub_account_label = ""
    user.save(
        update_fields=[
            "email",
            "phone",
            "registered_ip",
            "referral_code",
            "username",
            "anti_phishing_phrase",
            "sub_account_label",
        ]
    )
    user.labels.clear()
    Session.objects.filter(user=user).update(**WHERE_FROM, user_agent="")
    LoginRecord.objects.filter(user=user).update(**WHERE_FROM)
    RecoveryCase.objects.filter(user=user).update(statement="", ip=None)
    for rows in (get_refresh_token_model(), get_access_token_model(), *GONE):
        rows.objects.filter(user=user).delete()
