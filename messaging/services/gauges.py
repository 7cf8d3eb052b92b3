"""What a monitor reads of messages, providers, budgets and webhooks."""

from __future__ import annotations

from django.conf import settings

from config.kit.clock import now
from config.kit.gauges import Gauge, Reading, follow, queue, register
from messaging.models import BudgetAlarm, Message, ProviderState, Webhook
from messaging.models.messages import MESSAGE_FLOW, OPEN_STATES
from messaging.models.webhooks import OPEN_WEBHOOKS, WEBHOOK_FLOW, WebhookState
from messaging.services import check


def register_all() -> None:
    """Let them be read."""
    follow(MESSAGE_FLOW, Message)
    follow(WEBHOOK_FLOW, Webhook)
    register(
        *queue("messages", "Messages that are not sent yet", Message.objects.all, states=OPEN_STATES, since="created_at"),
        *queue("webhooks", "Webhooks that are not taken yet", Webhook.objects.all, states=OPEN_WEBHOOKS, since="created_at"),
        Gauge("quaestor_webhooks_given_up", "Webhooks that wait for an operator.", (), _given_up),
        Gauge(
            "quaestor_provider_passed_over", "1 while a provider of messages is passed over.", ("channel", "provider"), _away
        ),
        Gauge("quaestor_budget_percent", "Highest alarm of this hour's sending budgets.", ("budget",), _budgets),
        Gauge("quaestor_messages_ended_in_hour", "Messages of the last hour by how they ended unsent.", ("outcome",), _ended),
    )


def _given_up() -> list[Reading]:
    return [((), float(Webhook.objects.filter(state=WebhookState.FAILED).count()))]


def _away() -> list[Reading]:
    carriers = {"email": settings.EMAIL_CARRIERS, "sms": settings.SMS_CARRIERS}
    known = {(channel, carrier.name): 0.0 for channel, named in carriers.items() for carrier in named}
    rows = ProviderState.objects.order_by("channel", "name")
    return sorted((known | {(row.channel, row.name): float(row.passed_over_until is not None) for row in rows}).items())


def _budgets() -> list[Reading]:
    hour = now().replace(minute=0, second=0, microsecond=0)
    highest: dict[str, float] = {}
    for alarm in BudgetAlarm.objects.filter(hour=hour):
        highest[alarm.name] = max(highest.get(alarm.name, 0.0), float(alarm.percent))
    return [((name,), percent) for name, percent in sorted(highest.items())]


def _ended() -> list[Reading]:
    report = check.report()
    return [(("failed",), float(report.failed_in_last_hour)), (("expired",), float(report.expired_in_last_hour))]
