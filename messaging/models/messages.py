"""Messages: the outbox table, which is the queue, and the evidence of what became of each message."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.kit.flow import Flow
from config.kit.ids import PublicIdField
from messaging.models.addressed import Addressed, indexed
from messaging.models.codes import Channel, Code


class MessageState(models.TextChoices):
    """Where a message stands."""

    QUEUED = "queued", "Queued"
    HANDED_OVER = "handed_over", "Handed over"
    ACCEPTED = "accepted", "Accepted by the provider"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired unsent"


OPEN_STATES = (MessageState.QUEUED, MessageState.HANDED_OVER)

MESSAGE_FLOW = Flow(
    "message",
    states=MessageState,
    start=MessageState.QUEUED,
    moves={
        MessageState.QUEUED: (
            MessageState.HANDED_OVER,
            MessageState.EXPIRED,
            MessageState.FAILED,
        ),
        MessageState.HANDED_OVER: (
            MessageState.ACCEPTED,
            MessageState.QUEUED,
            MessageState.FAILED,
        ),
    },
    ends=(MessageState.ACCEPTED, MessageState.FAILED, MessageState.EXPIRED),
)


class Message(Addressed):
    """One message to one destination by one channel.

    `sealed` holds destination, facts, code and phrase until the message has ended; then it is wiped and only the
    evidence stays. `due_at` is the next try of a queued message and the end of the lease of a handed-over one;
    `tries` is the fencing token of that lease.
    """

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    code = models.ForeignKey(
        Code,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        db_constraint=False,  # evidence outlives the code's row by far, and each check would read the whole table
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)
    template = models.CharField(max_length=40)
    template_version = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=8)
    phrase_present = models.BooleanField(default=False)
    destination_masked = models.CharField(max_length=80)
    sealed = models.BinaryField(null=True)

    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.QUEUED)
    tries = models.SmallIntegerField(default=0)
    passes = models.SmallIntegerField(
        default=0, db_default=0, help_text="Leases that ended with all providers away; they don't count as tries."
    )
    is_test = models.BooleanField(default=False, db_default=False, help_text="An officer sent it to themselves to look at it.")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=40, blank=True)
    provider_reference = models.CharField(max_length=120, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "message"
        indexes = (
            models.Index(
                fields=("due_at",),
                name="message_due",
                condition=Q(state__in=OPEN_STATES),
            ),
            models.Index(
                fields=("code",),
                name="message_open_code",
                condition=Q(state=MessageState.QUEUED),
            ),
            models.Index(
                fields=("user", "-id"),
                name="message_of_user",
                condition=Q(user__isnull=False),
            ),
            models.Index(fields=("destination_hash", "-id"), name="message_to_destination"),
            models.Index(
                fields=("second_destination_hash", "-id"),
                name="message_to_destination_2",
                condition=Q(second_destination_hash__isnull=False),
            ),
            models.Index(fields=("created_at",), name="message_created"),
            models.Index(fields=("provider_reference",), name="message_reference", condition=~Q(provider_reference="")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, sealed__isnull=False, ended_at__isnull=True)
                | (~Q(state__in=OPEN_STATES) & Q(sealed__isnull=True, ended_at__isnull=False)),
                name="message_wiped_when_ended",
            ),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            indexed("message_destination_indexed"),
        )

    def __str__(self) -> str:
        return f"{self.template} by {self.channel} to {self.destination_masked}"


class MessageTemplate(Message):
    """No rows of its own: the name under which the staff desk lists the templates and asks who may read them."""

    class Meta:
        proxy = True
        verbose_name = "message template"
