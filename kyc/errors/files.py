"""The refusals of files that are not the fault of a picture: quotas, forms, the store."""

from __future__ import annotations

from config.kit.errors import Absent, DomainError, Kind


class UploadBytesReached(DomainError):
    """Too many bytes today."""

    slug = "kyc.upload_bytes_reached"
    kind = Kind.LIMITED
    message = "At most {bytes_per_day} bytes can be kept in a day."
    example = {"bytes_per_day": 268_435_456, "retry_after": 3_600}
    bytes_per_day: int
    retry_after: int


class VideoQuotaReached(DomainError):
    """Too many videos today."""

    slug = "kyc.video_quota_reached"
    kind = Kind.LIMITED
    message = "At most {videos_per_day} videos can be uploaded in a day."
    example = {"videos_per_day": 6, "retry_after": 3_600}
    videos_per_day: int
    retry_after: int


class UploadUnfit(DomainError):
    """A video was named where an image is due, or an image where a video is."""

    slug = "kyc.upload_unfit"
    kind = Kind.INVALID
    message = "This file can't be used as {document_kind}."
    field = "kind"
    example = {"document_kind": "video"}
    document_kind: str


class UploadUsed(DomainError):
    """The upload has become a document already, and not this one."""

    slug = "kyc.upload_used"
    kind = Kind.CONFLICT
    message = "This file is already used for something else. Upload it again."
    document_kind: str


class ImageAbsent(Absent):
    """What is named as an image is no upload of this customer's, or none any more."""

    slug = "kyc.image_absent"
    kind = Kind.ABSENT
    message = "The file named as {document_kind} is not one of your uploads. Upload it again."
    thing: str = "upload"
    document_kind: str


class StorageUnavailable(DomainError):
    """The store of the documents does not answer, or refuses us. Nothing was kept."""

    slug = "kyc.storage_unavailable"
    kind = Kind.UNAVAILABLE
    message = "Documents can't be stored or read at the moment. Try again in {retry_after} s."
    example = {"retry_after": 30}
    retry_after: int = 30
