"""The customers' inbox: what they were told, to be read again in whichever language they read now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.kit.ids import PublicIdField


class Notice(models.Model):
    """One notice to one customer. `sealed` holds its facts, without the links that act."""

    public_id = PublicIdField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    template = models.CharField(max_length=40)
    sealed = models.BinaryField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "notice"
        indexes = (
            models.Index(fields=("user", "-id"), name="notice_of_user"),
            models.Index(fields=("user", "-id"), name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=("created_at",), name="notice_created"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("created_at")), name="notice_read_after_it_was_written"
            ),
        )

    def __str__(self) -> str:
        return f"notice {self.template}"
