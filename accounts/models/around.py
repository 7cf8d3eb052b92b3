"""What stands around a customer: VIP tiers, labels, favourites, tokens of apps."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit.ids import PublicIdField


class VipTier(models.Model):
    """A tier of customers and the spread that their conversions pay. Level 0 is everybody's who has no other."""

    level = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(max_length=32)
    spread_percent = models.DecimalField(max_digits=8, decimal_places=4)

    class Meta:
        verbose_name = "VIP tier"
        ordering = ("level",)
        constraints = (
            models.UniqueConstraint(fields=["name"], name="accounts_viptier_name_unique"),
            models.CheckConstraint(
                condition=Q(spread_percent__gte=0, spread_percent__lt=100),
                name="accounts_viptier_spread_in_range",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """A label that staff put on customers, with its colour and its words in each language."""

    public_id = PublicIdField()
    key = models.SlugField(max_length=32)
    color = models.CharField(max_length=7)
    """`#rrggbb`."""
    text_en = models.CharField(max_length=64)
    text_zh_cn = models.CharField(max_length=64)
    text_zh_tw = models.CharField(max_length=64)
    is_shown_to_customer = models.BooleanField(default=True)

    class Meta:
        ordering = ("key",)
        constraints = (
            models.UniqueConstraint(fields=["key"], name="accounts_label_key_unique"),
            models.CheckConstraint(condition=Q(color__regex="^#[0-9A-Fa-f]{6}$"), name="accounts_label_color_form"),
        )

    def __str__(self) -> str:
        return self.text_en


class Favourite(models.Model):
    """A market that a customer keeps at hand, at its place in the customer's own order."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    exchange = models.CharField(max_length=32, blank=True, default="")
    symbol = models.CharField(max_length=32)
    position = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["user", "exchange", "symbol"], name="accounts_favourite_unique"),
            models.UniqueConstraint(
                fields=["user", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="accounts_favourite_position_unique",
            ),
            models.CheckConstraint(condition=Q(symbol__regex=r"^[A-Z0-9._/-]+$"), name="accounts_favourite_symbol_form"),
            models.CheckConstraint(condition=Q(exchange__regex=r"^[A-Za-z0-9._-]*$"), name="accounts_favourite_exchange_form"),
        )

    def __str__(self) -> str:
        return self.symbol


class AppToken(models.Model):
    """A token that an app keeps behind a fingerprint. Each use replaces it; a spent one that comes back ends its family."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="app_tokens")
    family = models.UUIDField()
    token_hash = models.BinaryField(max_length=32)
    device_hash = models.BinaryField(max_length=32)
    """Keyed hash of the device's own name for itself: a token shown by another device is refused."""
    device = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["token_hash"], name="accounts_apptoken_token_unique"),
            models.UniqueConstraint(
                fields=["family"],
                condition=Q(replaced_at__isnull=True, revoked_at__isnull=True),
                name="accounts_apptoken_one_live_per_family",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="accounts_apptoken_expires_later"),
        )
        indexes = (
            models.Index(fields=["user"], condition=Q(revoked_at__isnull=True), name="accounts_apptoken_of_user"),
            models.Index(fields=["family"], name="accounts_apptoken_family"),
        )

    def __str__(self) -> str:
        return f"app token of {self.user_id}"

    def __repr__(self) -> str:
        return f"<AppToken {self.pk} of {self.user_id}>"
