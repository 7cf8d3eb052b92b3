"""What staff and readers of logs may see of a message."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.test import RequestFactory

from messaging.admin import MessageEvidenceAdmin
from messaging.models import Message
from messaging.services import delivery
from tests.factories_messaging import read_code
from tests.messaging.conftest import customer
from tests.messaging.test_codes import ADA, send
from tests.messaging.test_delivery import Carrier, carried_by


class Officer:
    """Everything is allowed to this one, and still nothing can be changed."""

    is_active = is_staff = True
    pk = 1

    def has_perm(self, *_: Any) -> bool:
        return True


def test_staff_see_the_evidence_and_never_what_was_said(db: None) -> None:
    customer()
    send()
    admin = MessageEvidenceAdmin(Message, AdminSite())
    request = RequestFactory().get("/")
    request.user = Officer()  # type: ignore[assignment]  # a stand-in
    shown = {*admin.get_list_display(request), *admin.get_fields(request)}
    assert shown.isdisjoint({"sealed", "code", "destination_hash", "second_destination_hash", "sealed_destination_tag"})
    assert set(admin.get_readonly_fields(request)) >= set(admin.get_fields(request))
    values = " ".join(str(getattr(Message.objects.get(), name, "")) for name in shown)
    assert read_code("ada@example.com") not in values
    assert "ada@" not in values
    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request)
    assert not admin.has_delete_permission(request)


def test_no_log_and_no_row_repeats_the_words_of_what_went_wrong(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    carried_by(monkeypatch, Carrier(ValueError(f"no route to {ADA}")))
    send()
    delivery.sweep()
    assert Message.objects.get().last_error == "ValueError"
    assert "was not handed over: ValueError" in caplog.text
    assert ADA not in caplog.text + "".join(str(record.exc_info) for record in caplog.records)
