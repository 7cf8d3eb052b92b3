"""What each role may *do* at the desk: the table of docs/staff-desk.md, cell by cell, by the request that does it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditRecord, Label
from accounts.services import holds, labels, staff
from accounts.services.officers import Act
from kyc.models import CaseClaim
from kyc.services import bank_review
from tests import factories_kyc
from tests.factories_accounts import customer as anybody
from tests.kyc.test_bank_accounts import add, applied, approve
from tests.wallet.pairs import arrange as pairs
from tests.wallet.payments.arrange import held, payer, sell
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from tests.wallet.withdrawals.test_desk import Desk
from wallet.models import Coin, DeskClaim
from wallet.services.outflow import stopping

__all__ = ["network"]
pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "staff-desk.md"
ROWS = re.findall(r"^(?!\| act )\| ([a-z][a-z ,]+) \| ([a-z_, ]+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
TABLE = {act: frozenset(roles.split(", ")) for act, roles in ROWS}
_numbers = itertools.count()


@dataclass
class Press:
    """A button: where it posts to, and what."""

    path: str
    words: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    """What is posted there before, where the button needs that."""


def money(kind: str, row: Any, verdict: str, digest: bytes, **more: Any) -> Press:
    """A decision on a page of the wallet."""
    words = {"verdict": verdict, "seen_hash": bytes(digest).hex(), "reason": "looked at it", **more}
    return Press(f"/admin/wallet/{kind}/{row.public_id}/change/", words)


def withdrawal(verdict: str) -> Press:
    row = arrange.confirmed(arrange.customer())
    return money("withdrawal", row, verdict, row.payload_hash)


def transfer(verdict: str) -> Press:
    row = transfers.reviewed(transfers.customer(), transfers.customer(funds="0"))
    return money("transfer", row, verdict, row.payload_hash)


def payment(verdict: str) -> Press:
    sell()
    row = held(payer())
    return money("payment", row, verdict, row.fingerprint)


def adjustment(verdict: str) -> Press:
    row = pairs.adjustment(anybody(), arrange.officer("treasury_lead"))
    return money("adjustment", row, verdict, row.payload_hash)


def proposal() -> Press:
    words = {"customer": anybody().uid, "coin": "ETH", "amount": "5", "cause": "correction", "key": "1234567890123456"}
    return Press("/admin/wallet/adjustment/propose/", {**words, "reason": "support case 7"})


def stop(act: str) -> Press:
    standing = {one.scope for one in stopping.standing()}
    scope = next(code for code in Coin.objects.order_by("code").values_list("code", flat=True) if code not in standing)
    words = {"act": act, "scope": scope, "reason": "a key may be stolen"}
    if act != "stop":
        officer = arrange.officer("treasury_lead")
        found = stopping.stop(scope=scope, act=Act(reason="a key may be stolen", officer=officer))
        if act == "agree_lift":
            stopping.ask_lift(stop_id=found.public_id, act=Act(reason="it was not", officer=officer))
        words["stop_id"] = str(found.public_id)
    return Press("/admin/wallet/outflowstop/", words)


def safety(act: str) -> Press:
    user = anybody()
    hold = holds.start(user=user, cause="recovery", hours=72)
    words = {"act": act, "hold": hold.public_id, "hours": 5, "seen_until": hold.until.isoformat(), "reason": "called us"}
    return Press(f"/admin/accounts/user/{user.pk}/safety/", words)


def identity_case(act: str) -> Press:
    return Press(f"/admin/kyc/case/{factories_kyc.submitted().pk}/change/", {"act": act})


def bank_account(act: str) -> Press:
    account = add(approve(applied()))
    words = {"act": act, "seen": bank_review.fingerprint(account), "reason": "not_acceptable"}
    return Press(f"/admin/kyc/bankaccount/{account.pk}/change/", words, first={"act": "reveal", "reason": "review"})


def file(act: str) -> Press:
    return Press(reverse("admin:kyc_customer_file", args=[anybody().uid]), {"act": act, "reason": "court order 7"})


def label(change: str) -> Press:
    key = f"watch-{next(_numbers)}"
    words = {"key": key, "color": "#AA3300", "text_en": "Watch", "text_zh_cn": "关注", "text_zh_tw": "關注"}
    labels.save(label=Label(**words), act=Act(reason="new", by="Ada"))
    return Press(f"/admin/accounts/user/{anybody().pk}/labels/", {"label": key, "change": change, "reason": "house guest"})


ACTS: dict[str, Callable[[], Press]] = {
    "approve a withdrawal": lambda: withdrawal("approve"),
    "reject a withdrawal": lambda: withdrawal("reject"),
    "take a withdrawal onto the desk": lambda: withdrawal("claim"),
    "approve a transfer": lambda: transfer("approve"),
    "reject a transfer": lambda: transfer("reject"),
    "capture a payment": lambda: payment("capture"),
    "void a payment": lambda: payment("void"),
    "propose an adjustment": proposal,
    "confirm an adjustment": lambda: adjustment("confirm"),
    "reject an adjustment": lambda: adjustment("reject"),
    "stop what leaves": lambda: stop("stop"),
    "ask to lift a stop": lambda: stop("ask_lift"),
    "agree to lift a stop": lambda: stop("agree_lift"),
    "freeze an account": lambda: safety("freeze"),
    "sign a customer out": lambda: safety("sign_out"),
    "set a security hold": lambda: safety("set"),
    "lengthen a security hold": lambda: safety("lengthen"),
    "propose to shorten a security hold": lambda: safety("propose"),
    "take an identity case": lambda: identity_case("claim"),
    "refuse a bank account": lambda: bank_account("refuse"),
    "place a legal hold": lambda: file("hold"),
    "export a customer for a regulator": lambda: file("export"),
    "put a label on": lambda: label("on"),
    "set a tier": lambda: Press(f"/admin/accounts/user/{anybody().pk}/tier/", {"level": "1", "reason": "contract"}),
    "see a contact whole": lambda: Press(
        f"/admin/accounts/user/{anybody().pk}/reveal/", {"fields": "email", "reason": "calls us"}
    ),
}


def test_every_act_stands_in_the_table_with_roles_that_exist() -> None:
    assert set(TABLE) == set(ACTS)
    assert frozenset().union(*TABLE.values()) <= set(staff.ROLES)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_done_for_its_roles_and_for_no_other(act: str) -> None:
    done = set()
    for role in staff.ROLES:
        if pressed(ACTS[act](), Desk(role)):
            done.add(role)
    assert done == TABLE[act]


def pressed(press: Press, desk: Desk) -> bool:
    """Whether anything was done."""
    desk.client.raise_request_exception = False
    if press.first:
        desk.client.post(press.path, press.first)
    before = traces()
    answer: Any = desk.client.post(press.path, {"code": desk.code(), **press.words})
    b"".join(answer) if answer.streaming else answer.content
    return traces() != before


def traces() -> tuple[int, int, int]:
    """Audit records of acts, and claims: what a look leaves behind does not count."""
    done = (
        AuditRecord.objects.exclude(act__endswith="viewed").exclude(act__contains="signed_in").exclude(act__contains="officer")
    )
    return done.count(), DeskClaim.objects.count(), CaseClaim.objects.count()
