"""What came with deliveries and the inbox goes when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings

from accounts.services import legal_holds
from config.kit.clock import now
from messaging.models import BudgetAlarm, Message, MessageTry, Notice
from messaging.services import delivery, housekeeping, limits
from tests.messaging.conftest import customer
from tests.messaging.test_codes import send
from tests.messaging.test_delivery import Carrier, carried_by


def test_messages_go_with_their_tries_and_young_ones_stay_with_theirs(
    real_db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.MESSAGING_EVIDENCE_DAYS = 30
    carried_by(monkeypatch, Carrier(OSError("away")))
    with time_machine.travel(now() - timedelta(days=31), tick=False) as clock:
        send()
        delivery.sweep()
        clock.shift(timedelta(seconds=10))
        delivery.sweep()
    send(destination="bob@example.com", ip="127.0.0.2")
    delivery.sweep()
    assert (Message.objects.count(), MessageTry.objects.count()) == (2, 3)
    housekeeping.purge(held=legal_holds.held())
    assert (Message.objects.count(), MessageTry.objects.count()) == (1, 1)
    assert MessageTry.objects.get().message == Message.objects.get()


def test_old_notices_and_alarms_go(db: None, settings: LazySettings) -> None:
    settings.MESSAGING_INBOX_DAYS = settings.MESSAGING_EVIDENCE_DAYS = 30
    user = customer()
    for days in (31, 29):
        moment = now() - timedelta(days=days)
        Notice.objects.create(user=user, template="totp_bound", sealed=b"x", created_at=moment)
        limits.spend("sms in all", 1, at=moment)
    housekeeping.purge(held=legal_holds.held())
    assert Notice.objects.count() == 1
    assert BudgetAlarm.objects.count() == 2  # both marks of the younger hour
