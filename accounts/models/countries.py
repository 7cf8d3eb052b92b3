"""Countries: ISO 3166 codes, phone areas and names in three languages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Country(models.Model):
    """A country or territory of ISO 3166-1, loaded by `manage.py load_countries`."""

    alpha2 = models.CharField(max_length=2, primary_key=True)
    alpha3 = models.CharField(max_length=3)
    numeric = models.CharField(max_length=3)
    phone_area = models.CharField(max_length=4, blank=True)
    """The country calling code without `+`, empty where there is none."""
    name_en = models.CharField(max_length=96)
    name_zh_cn = models.CharField(max_length=96)
    name_zh_tw = models.CharField(max_length=96)
    can_register = models.BooleanField(default=True)
    """Whether a phone of this country may open an account; staff's choice, kept when the list is loaded again."""
    sort = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "countries"
        ordering = ("sort", "alpha2")
        constraints = (
            models.UniqueConstraint(fields=["alpha3"], name="accounts_country_alpha3_unique"),
            models.UniqueConstraint(fields=["numeric"], name="accounts_country_numeric_unique"),
            models.CheckConstraint(
                condition=Q(alpha2__regex="^[A-Z]{2}$"),
                name="accounts_country_alpha2_form",
            ),
        )

    def __str__(self) -> str:
        return self.name_en
