"""What becomes of a deposit that was held: one officer says what and why, another one lets it happen.

It is credited to its customer after all, or to another whose it is, or sent back: then it is credited and reserved in one
transaction, and leaves as a withdrawal through the gate that all pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.models.logins import LoginAct
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.flow import IllegalMove
from config.kit.ids import read_public_id
from config.kit.money import to_text
from wallet.models.deposit_resolutions import RESOLUTION_FLOW, DepositResolution, ResolutionOutcome
from wallet.models.deposits import DEPOSIT_FLOW, Deposit, DepositState
from wallet.models.pairs import PairMatter
from wallet.services.deposits import books, crediting
from wallet.services.deposits.errors import AnotherCustomerDue, ResolutionProposedAlready, UnknownOutcome
from wallet.services.deposits.states import locked, move
from wallet.services.pairs import customers, deciding
from wallet.services.pairs.deciding import PairKind
from wallet.services.pairs.errors import OwnMoney
from wallet.services.withdrawals import destinations, refunding


def propose(
    *,
    deposit: object,
    outcome: str,
    customer: object = "",
    address: str = "",
    memo: str = "",
    officer: User,
    reason: str,
    key: object = None,
) -> DepositResolution:
    """Say what a held deposit becomes; `customer` (a uid) is due for ANOTHER, `address` for REFUND. Nothing moves yet.

    Raises Absent, UnknownOutcome, NotACustomersAccount, AnotherCustomerDue, InvalidAddress, InvalidMemo, MemoRequired,
    OwnAddress, HouseAddress, AmountBelowMinimum, NotAnOfficer, ReasonMissing, OwnMoney, IllegalMove,
    ResolutionProposedAlready, IdempotencyConflict.
    """
    number = read_public_id(deposit)
    rows = Deposit.objects.select_related("customer", "network", "coin_network__coin", "coin_network__network")
    held = None if number is None else rows.filter(public_id=number).first()
    if held is None:
        raise Absent(thing="deposit")
    if outcome not in ResolutionOutcome.values:
        raise UnknownOutcome
    row = DepositResolution(deposit=held, outcome=outcome, customer=_receiver(held, outcome, customer))
    if outcome == ResolutionOutcome.REFUND:
        row.address, row.memo = destinations.normalise(held.coin_network, address=address, memo=memo), memo
        refunding.require_sendable(held, address=row.address)
    _require_of_others(held, officer)
    try:
        with transaction.atomic():
            made = deciding.propose(KIND, row, officer=officer, reason=reason, key=key)
            if made is row:
                _require_held(held)
            return made
    except IntegrityError as refusal:
        if "deposit_resolution_one_at_a_time" not in str(refusal):
            raise
        _require_held(Deposit.objects.get(pk=held.pk))
        raise ResolutionProposedAlready from refusal


def _receiver(held: Deposit, outcome: str, named: object) -> User:
    if outcome != ResolutionOutcome.ANOTHER:
        return held.customer
    found = customers.find(named)
    if found.pk == held.customer_id:
        raise AnotherCustomerDue
    return found


def _require_of_others(held: Deposit, officer: User) -> None:
    if held.customer_id == officer.pk:
        raise OwnMoney


def _require_held(deposit: Deposit) -> None:
    """Only a held one: what is pending is the watcher's. Raises IllegalMove."""
    if deposit.state != DepositState.HELD:
        raise IllegalMove(flow=DEPOSIT_FLOW.name, state=deposit.state, target=str(DepositState.CREDITED))


def _facts(row: DepositResolution) -> Sequence[str]:
    held = row.deposit
    paid = [books.posting_key(held), held.coin_network.coin.code, to_text(held.amount), str(held.customer_id)]
    return [str(held.public_id), *paid, row.outcome, str(row.customer_id), row.address, row.memo]


def _apply(row: DepositResolution, officer: User) -> tuple[int, dict[str, Any]]:
    """Only while the chain shows it as deep as its coin asks for. Raises NotYetFinal beside what `propose` raises."""
    is_refund = row.outcome == ResolutionOutcome.REFUND
    if is_refund:
        refunding.lock(row.customer, row.deposit.coin_network.coin)
    cursor = crediting.locked_cursor(row.deposit_id)
    held = locked(row.deposit_id)
    _require_of_others(held, officer)
    _require_held(held)
    crediting.require_final(held, cursor)
    receiver = customers.hold(row.customer)
    changes = {"credited_to": receiver} if row.outcome == ResolutionOutcome.ANOTHER else {}
    for name, value in changes.items():
        setattr(held, name, value)
    posting_id = books.credit(held)
    said = f"{row.get_outcome_display()}: {row.proposed_because}"
    end = {"posting_id": posting_id, "credited_at": now(), **changes}
    move(held, DepositState.CREDITED, reason=said, actor=officer, **end)
    if not is_refund:
        crediting.tell(held, act=LoginAct.CRYPTO_DEPOSIT_BY_STAFF)
        return posting_id, {}
    sent = refunding.open_refund(held, address=row.address, memo=row.memo, officer=officer, reason=row.proposed_because)
    return posting_id, {"withdrawal": sent}


def _done(row: DepositResolution) -> None:
    """Whoever is credited was told with the posting; whose money goes back, with the withdrawal."""


KIND = PairKind(
    matter=PairMatter.RESOLUTION,
    model=DepositResolution,
    flow=RESOLUTION_FLOW,
    related=("customer", "deposit__customer", "deposit__network", "deposit__coin_network__coin", "withdrawal"),
    facts=_facts,
    apply=_apply,
    done=_done,
)
confirm = partial(deciding.confirm, KIND)
reject = partial(deciding.reject, KIND)
