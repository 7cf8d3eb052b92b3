"""The selfie of a recovery case: the same way as a document's, from a customer who can't sign in."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from accounts.errors import SelfieNotFresh
from accounts.models import RecoveryCase
from accounts.services import recovery_cases
from config.kit import clock
from kyc.errors import DocumentUnreadable, UploadQuotaReached
from kyc.models import Document, RecoverySelfie
from kyc.services import documents, imaging, kept, quotas, storage
from kyc.services.refusals import spoken

PICTURES_PER_DAY_MAX = 10
"""Selfies that one customer may hand in within 24 hours."""
PICTURE_TYPES = frozenset({"image/jpeg", "image/png"})


def hand_in(*, token: str, content: bytes) -> RecoveryCase:
    """Keep the picture, re-encoded and sealed, and hand the case in with it.

    Nothing is decoded before the token is known and the case waits for a selfie. Files that can't be read count in the
    customer's quota of documents. Raises RecoveryTokenInvalid, IllegalMove, UploadQuotaReached, DocumentTooLarge,
    DocumentUnreadable, ImagingBusy, StorageUnavailable, SelfieNotFresh.
    """
    case = recovery_cases.selfie_due(token)
    quotas.require(case.user)
    _within_quota(case)
    with documents.alone(case.user):
        picture = _one_picture(documents.readable(case.user, content))
    name = storage.store(case.user_id, picture.content)
    with kept.unless_it_fails(name):
        return _attach(token, case, picture, name)


def read(selfie: RecoverySelfie) -> bytes:
    """The JPEG. Raises crypto.Unsealable, FileNotFoundError."""
    return storage.load(selfie.user_id, selfie.storage_name)


def _one_picture(picture: imaging.Picture) -> imaging.Picture:
    """A selfie is one photograph; a PDF is not."""
    if picture.source_media_type not in PICTURE_TYPES or len(picture.pages) != 1:
        raise DocumentUnreadable(cause="foreign_type", reason="only JPEG and PNG files are taken")
    return picture


def _attach(token: str, case: RecoveryCase, picture: imaging.Picture, name: str) -> RecoveryCase:
    if Document.objects.filter(user_id=case.user_id, sha256=picture.sha256).exists():
        raise SelfieNotFresh
    place = picture.pages[0]
    with spoken(), transaction.atomic():
        selfie = RecoverySelfie(
            case=case,
            user_id=case.user_id,
            sha256=picture.sha256,
            storage_name=name,
            size_bytes=len(picture.content),
            width=place["width"],
            height=place["height"],
            challenge=case.challenge,
        )
        handed_in = recovery_cases.submit(token=token, selfie_reference=str(selfie.public_id), selfie_sha256=picture.sha256)
        selfie.save(force_insert=True)
    return handed_in


def _within_quota(case: RecoveryCase) -> None:
    since = clock.now() - timedelta(days=1)
    if RecoverySelfie.objects.filter(user_id=case.user_id, uploaded_at__gt=since).count() >= PICTURES_PER_DAY_MAX:
        raise UploadQuotaReached(documents_per_day=PICTURES_PER_DAY_MAX, retry_after=quotas.DAY_SECONDS)
