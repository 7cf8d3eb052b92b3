"""What a machine noticed about a document: hints for the officer, never decisions. No personal data in the clear."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from config.kit import clock
from config.kit.flow import Flow
from kyc.models.documents import Document


class HintState(models.TextChoices):
    """Where the look at a document stands."""

    DUE = "due", "Due"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Could not be computed"


HINT_FLOW = Flow(
    "hints",
    states=HintState,
    start=HintState.DUE,
    moves={
        HintState.DUE: (HintState.RUNNING, HintState.FAILED),
        HintState.RUNNING: (HintState.DONE, HintState.DUE, HintState.FAILED),
        HintState.DONE: (HintState.DUE,),
        HintState.FAILED: (HintState.DUE,),
    },
    ends=(),
)


class Compared(models.TextChoices):
    """What was read from the picture beside what the customer typed."""

    EQUAL = "equal", "Equal"
    DIFFERS = "differs", "Differs"
    UNREAD = "unread", "Not read"
    ABSENT = "absent", "Not looked for"


class DocumentHints(models.Model):
    """The hints of one document, and the state of the work that finds them.

    `due_at` is when the work may be taken: of one that runs, when its lease ends. `tries` is the lease's fencing token.
    A number that is None was not measured. `number` and `mrz` tell only how what was read compares with what was typed.
    """

    document = models.OneToOneField(Document, models.CASCADE, primary_key=True, related_name="hints")
    state = models.CharField(max_length=8, choices=HintState.choices, default=HintState.DUE)
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    computed_at = models.DateTimeField(null=True, blank=True)
    sharpness = models.FloatField(null=True, blank=True)
    """The variance of the Laplacian at a common size; below `SHARPNESS_MIN` letters are hard to read."""
    glare_share = models.FloatField(null=True, blank=True)
    """The part of the pixels that is blown out, 0 to 1."""
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    faces = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.CharField(max_length=8, choices=Compared.choices, default=Compared.ABSENT)
    mrz = models.CharField(max_length=8, choices=Compared.choices, default=Compared.ABSENT)
    mrz_checks = models.BooleanField(null=True, blank=True)
    """Whether the check digits of the machine-readable zone are right; None where none was read."""

    class Meta:
        db_table = "kyc_document_hints"
        verbose_name_plural = "hints of documents"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=HintState.values), name="kyc_document_hints_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=(HintState.DUE, HintState.RUNNING)),
                name="kyc_document_hints_due",
            )
        ]

    def __str__(self) -> str:
        return f"hints of document {self.document_id}"


class ImagePrint(models.Model):
    """The perceptual hash of a document's first page: 64 bits, and the same bits as four bands of 16 to look them up by."""

    document = models.OneToOneField(Document, models.CASCADE, primary_key=True, related_name="image_print")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    bits = models.BigIntegerField()
    band_0 = models.SmallIntegerField()
    band_1 = models.SmallIntegerField()
    band_2 = models.SmallIntegerField()
    band_3 = models.SmallIntegerField()

    class Meta:
        db_table = "kyc_image_print"
        indexes = [models.Index(fields=[f"band_{n}"], name=f"kyc_image_print_band_{n}") for n in range(4)]

    def __str__(self) -> str:
        return f"print of document {self.document_id}"


class Likeness(models.Model):
    """Two documents of different customers that look alike; a row for each direction."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="likenesses", db_index=False)
    other = models.ForeignKey(Document, models.CASCADE, related_name="+")
    distance = models.PositiveSmallIntegerField()
    """In how many of 64 bits they differ."""

    class Meta:
        db_table = "kyc_likeness"
        verbose_name_plural = "likenesses"
        constraints = [
            models.UniqueConstraint(fields=["document", "other"], name="kyc_likeness_once"),
            models.CheckConstraint(condition=~models.Q(document=models.F("other")), name="kyc_likeness_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} is like {self.other_id}"
