"""What the development post office caught. Production has the table and nothing that writes to it."""

from __future__ import annotations

from django.db import models

from messaging.models.codes import Channel


class CaughtMessage(models.Model):
    """One message that really travelled by SMTP or HTTP and ended in the development post office."""

    channel = models.CharField(max_length=8, choices=Channel.choices)
    destination = models.CharField(max_length=254)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    code = models.CharField(max_length=8, blank=True)
    message_reference = models.CharField(max_length=255, blank=True)
    caught_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("destination", "-id"), name="caught_to_destination"),)

    def __str__(self) -> str:
        return f"{self.channel} to {self.destination}"
