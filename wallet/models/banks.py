"""Our own accounts at banks, and the lines of their statements that the books know."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit import clock
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import Coin

CODE_CHARACTERS_MAX = 32
REFERENCE_CHARACTERS_MAX = 64
REFERENCE_SHAPE = r"^[A-Z0-9][A-Z0-9/.:+_-]{2,63}$"
"""A bank's reference in its one written form: capitals, no spaces."""


class NostroAccount(models.Model):
    """One of our accounts at a bank, in one fiat coin. What customers are told of it to pay in stands here."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=CODE_CHARACTERS_MAX, unique=True)
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="nostro_accounts")
    bank = models.CharField(max_length=128)
    holder = models.CharField(max_length=128)
    account_number = models.CharField(max_length=40)
    swift_code = models.CharField(max_length=11, blank=True, default="")
    is_open = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9_]{2,32}$"), name="nostro_account_code_plain"),
            # Target of the bank line's composite key: a line is in the coin of its account.
            models.UniqueConstraint(fields=["id", "coin"], name="nostro_account_coin"),
        ]

    def __str__(self) -> str:
        return self.code


class LineDirection(models.TextChoices):
    """Whether the bank took or gave."""

    IN = "in", "received"
    OUT = "out", "paid"


class BankLine(models.Model):
    """One line of the statement of one of our bank accounts, as an officer entered it. Append-only.

    Each is in the books once, whatever it stands for: a deposit, a payment, or a payment that came back. Where a deposit was
    credited by mistake and that was undone, its line is entered anew with the next `correction` (a trigger sees to it).
    """

    id = models.BigAutoField(primary_key=True)
    nostro = models.ForeignKey(NostroAccount, on_delete=models.PROTECT, related_name="lines")
    coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    """Together with `nostro` a foreign key of the database (bank_line_coin)."""
    direction = models.CharField(max_length=4, choices=LineDirection.choices)
    reference = models.CharField(max_length=REFERENCE_CHARACTERS_MAX)
    amount = models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)
    correction = models.PositiveSmallIntegerField(default=0, db_default=0)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["nostro", "direction", "reference", "correction"], name="bank_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="bank_line_amount_positive"),
            models.CheckConstraint(condition=Q(direction__in=LineDirection.values), name="bank_line_direction_known"),
            models.CheckConstraint(condition=Q(reference__regex=REFERENCE_SHAPE), name="bank_line_reference_plain"),
        ]

    def __str__(self) -> str:
        return self.reference
