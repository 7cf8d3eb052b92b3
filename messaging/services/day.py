"""What became of the messages of the last day, by channel."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count

from config.kit.clock import now
from messaging.models import Channel, Message
from messaging.models.messages import MessageState


def delivery() -> dict[str, dict[str, int]]:
    """Channel → state → how many messages of the last 24 hours; every channel and state is there."""
    found = Message.objects.filter(created_at__gt=now() - timedelta(hours=24)).order_by().values_list("channel", "state")
    told = {channel: dict.fromkeys(MessageState.values, 0) for channel in Channel.values}
    for channel, state, count in found.annotate(Count("pk")):
        told[channel][state] = count
    return told
