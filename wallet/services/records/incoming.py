"""What comes to a customer: deposits over chains, and transfers that their senders have confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from config.kit.ids import read_public_id
from wallet.models.deposits import Deposit, DepositState
from wallet.models.transfers import Transfer, TransferState
from wallet.services.deposits import history
from wallet.services.records.window import Window, newest, together
from wallet.services.transfers import parties
from wallet.services.transfers import reads as transfers

DEPOSIT, TRANSFER = "deposit", "transfer"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which records; what is empty narrows nothing. Only deposits have a hash."""

    kind: str = ""
    public_id: str = ""
    coin: str = ""
    tx_hash: str = ""
    window: Window = field(default_factory=Window)

    def narrowed(self) -> dict[str, object]:
        """What both movements are looked for by."""
        return {"public_id": read_public_id(self.public_id)} if self.public_id else {}


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One deposit or transfer; `state` is its movement's own.

    `at` is when it was first seen here: a transfer's is when its sender had confirmed it, not when they asked, so that who
    looks again from the last time on misses none.
    """

    kind: str
    id: int
    coin: str
    amount: Decimal
    state: DepositState | TransferState
    at: datetime
    sender: str
    receiver: str
    network: str | None = None
    tx_hash: str | None = None


def of_customer(customer: User, wanted: Wanted) -> list[Incoming]:
    """The customer's records, newest first. A few queries, however many there are."""
    found: list[Incoming] = []
    if wanted.kind != TRANSFER:
        found += [_deposit(row) for row in _deposits(customer, wanted)]
    if wanted.kind != DEPOSIT and not wanted.tx_hash:
        found += [_transfer(row, customer) for row in _transfers(customer, wanted)]
    return together(found, wanted.window)


def _deposits(customer: User, wanted: Wanted) -> list[Deposit]:
    rows = history.of_customer(customer, coin=wanted.coin).filter(**wanted.narrowed())
    if wanted.tx_hash:
        rows = rows.filter(tx_hash=wanted.tx_hash)
    return list(newest(rows, "seen_at", wanted.window))


def _transfers(customer: User, wanted: Wanted) -> list[Transfer]:
    rows = transfers.announced_to(customer).filter(**wanted.narrowed())
    if wanted.coin:
        rows = rows.filter(coin__code=wanted.coin)
    return list(newest(rows, "confirmed_at", wanted.window))


def _deposit(row: Deposit) -> Incoming:
    return Incoming(
        kind=DEPOSIT,
        id=row.public_id,
        coin=row.coin_network.coin.code,
        amount=row.amount,
        state=DepositState(row.state),
        at=row.seen_at,
        sender=row.sender,
        receiver=row.deposit_address.address,
        network=row.network.name,
        tx_hash=row.tx_hash,
    )


def _transfer(row: Transfer, customer: User) -> Incoming:
    return Incoming(
        kind=TRANSFER,
        id=row.public_id,
        coin=row.coin.code,
        amount=row.amount,
        state=TransferState(row.state),
        at=row.confirmed_at or row.created_at,
        sender=str(parties.sender_number(sender_id=row.sender_id, receiver_id=row.receiver_id)),
        receiver=str(customer.uid),
    )
