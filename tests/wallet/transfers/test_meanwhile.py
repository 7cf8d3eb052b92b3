"""What becomes of a transfer between the moment it was looked at and the moment its row is locked, and links nobody is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.errors import SecondFactorRequired
from accounts.models import User
from config.kit.clock import now
from config.kit.crypto import token_hash
from tests.factories_messaging import unsent_messages
from tests.wallet.transfers import arrange
from wallet.models import Transfer
from wallet.services.transfers import confirm, errors, links, reads, states

pytestmark = pytest.mark.django_db


def becomes(monkeypatch: pytest.MonkeyPatch, module: Any, **changes: Any) -> None:
    """Somebody else's change is committed just before this module's next lock is had."""

    def locked(transfer_id: int) -> Transfer:
        Transfer.objects.filter(pk=transfer_id).update(**changes)
        return states.locked(transfer_id)

    monkeypatch.setattr(module, "locked", locked)


def test_a_link_that_a_new_mail_voids_meanwhile_opens_nothing(sender, receiver, monkeypatch):
    waiting = arrange.ask(sender, receiver)
    becomes(monkeypatch, links, link_hash=token_hash("y" * 43))
    with pytest.raises(errors.TransferLinkInvalid):
        links.open_link(arrange.token_of(sender))
    assert arrange.fresh(waiting).state == "verification"


def test_a_link_whose_time_ends_meanwhile_opens_nothing(sender, receiver, monkeypatch):
    waiting = arrange.ask(sender, receiver)
    becomes(monkeypatch, links, expires_at=now())
    with pytest.raises(errors.TransferExpired):
        links.open_link(arrange.token_of(sender))
    assert arrange.fresh(waiting).state == "verification"


def test_a_transfer_whose_time_ends_meanwhile_is_not_confirmed(sender, receiver, monkeypatch):
    waiting = arrange.opened(sender, receiver)
    becomes(monkeypatch, confirm, expires_at=now())
    with pytest.raises(errors.TransferExpired):
        arrange.confirm_it(sender, waiting)
    assert arrange.fresh(waiting).state == "opened"


def test_a_mailbox_that_is_bound_meanwhile_has_to_be_shown(receiver, monkeypatch):
    sender = arrange.customer()
    email = sender.email
    User.objects.filter(pk=sender.pk).update(email=None, phone="+886912000113")
    sender.refresh_from_db()
    waiting = arrange.ask(sender, receiver)
    waiting.verified_by = "phone"  # shown at the request
    User.objects.filter(pk=sender.pk).update(email=email)
    monkeypatch.setattr(reads, "sent", lambda **_: waiting)  # read before the mailbox was bound
    with pytest.raises(errors.LinkNotOpened):
        arrange.confirm_it(sender, waiting)
    assert arrange.fresh(waiting).state == "verification"


def test_for_what_is_over_no_proof_is_asked_and_no_mail_is_sent(receiver):
    sender = arrange.customer()
    User.objects.filter(pk=sender.pk).update(email=None, phone="+886912000114")
    sender.refresh_from_db()
    waiting = arrange.ask(sender, receiver)
    before = len(unsent_messages(sender.phone))
    with pytest.raises(errors.TransferLinkNotDue):
        links.resend(customer=sender, public_id=waiting.public_id)
    with time_machine.travel(now() + timedelta(minutes=31)):
        for act in (arrange.confirm_it, lambda who, it: links.resend(customer=who, public_id=it.public_id)):
            with pytest.raises(errors.TransferExpired):
                act(sender, waiting)
    assert len(unsent_messages(sender.phone)) == before
    with pytest.raises(SecondFactorRequired):
        arrange.confirm_it(sender, waiting)
    assert len(unsent_messages(sender.phone)) == before + 1
