"""One coin exchanged for another: what is offered, on which terms, and what was done."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit import clock
from config.kit.ids import PublicIdField
from config.kit.money import AMOUNT_DIGITS, AMOUNT_PLACES
from wallet.models.coins import Coin
from wallet.models.ledger import Posting
from wallet.models.limits import LevelLimit

CLIENT_REFERENCE_CHARACTERS_MAX = 128
ORIGIN_CHARACTERS_MAX = 128
PRICE_PLACES = 36
"""Decimal places to which the price of a quote is carried: twice those of an amount."""
PRICE_DIGITS = 2 * AMOUNT_DIGITS - 4
REMAINDER_PLACES = AMOUNT_PLACES + PRICE_PLACES
"""Decimal places of amount × price, whole."""


def _amount() -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES)


class ConversionTerms(models.Model):
    """How much of a coin one conversion may give, in the coin's own unit. A coin without terms, or closed, is not exchanged."""

    coin = models.OneToOneField(Coin, on_delete=models.PROTECT, primary_key=True, related_name="conversion_terms")
    minimum = _amount()
    maximum = _amount()
    is_open = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "conversion terms"
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum__gt=Decimal(0), maximum__gte=F("minimum")), name="conversion_terms_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minimum} to {self.maximum}"


class ConversionLimit(LevelLimit):
    """The most a customer of a KYC level may give of a coin in a window; no row: nothing."""

    class Meta(LevelLimit.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["level", "coin", "window_hours"], name="conversion_limit_once"),
            models.CheckConstraint(condition=Q(maximum__gte=Decimal(0)), name="conversion_limit_not_negative"),
            models.CheckConstraint(condition=Q(window_hours__gt=0), name="conversion_limit_window_positive"),
        ]


class DustQuote(models.Model):
    """An offer to exchange a customer's small balances at once: its parts are quotes that are taken together or not at all."""

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    target_coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer", "target_coin"], name="dust_quote_of_customer_and_coin"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="dust_quote_lives"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="dust_quote_by_end")]

    def __str__(self) -> str:
        return str(self.public_id)


class ConversionQuote(models.Model):
    """What a customer was offered: `source_amount` for `target_amount`, until it expires. Never changed (a trigger sees to it).

    `source_amount × price` is exactly what the customer gets, the spread (`fee`), what rounding left in whole units
    (`dust`), and what is left below the target's smallest unit (`remainder`). A constraint holds that.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source_coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    target_coin = models.ForeignKey(Coin, on_delete=models.PROTECT, related_name="+")
    source_amount = _amount()
    target_amount = _amount()
    price = models.DecimalField(max_digits=PRICE_DIGITS, decimal_places=PRICE_PLACES)
    """Units of the target for one of the source, before the spread; rounded down."""
    spread_percent = models.DecimalField(max_digits=8, decimal_places=4)
    fee = _amount()
    dust = _amount()
    remainder = models.DecimalField(max_digits=REMAINDER_PLACES + 2, decimal_places=REMAINDER_PLACES)
    rate_taken_at = models.DateTimeField()
    rate_origin = models.CharField(max_length=ORIGIN_CHARACTERS_MAX)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    dust_quote = models.ForeignKey(
        DustQuote, on_delete=models.PROTECT, null=True, default=None, related_name="parts", db_index=False, db_constraint=False
    )
    """Of which it is a part. With customer and target a foreign key of the database (conversion_quote_of_its_dust)."""

    class Meta:
        constraints = [
            # Target of the conversion's composite key: nobody converts by another's quote.
            models.UniqueConstraint(fields=["id", "customer"], name="conversion_quote_of_customer"),
            models.CheckConstraint(condition=~Q(source_coin=F("target_coin")), name="conversion_quote_of_two_coins"),
            models.CheckConstraint(
                condition=Q(source_amount__gt=Decimal(0), target_amount__gt=Decimal(0), price__gt=Decimal(0)),
                name="conversion_quote_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(fee__gte=Decimal(0), dust__gte=Decimal(0), remainder__gte=Decimal(0)),
                name="conversion_quote_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    target_amount=F("source_amount") * F("price") - F("fee") - F("dust") - F("remainder"),
                ),
                name="conversion_quote_loses_nothing",
            ),
            models.CheckConstraint(
                condition=Q(spread_percent__gte=Decimal(0), spread_percent__lt=Decimal(100)),
                name="conversion_quote_spread_in_range",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="conversion_quote_lives"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="conversion_quote_by_end"),
            models.Index(fields=["dust_quote"], condition=Q(dust_quote__isnull=False), name="conversion_quote_by_dust"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Conversion(models.Model):
    """A quote that was taken, by one posting. Append-only: what is wrong is reversed in the books."""

    id = models.BigAutoField(primary_key=True)
    public_id = PublicIdField()
    quote = models.OneToOneField(ConversionQuote, on_delete=models.PROTECT, related_name="conversion")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conversions")
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="conversion")
    client_reference = models.CharField(max_length=CLIENT_REFERENCE_CHARACTERS_MAX, null=True, default=None)
    api_key_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "client_reference"], name="conversion_client_reference_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="conversion_by_customer"),
            models.Index(fields=["customer", "created_at"], name="conversion_by_window"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
