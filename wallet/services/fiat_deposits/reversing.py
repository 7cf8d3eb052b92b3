"""Undoing a credited fiat deposit, whole: the bank took the money back, or it was not this customer's or not this much."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from config.kit.money import to_text
from messaging.services.notices import notify
from wallet.models.banks import LineDirection
from wallet.models.fiat_deposits import FIAT_REVERSAL_FLOW, FiatDeposit, FiatReversal
from wallet.models.pairs import PairMatter, PairState
from wallet.services import ledger
from wallet.services.banks import lines
from wallet.services.fiat_deposits.crediting import ACTOR
from wallet.services.fiat_deposits.errors import NotCredited, ReversalProposedAlready
from wallet.services.pairs import deciding
from wallet.services.pairs.deciding import PairKind


def propose(*, deposit: object, reference: str = "", officer: User, reason: str, key: object = None) -> FiatReversal:
    """Say that a credited deposit is to be undone. Nothing moves before another confirms.

    With a `reference` the bank has taken the money back by that line of its; without one the credit was a mistake of ours,
    and the line it was credited by may then be recorded anew.
    Raises Absent, NotAnOfficer, ReasonMissing, OwnMoney, NotCredited, ReversalProposedAlready, BankReferenceInvalid,
    BankReferenceTaken, IdempotencyConflict.
    """
    number = read_public_id(deposit)
    rows = FiatDeposit.objects.select_related("customer", "nostro", "coin")
    found = None if number is None else rows.filter(public_id=number).first()
    if found is None:
        raise Absent(thing="fiat deposit")
    said = lines.reference_of(reference) if reference.strip() else ""
    row = FiatReversal(deposit=found, customer=found.customer, reference=said)
    try:
        with transaction.atomic():
            made = deciding.propose(KIND, row, officer=officer, reason=reason, key=key)
            if made is row:
                _require_credited(found)
                if said:
                    lines.require_new(found.nostro, LineDirection.OUT, said)
            return made
    except IntegrityError as refusal:
        if "fiat_reversal_one_at_a_time" not in str(refusal):
            raise
        if FiatReversal.objects.filter(deposit=found, state=PairState.DONE).exists():
            raise NotCredited from refusal
        raise ReversalProposedAlready from refusal


def _require_credited(deposit: FiatDeposit) -> None:
    if deposit.state != PairState.DONE:
        raise NotCredited


def _facts(row: FiatReversal) -> Sequence[str]:
    deposit = row.deposit
    credited = [str(deposit.public_id), bytes(deposit.payload_hash).hex(), deposit.coin.code, to_text(deposit.amount)]
    return [str(row.customer_id), *credited, row.reference]


def _apply(row: FiatReversal, officer: User) -> tuple[int, dict[str, Any]]:
    deposit = row.deposit
    _require_credited(deposit)
    assert deposit.posting_id is not None  # fiat_deposit_done_is_posted
    line = None
    if row.reference:
        line = lines.book(deposit.nostro, LineDirection.OUT, reference=row.reference, amount=deposit.amount, officer=officer)
    reason = f"fiat deposit {deposit.public_id} is undone"
    posting = ledger.reverse(posting_id=deposit.posting_id, key=str(row.public_id), actor=ACTOR, reason=reason)
    return posting.id, {"line": line}


def _done(row: FiatReversal) -> None:
    deposit = row.deposit
    facts = {"amount": to_text(deposit.amount), "coin": deposit.coin.code, "reference": deposit.reference}
    notify(user=row.customer, template="fiat_deposit_reversed", facts=facts)


KIND = PairKind(
    matter=PairMatter.FIAT_REVERSAL,
    model=FiatReversal,
    flow=FIAT_REVERSAL_FLOW,
    related=("customer", "deposit__nostro", "deposit__coin"),
    facts=_facts,
    apply=_apply,
    done=_done,
)
confirm = partial(deciding.confirm, KIND)
reject = partial(deciding.reject, KIND)
