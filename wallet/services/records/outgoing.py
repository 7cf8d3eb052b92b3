"""What left a customer: withdrawals and transfers to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from config.kit.ids import read_public_id
from wallet.models.transfers import Transfer, TransferState
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services.records.window import Window, newest, together
from wallet.services.transfers import parties
from wallet.services.transfers import reads as transfers
from wallet.services.transfers.parties import Called
from wallet.services.withdrawals import reads as withdrawals

WITHDRAWAL, TRANSFER = "withdrawal", "transfer"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which records; what is empty narrows nothing. Only transfers have a remark, only withdrawals a hash."""

    kind: str = ""
    public_id: str = ""
    client_reference: str = ""
    coin: str = ""
    tx_hash: str = ""
    remark: str = ""
    window: Window = field(default_factory=Window)

    def narrowed(self) -> dict[str, object]:
        """What both movements are looked for by."""
        found: dict[str, object] = {}
        if self.public_id:
            found["public_id"] = read_public_id(self.public_id)
        if self.client_reference:
            found["client_reference"] = self.client_reference
        return found


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One withdrawal or transfer. `amount` is what the receiver gets; `state` is its movement's own."""

    kind: str
    id: int
    client_reference: str | None
    coin: str
    amount: Decimal
    fee: Decimal
    state: WithdrawalState | TransferState
    at: datetime
    network: str | None = None
    address: str | None = None
    memo: str | None = None
    tx_hash: str | None = None
    receiver: Called | None = None
    """The receiver of a transfer, as the sender named them."""
    remark: str | None = None


def of_customer(customer: User, wanted: Wanted) -> list[Outgoing]:
    """The customer's records, newest first. Three queries, however many there are."""
    found: list[Outgoing] = []
    if wanted.kind != TRANSFER and not wanted.remark:
        found += [_withdrawal(row) for row in _withdrawals(customer, wanted)]
    if wanted.kind != WITHDRAWAL and not wanted.tx_hash:
        found += [_transfer(row) for row in _transfers(customer, wanted)]
    return together(found, wanted.window)


def _withdrawals(customer: User, wanted: Wanted) -> list[Withdrawal]:
    rows = withdrawals.of_customer(customer).filter(**wanted.narrowed())
    if wanted.coin:
        rows = rows.filter(coin_network__coin__code=wanted.coin)
    if wanted.tx_hash:
        rows = rows.filter(outgoing_transactions__tx_hash=wanted.tx_hash, outgoing_transactions__sendings__gt=0)
    return list(newest(rows, "created_at", wanted.window))


def _transfers(customer: User, wanted: Wanted) -> list[Transfer]:
    rows = transfers.of_customer(customer, direction=transfers.OUT).filter(**wanted.narrowed())
    if wanted.coin:
        rows = rows.filter(coin__code=wanted.coin)
    if wanted.remark:
        rows = rows.filter(remark=wanted.remark)
    return list(newest(rows, "created_at", wanted.window))


def _withdrawal(row: Withdrawal) -> Outgoing:
    sent = withdrawals.on_chain(row)
    return Outgoing(
        kind=WITHDRAWAL,
        id=row.public_id,
        client_reference=row.client_reference,
        coin=row.coin_network.coin.code,
        amount=row.amount,
        fee=row.fee,
        state=WithdrawalState(row.state),
        at=row.created_at,
        network=row.coin_network.network.name,
        address=row.address,
        memo=row.memo or None,
        tx_hash=sent.tx_hash if sent is not None else None,
    )


def _transfer(row: Transfer) -> Outgoing:
    return Outgoing(
        kind=TRANSFER,
        id=row.public_id,
        client_reference=row.client_reference,
        coin=row.coin.code,
        amount=row.amount,
        fee=Decimal(0),
        state=TransferState(row.state),
        at=row.created_at,
        receiver=parties.as_named(row),
        remark=row.remark or None,
    )
