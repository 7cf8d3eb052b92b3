"""Branches of banks, as operators load them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class BankBranch(models.Model):
    """One branch of one bank. One that the newest list lacks is closed: old accounts keep its name, new ones can't name it."""

    country = models.CharField(max_length=2)
    bank_code = models.CharField(max_length=16)
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "kyc_bank_branch"
        verbose_name_plural = "bank branches"
        constraints = [
            models.UniqueConstraint(fields=["country", "bank_code", "code"], name="kyc_bank_branch_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="kyc_bank_branch_named"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_code} {self.code}"
