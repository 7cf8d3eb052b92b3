"""Answers of passkeys: verified by py_webauthn, each challenge and each count once."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from webauthn import verify_authentication_response
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticationCredential, AuthenticatorAssertionResponse

from accounts.models import Passkey, PasskeyChallenge, User
from accounts.models.logins import LoginAct
from accounts.models.recovery import LinkAct
from accounts.services import audit, ceremonies, changes, factor_attempts, links, logins
from accounts.services.clients import Client
from accounts.services.passkey_json import Assertion
from config.kit.clock import now
from config.kit.crypto import equal
from messaging.services.notices import notify

logger = logging.getLogger(__name__)


def check(
    user: User, assertion: Assertion, *, purpose: str, context: str = "", session: str = "", client: Client | None = None
) -> Passkey:
    """Take the answer of one of the user's passkeys to a challenge for this purpose, context and session, once.

    The attempt is counted and the challenge spent, and both committed, before anything is compared.
    Raises WrongCode, TooManyAttempts; RuntimeError inside a transaction.
    """
    attempt = factor_attempts.begin(factor_attempts.subject_of(user.pk))
    challenge = ceremonies.spend(assertion.challenge)
    passkey = _find(assertion)
    if (
        challenge is None
        or challenge.user_id != user.pk
        or challenge.purpose != purpose
        or challenge.context != ceremonies.context_hash(context)
        or challenge.session not in {"", session}
        or passkey is None
        or passkey.user_id != user.pk
        or not _fits(assertion, challenge, passkey, client)
    ):
        raise factor_attempts.wrong(attempt)
    factor_attempts.forget(user.pk)
    return passkey


def identify(assertion: Assertion, *, client: Client) -> Passkey | None:
    """The passkey that answered a log-in's challenge, with its user; None for any other answer. The challenge is spent.

    RuntimeError inside a transaction.
    """
    challenge = ceremonies.spend(assertion.challenge)
    passkey = _find(assertion)
    if challenge is None or challenge.purpose != ceremonies.LOG_IN or passkey is None or assertion.user_handle is None:
        return None
    return passkey if _fits(assertion, challenge, passkey, client) else None


def _find(assertion: Assertion) -> Passkey | None:
    live = Passkey.objects.select_related("user").filter(suspended_at__isnull=True)
    return live.filter(credential_id=assertion.credential_id).first()


def _fits(assertion: Assertion, challenge: PasskeyChallenge, passkey: Passkey, client: Client | None) -> bool:
    """Whether the passkey signed this, for us, by its owner's finger or word, and with a count that rose."""
    if assertion.user_handle is not None and not equal(assertion.user_handle, ceremonies.handle_of(passkey.user)):
        return False
    count = _verified_count(assertion, challenge, passkey)
    if count is None:
        return False
    if _rise(passkey, count):
        return True
    suspend(passkey, client)
    return False


def _verified_count(assertion: Assertion, challenge: PasskeyChallenge, passkey: Passkey) -> int | None:
    """The signed count; None where the answer isn't true. The library's own look at the count is left out.

    It looks before it verifies the signature, and only a true answer may suspend a passkey.
    """
    try:
        verified = verify_authentication_response(
            credential=AuthenticationCredential(
                id=bytes_to_base64url(assertion.credential_id),
                raw_id=assertion.credential_id,
                response=AuthenticatorAssertionResponse(
                    client_data_json=assertion.client_data,
                    authenticator_data=assertion.authenticator_data,
                    signature=assertion.signature,
                    user_handle=assertion.user_handle,
                ),
            ),
            expected_challenge=bytes(challenge.challenge),
            expected_rp_id=settings.WEBAUTHN_RP_ID,
            expected_origin=settings.WEBAUTHN_ORIGINS,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except WebAuthnException:
        return None
    except Exception:  # whatever a forged answer trips over in the library, it is no answer
        logger.warning("an answer of a passkey broke its reader", exc_info=True)
        return None
    return verified.new_sign_count


def _rise(passkey: Passkey, count: int) -> bool:
    """Write the count; False where it didn't rise. Authenticators without a counter always say zero (section 6.1.1)."""
    rises = Q(sign_count__lt=count) | (Q(sign_count=0) if count == 0 else Q())
    live = Passkey.objects.filter(rises, pk=passkey.pk, suspended_at__isnull=True)
    return bool(live.update(sign_count=count, last_used_at=now()))


def suspend(passkey: Passkey, client: Client | None) -> None:
    """Two devices hold this passkey: it proves nothing any more, and its owner is told by every channel.

    It still counts as bound, so that no weaker method takes its place; its owner removes it with another proof.
    """
    user = passkey.user
    with transaction.atomic():
        if not Passkey.objects.filter(pk=passkey.pk, suspended_at__isnull=True).update(suspended_at=now()):
            return
        logins.note(user=user, act=LoginAct.SECOND_FACTOR_FAILED, client=client)
        audit.record(
            actor=None,
            actor_kind="system",
            act="accounts.passkey_suspended",
            subject=f"accounts.user:{user.uid}",
            facts={"passkey": str(passkey.public_id)},
        )
        told = changes.circumstances(client) if client else {"time": f"{now():%Y-%m-%d %H:%M} UTC"}
        link = links.draw(user=user, act=LinkAct.FREEZE)
        notify(user=user, template="passkey_suspended", facts={**told, "name": passkey.name, "link": link})
