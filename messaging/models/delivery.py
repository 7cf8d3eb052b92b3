"""Evidence of each try, the breakers of providers, and alarms of budgets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from messaging.models.codes import Channel
from messaging.models.messages import Message


class Outcome(models.TextChoices):
    """What became of one try. `unknown`: the provider had the message and gave no answer, so nobody can tell."""

    STARTED = "started", "Started"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    UNAVAILABLE = "unavailable", "Not taken"
    UNKNOWN = "unknown", "No answer"
    ABANDONED = "abandoned", "Worker died"


class MessageTry(models.Model):
    """One provider asked once to carry one message. Written before the provider is asked, and ended once."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="trials")
    number = models.SmallIntegerField(help_text="The lease in which the provider was asked.")
    provider = models.CharField(max_length=40)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.STARTED)
    reference = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "try"
        verbose_name_plural = "tries"
        constraints = (
            models.UniqueConstraint(
                fields=("message", "number", "provider"), name="message_try_asks_a_provider_once_per_lease"
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="message_try_outcome_known"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.STARTED, ended_at__isnull=True)
                | (~Q(outcome=Outcome.STARTED) & Q(ended_at__isnull=False)),
                name="message_try_ended_with_an_outcome",
            ),
        )
        indexes = (models.Index(fields=("reference",), name="message_try_reference", condition=~Q(reference="")),)

    def __str__(self) -> str:
        return f"{self.provider}: {self.outcome}"


class ProviderState(models.Model):
    """What all workers know of one provider: how often it failed in a row and until when it is passed over."""

    channel = models.CharField(max_length=8, choices=Channel.choices)
    name = models.CharField(max_length=40)
    failures = models.IntegerField(default=0)
    passed_over_until = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)
    last_answer_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "provider"
        constraints = (
            models.UniqueConstraint(fields=("channel", "name"), name="provider_state_one_per_provider"),
            models.CheckConstraint(condition=Q(failures__gte=0), name="provider_state_failures_not_negative"),
            models.CheckConstraint(
                condition=Q(passed_over_until__isnull=True) | Q(failures__gt=0), name="provider_state_open_because_it_failed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.channel})"


class BudgetAlarm(models.Model):
    """An hour's budget that is nearly or wholly spent. One row for each budget, hour and mark."""

    name = models.CharField(max_length=40)
    hour = models.DateTimeField()
    percent = models.SmallIntegerField()
    spent = models.IntegerField()
    spent_max = models.IntegerField()
    raised_at = models.DateTimeField()

    class Meta:
        verbose_name = "budget alarm"
        constraints = (
            models.UniqueConstraint(fields=("name", "hour", "percent"), name="budget_alarm_once_per_hour_and_mark"),
            models.CheckConstraint(condition=Q(percent__in=(80, 100)), name="budget_alarm_mark_known"),
        )
        indexes = (models.Index(fields=("raised_at",), name="budget_alarm_raised"),)

    def __str__(self) -> str:
        return f"{self.name} {self.hour:%Y-%m-%d %H}: {self.percent} %"
