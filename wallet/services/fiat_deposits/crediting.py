"""Crediting what a bank received: one officer records the bank's line and whose it is, another one lets it be credited."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.models.logins import LoginAct
from accounts.services import logins
from config.kit import money
from config.kit.money import to_text
from kyc.services import entitlements
from messaging.services.notices import notify
from wallet.models.banks import LineDirection
from wallet.models.coins import Coin, CoinNetwork
from wallet.models.fiat_deposits import FIAT_DEPOSIT_FLOW, FiatDeposit
from wallet.models.ledger import AccountKind, PostingKind
from wallet.models.pairs import PairMatter
from wallet.services import coins, ledger
from wallet.services.banks import lines, nostro
from wallet.services.deposits import addresses
from wallet.services.fiat_deposits.errors import FiatDepositProposedAlready, FiatDepositsClosed
from wallet.services.ledger import AccountRef, Leg
from wallet.services.pairs import customers, deciding
from wallet.services.pairs.deciding import PairKind

SCOPE = "fiat_deposit"
ACTOR = "fiat deposits"
BANK = "BANK"
"""The network that banks are."""


def propose(
    *,
    customer: object,
    coin: str,
    amount: object,
    nostro_code: str,
    reference: str,
    officer: User,
    reason: str,
    key: object = None,
) -> FiatDeposit:
    """Record that a line of an account of ours pays a customer, named by uid. Nothing moves before another confirms.

    Raises NotAnOfficer, ReasonMissing, OwnMoney, NotACustomersAccount, UnknownCoin, AmountInvalid, UnknownNostro,
    BankReferenceInvalid, BankReferenceTaken, FiatDepositProposedAlready, FiatDepositsClosed, NotForSubAccounts, NotEntitled,
    IdempotencyConflict.
    """
    owner, carried, said = customers.find(customer), coins.get(coin), lines.reference_of(reference)
    received = money.parse(amount, scale=carried.scale)
    if received <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    account = nostro.find(nostro_code, coin=carried)
    row = FiatDeposit(customer=owner, nostro=account, coin=carried, reference=said, amount=received)
    try:
        with transaction.atomic():
            made = deciding.propose(KIND, row, officer=officer, reason=reason, key=key)
            if made is row:
                _require_open(owner, carried)
                lines.require_new(account, LineDirection.IN, said)
            return made
    except IntegrityError as refusal:
        if "fiat_deposit_proposed_once" in str(refusal):
            raise FiatDepositProposedAlready(reference=said, nostro=account.code) from refusal
        raise


def _require_open(customer: User, coin: Coin) -> None:
    """Promise that banks bring the coin and that the customer's level takes it, as both stand now."""
    carried = CoinNetwork.objects.select_related("coin", "network").filter(coin=coin, network__code=BANK).first()
    if carried is None or not addresses.is_open(carried):
        raise FiatDepositsClosed(coin=coin.code)
    entitlements.require(customer, entitlements.Act.DEPOSIT_FIAT)


def _facts(row: FiatDeposit) -> Sequence[str]:
    return [str(row.customer_id), row.nostro.code, row.reference, row.coin.code, to_text(row.amount)]


def _apply(row: FiatDeposit, officer: User) -> tuple[int, dict[str, Any]]:
    _require_open(customers.hold(row.customer), row.coin)
    line = lines.book(row.nostro, LineDirection.IN, reference=row.reference, amount=row.amount, officer=officer)
    legs = (
        Leg(AccountRef(None, row.coin.code, AccountKind.EXTERNAL_IN), -row.amount),
        Leg(AccountRef(row.customer_id, row.coin.code, AccountKind.SPOT_AVAILABLE), row.amount),
    )
    reason = f"fiat deposit {row.public_id}"
    kind, key = PostingKind.DEPOSIT, str(row.public_id)
    return ledger.post(kind=kind, scope=SCOPE, key=key, legs=legs, actor=ACTOR, reason=reason).id, {"line": line}


def _done(row: FiatDeposit) -> None:
    logins.note(user=row.customer, act=LoginAct.FIAT_DEPOSIT_BY_STAFF)
    facts = {"amount": to_text(row.amount), "coin": row.coin.code, "reference": row.reference}
    notify(user=row.customer, template="fiat_deposit_credited", facts=facts)


KIND = PairKind(
    matter=PairMatter.FIAT_DEPOSIT,
    model=FiatDeposit,
    flow=FIAT_DEPOSIT_FLOW,
    related=("customer", "nostro", "coin", "line"),
    facts=_facts,
    apply=_apply,
    done=_done,
)
confirm = partial(deciding.confirm, KIND)
reject = partial(deciding.reject, KIND)
