"""Passkeys of a customer: added, listed, renamed, removed. Signing in with one: `passkey_log_in`."""

from __future__ import annotations

import io
import logging

import cbor2
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from webauthn import generate_registration_options, verify_registration_response
from webauthn.helpers import bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.errors import PasskeyRefused, PasskeyTaken, TooManyPasskeys
from accounts.models import Passkey, PasskeyChallenge, Session, User
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause, Level
from accounts.services import ceremonies, changes, second_factor
from accounts.services.ceremonies import CHALLENGE_LIFETIME, LOG_IN, REGISTRATION, Options
from accounts.services.clients import Client
from accounts.services.passkey_json import Attestation
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.errors import Absent, LevelTooLow, NotSignedIn
from config.kit.ids import read_public_id
from messaging.models import Purpose

PASSKEYS_MAX = 10
"""Passkeys of one account."""
logger = logging.getLogger(__name__)


def begin(*, user: User, session: Session, client: Client, proof: Proof | None = None, is_fresh: bool = False) -> Options:
    """The options with which a browser makes a new passkey, in this session, in the next minutes.

    Raises TooManyPasskeys, and what `second_factor.require_or_fresh` raises for PASSKEY_ADD.
    """
    held = list(Passkey.objects.filter(user=user).order_by("pk"))
    if len(held) >= PASSKEYS_MAX:
        raise TooManyPasskeys(passkeys_max=PASSKEYS_MAX)
    second_factor.require_or_fresh(user, proof, Purpose.PASSKEY_ADD, is_fresh=is_fresh, client=client)
    row = ceremonies.begin(user=user, purpose=REGISTRATION, session=str(session.public_id))
    name = user.email or user.phone or user.username or str(user.uid)
    made = generate_registration_options(
        rp_id=settings.WEBAUTHN_RP_ID,
        rp_name=settings.PRODUCT_NAME,
        user_id=ceremonies.handle_of(user),
        user_name=name,
        user_display_name=name,
        challenge=bytes(row.challenge),
        timeout=int(CHALLENGE_LIFETIME.total_seconds() * 1000),
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[ceremonies.descriptor(passkey) for passkey in held],
    )
    return Options(options_to_json_dict(made), row.expires_at)


def add(*, user: User, session: Session, attestation: Attestation, name: str, client: Client) -> Passkey:
    """Register what the browser made; the other sessions end, every bound channel is told, money waits 24 h.

    In an account's first day nothing waits (`holds.SET_UP_HOURS`). The challenge is spent whatever follows.
    Raises PasskeyRefused, PasskeyTaken, TooManyPasskeys; RuntimeError inside a transaction.
    """
    challenge = ceremonies.spend(attestation.challenge)
    if (
        challenge is None
        or challenge.user_id != user.pk
        or challenge.purpose != REGISTRATION
        or challenge.session != str(session.public_id)
    ):
        raise PasskeyRefused
    verified = _verified(attestation, challenge)
    if verified is None:
        raise PasskeyRefused
    try:
        with transaction.atomic():
            return _insert(user, session, verified, attestation, name, client)
    except IntegrityError:
        raise PasskeyTaken from None


def _is_one_item(raw: bytes) -> bool:
    """Whether the bytes are one CBOR item and nothing after it (CTAP 2, section 8): the library looks no further than that."""
    stream = io.BytesIO(raw)
    cbor2.CBORDecoder(stream).decode()
    return not stream.read(1)


def _verified(attestation: Attestation, challenge: PasskeyChallenge) -> VerifiedRegistration | None:
    try:
        if not _is_one_item(attestation.attestation):
            return None
        return verify_registration_response(
            credential=RegistrationCredential(
                id=bytes_to_base64url(attestation.credential_id),
                raw_id=attestation.credential_id,
                response=AuthenticatorAttestationResponse(
                    client_data_json=attestation.client_data, attestation_object=attestation.attestation
                ),
            ),
            expected_challenge=bytes(challenge.challenge),
            expected_rp_id=settings.WEBAUTHN_RP_ID,
            expected_origin=settings.WEBAUTHN_ORIGINS,
            require_user_verification=True,
        )
    except (WebAuthnException, cbor2.CBORError):
        return None
    except Exception:  # whatever a forged credential trips over in the library, it is no credential
        logger.warning("a new passkey broke its reader", exc_info=True)
        return None


def _insert(
    user: User, session: Session, verified: VerifiedRegistration, told: Attestation, name: str, client: Client
) -> Passkey:
    User.objects.select_for_update().get(pk=user.pk)
    if Passkey.objects.filter(user=user).count() >= PASSKEYS_MAX:
        raise TooManyPasskeys(passkeys_max=PASSKEYS_MAX)
    made = Passkey.objects.create(
        user=user,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=list(told.transports),
        aaguid=verified.aaguid,
        is_backed_up=verified.credential_backed_up,
        name=name,
        created_at=now(),
    )
    changes.follow(
        user=user,
        act=LoginAct.PASSKEY_ADDED,
        client=client,
        session=session,
        ends=EndCause.FACTOR_CHANGED,
        hold=Cause.SECOND_FACTOR,
        new_may_skip_hold=True,
        facts={"name": name},
    )
    return made


def of(user: User) -> QuerySet[Passkey]:
    """The user's passkeys, suspended ones among them; the caller orders and cuts."""
    return Passkey.objects.filter(user=user)


def rename(*, user: User, public_id: str, name: str) -> Passkey:
    """Give a passkey another name. Raises Absent."""
    found = _get(user, public_id)
    Passkey.objects.filter(pk=found.pk).update(name=name)
    found.name = name
    return found


def remove(*, user: User, public_id: str, proof: Proof | None, session: Session, client: Client) -> None:
    """Remove a passkey; starts the 24 h hold, ends the other sessions and forgets the known devices.

    The hold starts whatever else is bound: a thief who may remove one factor would use the other.
    Raises Absent, and what `second_factor.require` raises for PASSKEY_REMOVE.
    """
    found = _get(user, public_id)
    second_factor.require(user, proof, Purpose.PASSKEY_REMOVE, client=client)
    with transaction.atomic():
        if not Passkey.objects.filter(pk=found.pk).delete()[0]:
            raise Absent(thing="passkey")
        changes.follow(
            user=user,
            act=LoginAct.PASSKEY_REMOVED,
            client=client,
            session=session,
            ends=EndCause.FACTOR_CHANGED,
            hold=Cause.SECOND_FACTOR,
            forget_devices=True,
            facts={"name": found.name},
        )


def _get(user: User, public_id: str) -> Passkey:
    number = read_public_id(public_id)
    found = of(user).filter(public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="passkey")
    return found


def ask(*, session: Session | None, purpose: str, context: str = "") -> Options:
    """A challenge: for one act of the session's customer, or, for LOGIN, to sign in with any passkey.

    `context` names what the act is bound to, where its purpose has something (a withdrawal); the act's own refusal brings
    a challenge with the right one.
    Raises NotSignedIn, LevelTooLow: a session that waits for its second factor gets a challenge for that alone.
    """
    if purpose == LOG_IN:
        return ceremonies.options_for_log_in()
    if session is None:
        raise NotSignedIn
    if purpose != Purpose.SECOND_FACTOR and session.level != Level.FULL:
        raise LevelTooLow(level=session.level, required=Level.FULL)
    return ceremonies.options_for(session.user, purpose, context, session=str(session.public_id))
