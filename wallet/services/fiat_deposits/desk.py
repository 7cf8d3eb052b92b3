"""What the desk's pages of fiat deposits tell beside the proposal itself."""

from __future__ import annotations

from config.kit.money import to_text
from kyc.models import BankAccountState
from kyc.services import bank_accounts, entitlements
from wallet.models.fiat_deposits import FiatDeposit, FiatReversal
from wallet.models.pairs import PairState
from wallet.services import balances


def level_of(row: FiatDeposit) -> int:
    """The customer's identity level now."""
    return entitlements.level_of(row.customer)


def bank_accounts_of(row: FiatDeposit) -> list[str]:
    """The customer's verified bank accounts, masked, to hold against the payer on the statement."""
    shown = bank_accounts.list_of(row.customer, currency=row.coin.code)
    return [f"{one.name} {one.account_number} {one.holder}" for one in shown if one.state == BankAccountState.VERIFIED]


def reversals_of(row: FiatDeposit) -> list[FiatReversal]:
    """What was proposed to undo it, oldest first."""
    return list(FiatReversal.objects.filter(deposit=row).order_by("id"))


def can_be_undone(row: FiatDeposit) -> bool:
    """Whether it is credited and nobody has proposed to undo it."""
    if row.state != PairState.DONE:
        return False
    return not any(one.state in (PairState.PROPOSED, PairState.DONE) for one in reversals_of(row))


def available_to(row: FiatReversal) -> str:
    """What the customer may use of the coin: the least that undoing needs."""
    coin = row.deposit.coin
    return f"{to_text(balances.of_coin(row.customer, coin).available)} {coin.code} available"
