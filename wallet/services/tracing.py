"""One movement followed across states, books, chain, messages and audit log, by its id or the hash of its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import AuditRecord, User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from config.kit.money import to_text
from messaging.models import Message
from wallet.chains import registry
from wallet.chains.errors import ChainUnavailable, NetworkNotConnected
from wallet.models.deposits import Deposit
from wallet.models.ledger import Entry, Posting
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.transfers import Transfer
from wallet.models.withdrawals import Withdrawal
from wallet.services.deposits.books import posting_key
from wallet.services.transfers import books as transfer_books
from wallet.services.withdrawals import books

HASH_CHARACTERS_MAX = 128
MESSAGES_WITHIN = timedelta(hours=1)
"""How long after the movement's last step a message may still be about it."""
FOUND_MAX = 20


@dataclass(frozen=True)
class Step:
    """One thing that is known, where it is written down (state, books, chain, message, audit), and since when."""

    at: datetime
    where: str
    what: str


@dataclass(frozen=True)
class Trace:
    """One movement: what it is, and its steps in the order of time."""

    kind: str
    public_id: int
    customer_uid: int
    state: str
    summary: str
    steps: list[Step]


def trace(text: str) -> list[Trace]:
    """Every withdrawal, deposit and transfer that has this public id or was sent in this transaction.

    Asks nodes whether they see what was sent; a node that doesn't answer is told as such. Raises Absent.
    """
    number = read_public_id(text)
    if number is not None:
        mine = Q(public_id=number)
        found = [*_withdrawals(mine), *_deposits(mine), *map(_of_transfer, Transfer.objects.filter(mine))]
    else:
        sent = text.strip()[:HASH_CHARACTERS_MAX]
        by_hash = Q(tx_hash__in=[sent, sent.lower()])
        outgoing = OutgoingTransaction.objects.filter(by_hash).values("withdrawal_id")
        found = [*_withdrawals(Q(pk__in=outgoing)), *_deposits(by_hash)]
    if not found:
        raise Absent(thing="movement with this id or transaction")
    return found


def _withdrawals(wanted: Q) -> Iterator[Trace]:
    for row in Withdrawal.objects.filter(wanted).select_related("customer", "coin_network__coin", "coin_network__network")[
        :FOUND_MAX
    ]:
        sent = OutgoingTransaction.objects.filter(withdrawal=row).select_related("network").order_by("id")
        steps = [
            *_moves(row.events.order_by("id")),
            *_booked(books.postings_of(row)),
            *(step for one in sent for step in _sent(one)),
            *_told(row.customer, "withdrawal", since=row.created_at, until=row.finished_at or row.state_since),
            *_audited(f"wallet.withdrawal:{row.public_id}"),
        ]
        carried = row.coin_network
        summary = (
            f"{to_text(row.amount)} {carried.coin.code} by {carried.network.code} to {row.address}, fee {to_text(row.fee)}"
        )
        blocked = f"; {row.blocked_because}" if row.blocked_because else ""
        yield _made("withdrawal", row, row.customer, f"{summary}{blocked}", steps)


def _deposits(wanted: Q) -> Iterator[Trace]:
    rows = Deposit.objects.filter(wanted).select_related("customer", "network", "coin_network__coin", "coin_network__network")
    for row in rows[:FOUND_MAX]:
        postings = Posting.objects.filter(scope="deposit", key=posting_key(row))
        until = row.credited_at or row.seen_at
        steps = [
            *_moves(row.events.order_by("id")),
            *_booked(postings),
            Step(row.seen_at, "chain", f"{row.tx_hash} in block {row.block_height}: {_seen(row.network.code, row.tx_hash)}"),
            *_told(row.customer, "deposit", since=row.seen_at, until=until),
            *_audited(f"wallet.deposit:{row.public_id}"),
        ]
        held = f"; held: {row.held_because}" if row.held_because else ""
        summary = (
            f"{to_text(row.amount)} {row.coin_network.coin.code} by {row.network.code} from {row.sender or 'unknown'}{held}"
        )
        yield _made("deposit", row, row.customer, summary, steps)


def _of_transfer(row: Transfer) -> Trace:
    until = row.finished_at or row.state_since
    steps = [
        *_moves(row.events.order_by("id")),
        *_booked(transfer_books.postings_of(row)),
        *_told(row.sender, "transfer", since=row.created_at, until=until),
        *_audited(f"wallet.transfer:{row.public_id}"),
    ]
    summary = f"{to_text(row.amount)} {row.coin.code} to customer {row.receiver.uid}"
    return _made("transfer", row, row.sender, summary, steps)


def _made(kind: str, row: Any, customer: User, summary: str, steps: Iterable[Step]) -> Trace:
    ordered = sorted(steps, key=lambda step: step.at)
    return Trace(kind, row.public_id, customer.uid, str(row.state), summary, ordered)


def _moves(events: Iterable[Any]) -> Iterator[Step]:
    for event in events:
        why = f" ({event.reason})" if event.reason else ""
        yield Step(event.created_at, "state", f"{event.state_before or 'new'} → {event.state_after}{why}")


def _booked(postings: QuerySet[Posting]) -> Iterator[Step]:
    entries = Entry.objects.filter(posting__in=postings).select_related("posting", "account__coin", "account__owner")
    for entry in entries.order_by("posting_id", "seq"):
        whose = f"customer {entry.account.owner.uid}" if entry.account.owner else "house"
        amount = f"{to_text(entry.amount)} {entry.account.coin.code}"
        yield Step(entry.posting.created_at, "books", f"{entry.posting.kind}: {amount} → {whose} {entry.account.kind}")


def _sent(one: OutgoingTransaction) -> Iterator[Step]:
    if one.tx_hash is None:
        yield Step(
            one.created_at,
            "chain",
            f"nonce {one.nonce} reserved, not signed{': ' * bool(one.signer_refusal)}{one.signer_refusal}",
        )
        return
    at = one.last_sent_at or one.signed_at or one.created_at
    told = f"{one.tx_hash}, nonce {one.nonce}, sent {one.sendings} times, {one.confirmations} confirmations"
    answer = f", last answer: {one.last_answer}" if one.last_answer else ""
    yield Step(at, "chain", f"{told}{answer}: {_seen(one.network.code, one.tx_hash)}")


def _seen(network: str, tx_hash: str) -> str:
    """What the node says of it now."""
    try:
        return f"the node says {registry.gateway(network).sighting(tx_hash).value}"
    except ChainUnavailable:
        return "the node does not answer"
    except NetworkNotConnected:
        return "no node is connected"


def _told(customer: User, about: str, *, since: datetime, until: datetime) -> Iterator[Step]:
    """Messages to the customer about movements of this kind in its time; their contents are nobody's but the customer's."""
    rows = Message.objects.filter(
        user=customer, template__contains=about, created_at__gte=since, created_at__lte=until + MESSAGES_WITHIN
    )
    for row in rows.order_by("id")[:FOUND_MAX]:
        yield Step(row.created_at, "message", f"{row.public_id} {row.channel} {row.template}: {row.state}")


def _audited(subject: str) -> Iterator[Step]:
    for record in AuditRecord.objects.filter(subject=subject).order_by("id")[:FOUND_MAX]:
        yield Step(record.at, "audit", f"{record.act} by {record.actor_kind}{': ' * bool(record.reason)}{record.reason}")
