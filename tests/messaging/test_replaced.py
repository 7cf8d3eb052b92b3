"""A code that was replaced is not sent after the one that took its place."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from config.kit.clock import now
from messaging.models import Message, MessageState
from messaging.providers.base import Outgoing, ProviderUnavailable, Receipt
from messaging.services import delivery
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.messaging.test_codes import send
from tests.messaging.test_delivery import Carrier


def test_a_code_that_was_replaced_while_it_was_on_its_way_is_not_tried_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Carrier):
        def send(self, outgoing: Outgoing) -> Receipt:
            if not self.taken:
                pass_time_for_resend()
                send()  # somebody has no patience
            return super().send(outgoing)

    carrier = Slow(ProviderUnavailable("away"))
    monkeypatch.setattr(delivery, "providers", lambda _: (carrier,))
    with time_machine.travel(now(), tick=False) as clock:
        send()
        void = read_code("ada@example.com")
        first = Message.objects.get()
        delivery.deliver(first.pk)
        live = read_code("ada@example.com")
        clock.shift(timedelta(seconds=10))
        delivery.sweep()
    assert [outgoing.code for outgoing in carrier.taken] == [void, live]
    first.refresh_from_db()
    assert (first.state, first.sealed) == (MessageState.EXPIRED, None)
