"""What officers see of payments: the queues, and all that capturing, voiding or refunding one needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.services.officers import Act
from config.kit import crypto
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from wallet.models.desk_claims import DeskClaim
from wallet.models.ledger import Entry
from wallet.models.payments import Payment, PaymentEvent, PaymentState
from wallet.services import balances, desk_claims, standing
from wallet.services.desk_queues import found_by
from wallet.services.payments import books, settling
from wallet.services.withdrawals.errors import PayloadChanged


class Queue(StrEnum):
    """What an officer wants to see."""

    HELD = "held"
    ALL = "all"


CLAIM = "payment"
"""What the desk claims them as, beside the public id."""
TITLES = {Queue.HELD: "Held", Queue.ALL: "All"}
RULES = {Queue.HELD: Q(state=PaymentState.HELD), Queue.ALL: Q()}


@dataclass(frozen=True)
class Dossier:
    """The page of one payment. `stopped_because` says why it can't be captured."""

    payment: Payment
    payload_hash: str
    stopped_because: str
    available: Decimal
    held: Decimal
    events: list[PaymentEvent]
    ledger: list[Entry]
    claim: DeskClaim | None


@dataclass(frozen=True)
class Choices:
    """What this officer may do now, and why not where they may not."""

    because: str = ""
    can_capture: bool = False
    can_void: bool = False
    can_refund: bool = False
    can_claim: bool = False


def rows(queue: Queue, *, search: str = "") -> QuerySet[Payment]:
    """What stands in a queue, with what a line of it shows."""
    found = Payment.objects.filter(RULES[queue]).select_related("customer", "service", "coin")
    return found.filter(found_by(search)) if search else found


def open_dossier(public_id: Any) -> Dossier:
    """Everything about one payment. Raises Absent."""
    number = read_public_id(public_id)
    rows = Payment.objects.select_related("customer__parent", "service", "coin")
    payment = None if number is None else rows.filter(public_id=number).first()
    if payment is None:
        raise Absent(thing="payment")
    entries = Entry.objects.filter(posting__in=books.postings_of(payment))
    balance = balances.of_coin(payment.customer, payment.coin)
    is_held = payment.state == PaymentState.HELD
    return Dossier(
        payment=payment,
        payload_hash=bytes(payment.fingerprint).hex(),
        stopped_because=standing.stopped_because(payment.customer, since=payment.created_at) if is_held else "",
        available=balance.available,
        held=balance.held,
        events=list(PaymentEvent.objects.filter(payment=payment).select_related("actor").order_by("id")),
        ledger=list(entries.select_related("posting", "account__owner", "account__coin").order_by("posting_id", "seq")),
        claim=desk_claims.of(f"{CLAIM}:{payment.public_id}"),
    )


def choices(dossier: Dossier, officer: User, *, is_treasury: bool) -> Choices:
    """What the officer may do on this page."""
    payment = dossier.payment
    if not is_treasury:
        return Choices("You may look; treasury officers decide.")
    if payment.customer_id == officer.pk:
        return Choices("This is your own payment: another officer decides about it.")
    taken = desk_claims.elsewhere(dossier.claim, officer)
    if payment.state == PaymentState.HELD:
        because = taken or (f"It can't be captured: {dossier.stopped_because}." if dossier.stopped_because else "")
        return Choices(because, can_capture=not because, can_void=True, can_claim=not taken)
    return Choices(can_refund=payment.state == PaymentState.CAPTURED)


def capture(*, public_id: Any, officer: User, reason: str, seen_hash: bytes, amount: str = "") -> Payment:
    """See settling.capture; `amount` is empty for all of it. Raises PayloadChanged, ClaimedByAnother beside what it raises."""
    number = _require_seen(public_id, seen_hash)
    desk_claims.require_free(f"{CLAIM}:{number}", officer)
    return settling.capture(public_id=public_id, act=Act(reason=reason, officer=officer), amount=amount or None)


def void(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Payment:
    """See settling.void. Raises PayloadChanged beside what it raises."""
    _require_seen(public_id, seen_hash)
    return settling.void(public_id=public_id, act=Act(reason=reason, officer=officer))


def refund(*, public_id: Any, officer: User, reason: str, seen_hash: bytes) -> Payment:
    """See settling.refund. Raises PayloadChanged beside what it raises."""
    _require_seen(public_id, seen_hash)
    return settling.refund(public_id=public_id, act=Act(reason=reason, officer=officer))


def _require_seen(public_id: Any, seen_hash: bytes) -> int | None:
    """What a payment says never changes (a trigger sees to it), so that this needs no lock."""
    number = read_public_id(public_id)
    found = None if number is None else Payment.objects.filter(public_id=number).values_list("fingerprint", flat=True).first()
    if found is None:
        raise Absent(thing="payment")
    if not crypto.equal(bytes(found), seen_hash):
        raise PayloadChanged
    return number
