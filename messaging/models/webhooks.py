"""Webhooks that leave: a row for each event and endpoint, which is the queue and the evidence."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from config.kit.flow import Flow
from config.kit.ids import PublicIdField, random_id


class WebhookState(models.TextChoices):
    """Where a delivery stands."""

    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    ACCEPTED = "accepted", "Accepted"
    FAILED = "failed", "Given up"


OPEN_WEBHOOKS = (WebhookState.QUEUED, WebhookState.SENDING)
WEBHOOK_FLOW = Flow(
    "webhook",
    states=WebhookState,
    start=WebhookState.QUEUED,
    moves={
        WebhookState.QUEUED: (WebhookState.SENDING, WebhookState.FAILED),
        WebhookState.SENDING: (WebhookState.QUEUED, WebhookState.ACCEPTED, WebhookState.FAILED),
        WebhookState.FAILED: (WebhookState.QUEUED,),
    },
    ends=(WebhookState.ACCEPTED,),
)


class Webhook(models.Model):
    """One event on its way to one endpoint. `event_id` and `body` never change, so that the receiver can tell a repetition.

    `due_at` is the next try of a queued one and the end of the lease of one being sent; `leases` is that lease's fencing
    token. `tries` counts since an officer last had it sent again.
    """

    public_id = PublicIdField()
    event_id = models.BigIntegerField(default=random_id)
    event = models.CharField(max_length=60)
    endpoint = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=12, choices=WebhookState.choices, default=WebhookState.QUEUED)
    tries = models.SmallIntegerField(default=0)
    leases = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_status = models.SmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "webhook"
        constraints = (
            models.UniqueConstraint(fields=("event_id", "endpoint"), name="webhook_once_per_event_and_endpoint"),
            models.CheckConstraint(condition=Q(state__in=WebhookState.values), name="webhook_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_WEBHOOKS) ^ Q(ended_at__isnull=False), name="webhook_ended_with_an_outcome"
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), name="webhook_due", condition=Q(state__in=OPEN_WEBHOOKS)),
            models.Index(fields=("created_at",), name="webhook_created"),
        )

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"
