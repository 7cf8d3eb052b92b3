"""A transfer as one of its parties sees it, and the list of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from accounts.services import second_factor
from config.kit.paging import QuerySetSource
from messaging.services.codes import Purpose
from wallet.models.transfers import AWAITING_CUSTOMER, Transfer, TransferState
from wallet.services.transfers import confirm, links, parties, reads


@dataclass(frozen=True)
class Seen:
    """One transfer in the eyes of its sender or its receiver."""

    row_id: int
    id: int
    direction: str
    counterparty: str
    """The other party as the reader may know them: see `parties`."""
    coin: str
    amount: Decimal
    remark: str
    state: str
    link_is_due: bool
    methods: tuple[str, ...]
    """What else will confirm it, strongest first; empty where the link is enough or nothing is waited for."""
    expires_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Transfers:
    """A customer's transfers as an ordered source of pages."""

    customer: User
    direction: str | None = None

    def rows(self, *, below: int | None, above: int | None, limit: int) -> Sequence[Seen]:
        """See config.kit.paging.Source."""
        found = reads.of_customer(self.customer, direction=self.direction)
        page = QuerySetSource(found, "id").rows(below=below, above=above, limit=limit)
        methods = methods_due(self.customer) if any(transfer.state in AWAITING_CUSTOMER for transfer in page) else ()
        return [seen(transfer, by=self.customer, methods=methods) for transfer in page]

    def position(self, row: Seen) -> int:
        """See config.kit.paging.Source."""
        return row.row_id


def methods_due(customer: User) -> tuple[str, ...]:
    """The second factors of which one confirms beside the link, or instead of it where there is no mailbox."""
    if not confirm.proof_is_due(customer):
        return ()
    return tuple(str(method) for method in second_factor.methods(customer, Purpose.TRANSFER))


def seen(transfer: Transfer, *, by: User, methods: tuple[str, ...] | None = None) -> Seen:
    """The transfer in the eyes of one of its parties; `methods` are the reader's, where they are known already."""
    is_sender = transfer.sender_id == by.pk
    waits = is_sender and transfer.state in AWAITING_CUSTOMER
    return Seen(
        row_id=transfer.pk,
        id=transfer.public_id,
        direction=reads.OUT if is_sender else reads.IN,
        counterparty=parties.words_of_other(transfer, reader=by),
        coin=transfer.coin.code,
        amount=transfer.amount,
        remark=transfer.remark,
        state=transfer.state,
        link_is_due=waits and transfer.state == TransferState.VERIFICATION and links.is_due(transfer),
        methods=(methods_due(by) if methods is None else methods) if waits and not transfer.verified_by else (),
        expires_at=transfer.expires_at if waits else None,
        created_at=transfer.created_at,
        finished_at=transfer.finished_at,
    )
