"""Documents: what the customer showed, re-encoded, sealed and stored under a random name."""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings
from django.db import models

from config.kit import clock
from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from kyc.models.cases import Case


class DocumentKind(models.TextChoices):
    """What an image shows. The order is that of bitgin's image types 1 to 6."""

    ID_FRONT = "id_front", "Identity document, front"
    ID_BACK = "id_back", "Identity document, back"
    SELFIE = "selfie", "Selfie holding the document"
    SECOND_ID = "second_id", "Second document"
    PROOF_OF_ADDRESS = "proof_of_address", "Proof of address"
    BANK_BOOK = "bank_book", "Bank book or statement"
    VIDEO = "video", "Video of the customer"


class DocumentState(models.TextChoices):
    """What became of a document."""

    UPLOADED = "uploaded", "Uploaded"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    REPLACED = "replaced", "Replaced"


DOCUMENT_FLOW = Flow(
    "document",
    states=DocumentState,
    start=DocumentState.UPLOADED,
    moves={
        DocumentState.UPLOADED: (DocumentState.ACCEPTED, DocumentState.REFUSED, DocumentState.REPLACED),
        DocumentState.ACCEPTED: (DocumentState.REFUSED,),
        DocumentState.REFUSED: (DocumentState.REPLACED,),
    },
    ends=(DocumentState.REPLACED,),
)


class Page(TypedDict):
    """Where one page's JPEG lies in the stored file, in bytes, and its size in pixels."""

    offset: int
    length: int
    width: int
    height: int


class Video(TypedDict):
    """What is known of a video: its bytes, length in milliseconds, size in pixels, codecs ("" for no sound)."""

    bytes: int
    milliseconds: int
    width: int
    height: int
    video_codec: str
    audio_codec: str


class Document(models.Model):
    """One document of a case.

    The stored file is the page JPEGs one behind another, sealed as one under the customer's key. `sha256` is of those
    bytes before sealing: it is what a decision is bound to. A document replaced before anyone decided about it loses its
    file (`storage_name` is null); one that was decided, or whose customer is under a legal hold, keeps it as evidence.
    A video's pages are pictures taken from it; the video itself lies sealed in a file of its own, `video_name`, and
    `sha256` is of the pages and the video behind them.
    """

    public_id = PublicIdField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=DocumentKind.choices)
    state = models.CharField(max_length=16, choices=DocumentState.choices, default=DocumentState.UPLOADED)
    reason = models.CharField(max_length=48, blank=True, default="")
    sha256 = models.BinaryField(max_length=32)
    storage_name = models.CharField(max_length=80, null=True, blank=True)  # unique where there is one
    video_name = models.CharField(max_length=80, null=True, blank=True)  # unique where there is one
    video = models.JSONField(null=True, blank=True)
    media_type = models.CharField(max_length=32)
    size_bytes = models.PositiveIntegerField()
    page_count = models.PositiveSmallIntegerField()
    pages = models.JSONField()
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "kyc_document"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=~models.Q(state=DocumentState.REPLACED),
                name="kyc_document_one_live",
            ),
            models.UniqueConstraint(fields=["storage_name"], name="kyc_document_storage_name_unique"),
            models.UniqueConstraint(fields=["video_name"], name="kyc_document_video_name_unique"),
            models.CheckConstraint(condition=models.Q(state__in=DocumentState.values), name="kyc_document_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=DocumentKind.values), name="kyc_document_kind_known"),
            models.CheckConstraint(
                condition=models.Q(state=DocumentState.REPLACED) | models.Q(storage_name__isnull=False),
                name="kyc_document_live_has_file",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DocumentState.REPLACED)
                | models.Q(kind=DocumentKind.VIDEO, video_name__isnull=False)
                | (~models.Q(kind=DocumentKind.VIDEO) & models.Q(video_name__isnull=True)),
                name="kyc_document_video_has_video",
            ),
            models.CheckConstraint(
                condition=models.Q(page_count__gte=1, page_count__lte=20), name="kyc_document_page_count_in_range"
            ),
        ]
        indexes = [models.Index(fields=["user", "uploaded_at"], name="kyc_document_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def fingerprint(self) -> str:
        """The SHA-256 as hex."""
        return bytes(self.sha256).hex()
