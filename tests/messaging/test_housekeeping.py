"""What has no use any more goes; what has stays."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.conf import LazySettings

from accounts import tasks
from accounts.services import legal_holds
from config.kit.clock import now
from messaging.models import Allowance, Budget, Code, Message
from messaging.services import delivery, housekeeping, notices
from tests.messaging.conftest import customer
from tests.messaging.test_codes import send


def test_old_rows_go_and_open_and_young_ones_stay(db: None, settings: LazySettings) -> None:
    settings.MESSAGING_EVIDENCE_DAYS = 30
    with time_machine.travel(now() - timedelta(days=31), tick=False):
        send()
    delivery.sweep()  # the code expired unsent
    notices.notify(user=customer(), template="totp_bound")
    send(destination="bob@example.com", ip="127.0.0.2")
    Message.objects.filter(template="totp_bound").update(created_at=now() - timedelta(days=31))
    tasks.purge_messages()
    assert sorted(Message.objects.values_list("template", flat=True)) == ["code_registration", "totp_bound"]
    assert Code.objects.count() == 1
    assert Allowance.objects.count() == 3  # bob's pause, bob's allowance, and his network's
    assert Budget.objects.count() == 1


def test_more_rows_than_one_portion_all_go(db: None, monkeypatch: object) -> None:
    moment = now() - timedelta(days=9)
    Allowance.objects.bulk_create(Allowance(key=n.to_bytes(32), moments=[moment]) for n in range(2500))
    Allowance.objects.create(key=b"e" * 32, moments=[])
    assert housekeeping.purge(held=legal_holds.held()) == 2501
