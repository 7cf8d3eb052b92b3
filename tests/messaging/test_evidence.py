"""What staff may see of a message."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.test import RequestFactory

from messaging.admin import MessageEvidenceAdmin
from messaging.models import Message
from tests.factories_messaging import read_code
from tests.messaging.conftest import customer
from tests.messaging.test_codes import send


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
    assert shown.isdisjoint({"sealed", "code", "destination_hash"})
    assert set(admin.get_readonly_fields(request)) >= set(admin.get_fields(request))
    values = " ".join(str(getattr(Message.objects.get(), name, "")) for name in shown)
    assert read_code("ada@example.com") not in values
    assert "ada@" not in values
    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request)
    assert not admin.has_delete_permission(request)
