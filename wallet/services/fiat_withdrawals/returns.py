"""What the bank gave back: one officer says so with the bank's reference, another confirms it, and the payment is undone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from config.kit.money import to_text
from wallet.models.banks import LineDirection
from wallet.models.fiat_returns import FIAT_RETURN_FLOW, FiatReturn
from wallet.models.fiat_withdrawals import FIAT_WITHDRAWAL_FLOW, FiatWithdrawal, FiatWithdrawalState
from wallet.models.pairs import PairMatter
from wallet.services import actors
from wallet.services.banks import lines, nostro
from wallet.services.fiat_withdrawals import books, messages
from wallet.services.fiat_withdrawals.errors import ReturnProposedAlready
from wallet.services.fiat_withdrawals.states import locked, move
from wallet.services.pairs import deciding
from wallet.services.pairs.deciding import PairKind


def propose(*, withdrawal: Any, nostro_code: str, reference: str, officer: User, reason: str, key: object = None) -> FiatReturn:
    """Say that a paid withdrawal came back, by which line of which account of ours. Nothing moves before another confirms.

    Raises Absent, NotAnOfficer, ReasonMissing, OwnMoney, IllegalMove, UnknownNostro, BankReferenceInvalid,
    BankReferenceTaken, ReturnProposedAlready, IdempotencyConflict.
    """
    number, said = read_public_id(withdrawal), lines.reference_of(reference)
    rows = FiatWithdrawal.objects.select_related("customer", "coin_network__coin")
    found = None if number is None else rows.filter(public_id=number).first()
    if found is None:
        raise Absent(thing="fiat withdrawal")
    account = nostro.find(nostro_code, coin=found.coin_network.coin)
    row = FiatReturn(withdrawal=found, customer=found.customer, nostro=account, reference=said)
    try:
        with transaction.atomic():
            made = deciding.propose(KIND, row, officer=officer, reason=reason, key=key)
            if made is row:
                FIAT_WITHDRAWAL_FLOW.check(found.state, FiatWithdrawalState.RETURNED)
                lines.require_new(account, LineDirection.IN, said)
            return made
    except IntegrityError as refusal:
        if "fiat_return_one_at_a_time" in str(refusal):
            raise ReturnProposedAlready from refusal
        raise


def _facts(row: FiatReturn) -> Sequence[str]:
    withdrawal = row.withdrawal
    coin = withdrawal.coin_network.coin.code
    paid = [str(withdrawal.public_id), bytes(withdrawal.payload_hash).hex(), coin, to_text(withdrawal.total)]
    return [str(row.customer_id), *paid, row.nostro.code, row.reference]


def _apply(row: FiatReturn, officer: User) -> tuple[int, dict[str, Any]]:
    withdrawal = locked(row.withdrawal_id)
    FIAT_WITHDRAWAL_FLOW.check(withdrawal.state, FiatWithdrawalState.RETURNED)
    line = lines.book(row.nostro, LineDirection.IN, reference=row.reference, amount=withdrawal.amount, officer=officer)
    return books.undo(withdrawal, key=str(row.public_id)), {"line": line}


def _done(row: FiatReturn) -> None:
    withdrawal = locked(row.withdrawal_id)
    assert row.decider is not None  # fiat_return_finished_by_somebody
    move(withdrawal, FiatWithdrawalState.RETURNED, actor=actors.officer(row.decider), reason=row.decided_because)
    messages.returned(withdrawal)


KIND = PairKind(
    matter=PairMatter.FIAT_RETURN,
    model=FiatReturn,
    flow=FIAT_RETURN_FLOW,
    related=("customer", "nostro", "withdrawal__coin_network__coin"),
    facts=_facts,
    apply=_apply,
    done=_done,
)
confirm = partial(deciding.confirm, KIND)
reject = partial(deciding.reject, KIND)
