"""Uploads that belong to no case yet: a customer's own, for a short time."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.kit import clock
from config.kit.ids import PublicIdField
from kyc.models.documents import Document


class UploadForm(models.TextChoices):
    """What an upload is."""

    IMAGE = "image", "Image"
    VIDEO = "video", "Video"


class Upload(models.Model):
    """A file that was handed in before anybody said what it shows; it is named by its path later.

    Its file is kept like a document's and becomes a document's when it is claimed: `document` then says which, and the
    names of files are that row's. One that nobody claims loses its file when it expires; the row stays for the quota.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    form = models.CharField(max_length=8, choices=UploadForm.choices)
    sha256 = models.BinaryField(max_length=32)
    storage_name = models.CharField(max_length=80, null=True, blank=True)  # unique where there is one
    video_name = models.CharField(max_length=80, null=True, blank=True)  # unique where there is one
    video = models.JSONField(null=True, blank=True)
    media_type = models.CharField(max_length=32)
    size_bytes = models.PositiveIntegerField()
    pages = models.JSONField()
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="upload")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "kyc_upload"
        constraints = [
            models.UniqueConstraint(fields=["storage_name"], name="kyc_upload_storage_name_unique"),
            models.UniqueConstraint(fields=["video_name"], name="kyc_upload_video_name_unique"),
            models.CheckConstraint(condition=models.Q(form__in=UploadForm.values), name="kyc_upload_form_known"),
            models.CheckConstraint(
                condition=models.Q(document__isnull=True) | models.Q(storage_name__isnull=True, video_name__isnull=True),
                name="kyc_upload_claimed_holds_no_file",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "created_at"], name="kyc_upload_of_user"),
            models.Index(fields=["expires_at"], condition=models.Q(storage_name__isnull=False), name="kyc_upload_to_expire"),
        ]

    def __str__(self) -> str:
        return f"upload {self.public_id}"
