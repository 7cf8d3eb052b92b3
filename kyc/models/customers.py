"""What we hold about a person, sealed under a key of that person's own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from config.kit import clock


class CustomerKey(models.Model):
    """The data key of one customer, wrapped by the key-encryption key.

    Every sealed value and every file of the customer stands under it: without the row they are noise. The row is also
    the lock of the customer's identity checks: whoever changes them holds it.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "kyc_customer_key"

    def __str__(self) -> str:
        return f"key of customer {self.pk}"


class IdType(models.TextChoices):
    """Kinds of identity documents."""

    NATIONAL_ID = "national_id", "National ID card"
    PASSPORT = "passport", "Passport"
    RESIDENCE_PERMIT = "residence_permit", "Residence permit (ARC)"
    DRIVING_LICENCE = "driving_licence", "Driving licence"


class Gender(models.TextChoices):
    """As printed on the document."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    UNSPECIFIED = "unspecified", "Unspecified"


class Identity(models.Model):
    """The basic data of one customer.

    `sealed` holds names, birthday, gender, address and document number as JSON under the customer's key. `number_index`
    is a keyed hash of issuing country and normalised number: equal numbers meet in it, and nobody reads them from it. There
    is a column for each of two keys (`kyc.services.blind_indexes`).
    `released_at` says that an officer took the number from this customer, who has to give the data anew.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    nationality = models.CharField(max_length=2)
    residence = models.CharField(max_length=2)
    id_type = models.CharField(max_length=24, choices=IdType.choices)
    sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32, null=True, blank=True)
    second_number_index = models.BinaryField(max_length=32, null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "kyc_identity"
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["number_index"], name="kyc_identity_number_unique"),
            models.UniqueConstraint(fields=["second_number_index"], name="kyc_identity_second_number_unique"),
            models.CheckConstraint(
                condition=models.Q(number_index__isnull=False) | models.Q(second_number_index__isnull=False),
                name="kyc_identity_number_indexed",
            ),
            models.CheckConstraint(condition=models.Q(id_type__in=IdType.values), name="kyc_identity_id_type_known"),
        ]

    def __str__(self) -> str:
        return f"identity of customer {self.pk}"

    @property
    def seal_context(self) -> str:
        """What the sealed facts are bound to."""
        return f"kyc.identity:{self.pk}"


class NamedNumber(models.Model):
    """A document number that a customer ever named, held or refused: by it two customers of one number find each other.

    `sealed` is the number under the customer's key, the indexes are as in Identity. `refused_at` is when it was refused
    last, because another customer held it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    country = models.CharField(max_length=2)
    sealed = models.BinaryField()
    number_index = models.BinaryField(max_length=32, null=True, blank=True)
    second_number_index = models.BinaryField(max_length=32, null=True, blank=True)
    named_at = models.DateTimeField(default=clock.now)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kyc_named_number"
        constraints: ClassVar = (
            models.UniqueConstraint(fields=["user", "number_index"], name="kyc_named_number_once_each"),
            models.UniqueConstraint(fields=["user", "second_number_index"], name="kyc_named_number_once_each_2"),
        )
        indexes: ClassVar = (
            models.Index(fields=["number_index"], name="kyc_named_number_index"),
            models.Index(fields=["second_number_index"], name="kyc_named_number_index_2"),
        )

    def __str__(self) -> str:
        return f"number named by customer {self.user_id}"
