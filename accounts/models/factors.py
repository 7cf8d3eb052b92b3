"""Second factors that are bound to a user."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.ids import PublicIdField


class FactorKind(models.TextChoices):
    """What sort of thing proves the second factor."""

    TOTP = "totp", "authenticator app"


class Authenticator(models.Model):
    """A bound (or begun) factor. The TOTP seed is sealed; `last_step` is the newest time step that was spent."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="authenticators",
    )
    kind = models.CharField(max_length=16, choices=FactorKind)
    sealed_seed = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind=FactorKind.TOTP, confirmed_at__isnull=False),
                name="accounts_authenticator_one_totp",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind=FactorKind.TOTP, confirmed_at__isnull=True),
                name="accounts_authenticator_one_begun",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"

    def __repr__(self) -> str:
        return f"<Authenticator {self.public_id} {self.kind}>"

    @property
    def seal_context(self) -> str:
        """What the sealed seed is bound to: a copy in another row does not open."""
        return f"accounts.authenticator:{self.public_id}"
