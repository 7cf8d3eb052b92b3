"""API keys, the nonces that they have used, and the signed requests that were refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from config.kit.flow import Flow
from config.kit.ids import PublicIdField

KEY_LENGTH = 32
"""Characters of a public key that we issue; the wire takes 32 to 64."""
SECRET_LENGTH = 64
"""Characters of a secret: 62^64 of them, 381 bits."""
LABEL_LENGTH_MAX = 64
NETWORKS_MAX = 20
LAPSE_AFTER = timedelta(days=90)
"""A key without networks that was not used for so long is no longer in force."""
SIGNED_TEXT_BYTES_MAX = 2048
"""Bytes of a refused request's signed text that are kept."""


class Scope(models.TextChoices):
    """What a key may do."""

    READ = "read", "Read"
    TRADE = "trade", "Trade"
    TRANSFER = "transfer", "Transfer inside"
    WITHDRAW = "withdraw", "Withdraw"


class Scheme(models.TextChoices):
    """How the requests of a key are signed. A key is issued for one scheme."""

    NATIVE_HMAC = "native_hmac", "HMAC-SHA256 (native)"
    NATIVE_ED25519 = "native_ed25519", "Ed25519 (native)"
    BTSE = "btse", "HMAC-SHA384 (BTSE)"
    SPOT = "spot", "double SHA-256 (spot)"


class State(models.TextChoices):
    """What was decided about a key. Expiry and lapse follow from the clock and are not stored."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Disabled by its owner"
    DISABLED = "disabled", "Disabled by an officer"
    DELETED = "deleted", "Deleted"


KEY_FLOW = Flow(
    "API key",
    states=State.values,
    start=State.ACTIVE,
    moves={
        State.ACTIVE: (State.PAUSED, State.DISABLED, State.DELETED),
        State.PAUSED: (State.ACTIVE, State.DISABLED, State.DELETED),
        State.DISABLED: (State.DELETED,),
    },
    ends=(State.DELETED,),
)


class ApiKey(models.Model):
    """A key of a customer. The secret is sealed, and gone once the key is deleted; the row stays as evidence."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys")
    key = models.CharField(max_length=64)
    scheme = models.CharField(max_length=16, choices=Scheme, default=Scheme.NATIVE_HMAC)
    sealed_secret = models.BinaryField(null=True)
    public_key = models.BinaryField(max_length=32, null=True)
    """The customer's own Ed25519 key, 32 bytes: with it nothing secret is kept here."""
    label = models.CharField(max_length=LABEL_LENGTH_MAX)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope))
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    """Networks in canonical text; a key without any may be used from anywhere."""
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField()
    aged_from = models.DateTimeField()
    """From when the key's age counts: when it was made, enabled again, or bound to other networks."""
    last_used_at = models.DateTimeField(null=True, blank=True)
    """The latest use, to the minute."""
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When the key was disabled or deleted; none while it is in force."""

    class Meta:
        verbose_name = "API key"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="apikeys_apikey_key_unique"),
            models.CheckConstraint(condition=Q(key__regex="^[A-Za-z0-9]{32,64}$"), name="apikeys_apikey_key_form"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="apikeys_apikey_state_known"),
            models.CheckConstraint(condition=Q(scheme__in=Scheme.values), name="apikeys_apikey_scheme_known"),
            models.CheckConstraint(
                condition=Q(scopes__len__gte=1) & Q(scopes__contained_by=Scope.values), name="apikeys_apikey_scopes_known"
            ),
            models.CheckConstraint(
                condition=~Q(scopes__contains=[Scope.WITHDRAW]) | Q(networks__len__gte=1),
                name="apikeys_apikey_withdraw_is_bound",
            ),
            models.CheckConstraint(
                condition=Q(sealed_secret__isnull=True) & (Q(state=State.DELETED) | Q(scheme=Scheme.NATIVE_ED25519))
                | Q(sealed_secret__isnull=False) & ~Q(state=State.DELETED) & ~Q(scheme=Scheme.NATIVE_ED25519),
                name="apikeys_apikey_secret_until_deleted",
            ),
            models.CheckConstraint(
                condition=Q(scheme=Scheme.NATIVE_ED25519, public_key__isnull=False)
                | ~Q(scheme=Scheme.NATIVE_ED25519) & Q(public_key__isnull=True),
                name="apikeys_apikey_public_key_of_ed25519",
            ),
            models.CheckConstraint(
                condition=Q(state=State.ACTIVE, ended_at__isnull=True) | (~Q(state=State.ACTIVE) & Q(ended_at__isnull=False)),
                name="apikeys_apikey_end_dated",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "-id"], name="apikeys_apikey_user")]

    def __str__(self) -> str:
        return f"{self.label} ({self.key[:6]}…)"

    def __repr__(self) -> str:
        return f"<ApiKey {self.public_id}>"

    @property
    def seal_context(self) -> str:
        """What the sealed secret is bound to: a copy in another row does not open."""
        return f"apikeys.key:{self.public_id}"

    def standing(self, at: datetime) -> str:
        """The state, or `expired` or `lapsed` where the clock has ended an active key."""
        if self.state != State.ACTIVE:
            return self.state
        if self.expires_at is not None and at >= self.expires_at:
            return "expired"
        if not self.networks and at >= (self.last_used_at or self.created_at) + LAPSE_AFTER:
            return "lapsed"
        return State.ACTIVE

    @property
    def withdraws_from(self) -> datetime | None:
        """From when on the scope withdraw counts; None where the key lacks it."""
        if Scope.WITHDRAW not in self.scopes:
            return None
        return self.aged_from + timedelta(seconds=settings.API_KEY_WITHDRAW_AGE_SECONDS)

    def scopes_at(self, at: datetime) -> frozenset[str]:
        """The scopes that count at that time: withdraw only once the key has its age."""
        waits = self.withdraws_from
        return frozenset(scope for scope in self.scopes if scope != Scope.WITHDRAW or (waits is not None and at >= waits))


class DailyCap(models.Model):
    """The most that a key may withdraw of a coin in any 24 hours, fees included."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="daily_caps")
    coin = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=38, decimal_places=18)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["api_key", "coin"], name="apikeys_dailycap_one_per_coin"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="apikeys_dailycap_not_negative"),
            models.CheckConstraint(condition=Q(coin__regex="^[A-Z0-9]{2,16}$"), name="apikeys_dailycap_coin_plain"),
        ]

    def __str__(self) -> str:
        return f"at most {self.amount} {self.coin} a day"


class Nonce(models.Model):
    """A nonce that a key has used. Written and committed before the request acts; kept until no clock would let it in."""

    pk = models.CompositePrimaryKey("api_key_id", "nonce")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_index=False, related_name="+")
    nonce = models.CharField(max_length=128)
    used_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["used_at"], name="apikeys_nonce_age")]

    def __str__(self) -> str:
        return f"nonce of key {self.api_key_id}"


class RefusedRequest(models.Model):
    """Why a request that named one of our keys was refused, with the text that should have been signed. No secret."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="refused_requests")
    slug = models.CharField(max_length=64)
    signed_text = models.TextField()
    ip = models.GenericIPAddressField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["api_key", "-id"], name="apikeys_refused_key"),
            models.Index(fields=["at"], name="apikeys_refused_age"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} at {self.at:%Y-%m-%d %H:%M:%S}"
