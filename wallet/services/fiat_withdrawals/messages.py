"""What the customer is told, from the transaction in which it happened."""

from __future__ import annotations

from accounts.models.logins import LoginAct
from accounts.services import clients, logins
from config.kit.money import to_text
from kyc.services import bank_cases
from messaging.services.notices import notify
from wallet.models.fiat_withdrawals import FiatWithdrawal, FiatWithdrawalState
from wallet.services.fiat_withdrawals.payload import account_of

_ENDINGS = {
    FiatWithdrawalState.CANCELLED: "fiat_withdrawal_cancelled",
    FiatWithdrawalState.EXPIRED: "fiat_withdrawal_expired",
}


def facts(withdrawal: FiatWithdrawal) -> dict[str, str]:
    """What a message says: amount, coin, and the bank account by its bank and last digits."""
    account = account_of(withdrawal)
    told = bank_cases.told(account) if account is not None else {"bank": "-", "account_tail": "-"}
    return {"amount": to_text(withdrawal.amount), "coin": withdrawal.coin_network.coin.code, **told}


def requested(withdrawal: FiatWithdrawal) -> None:
    """By every bound channel: the owner must hear of a request that a thief made."""
    ip = withdrawal.requested_from
    client = clients.describe(ip=ip, user_agent="") if ip else None
    logins.note(user=withdrawal.customer, act=LoginAct.FIAT_WITHDRAWAL_WAITING, client=client)
    notify(user=withdrawal.customer, template="fiat_withdrawal_requested", facts=facts(withdrawal))


def paid(withdrawal: FiatWithdrawal, *, reference: str) -> None:
    """The bank has it."""
    logins.note(user=withdrawal.customer, act=LoginAct.FIAT_PAID_OUT)
    notify(user=withdrawal.customer, template="fiat_withdrawal_paid", facts={**facts(withdrawal), "reference": reference})


def returned(withdrawal: FiatWithdrawal) -> None:
    """The bank gave it back: amount and fee are available again."""
    logins.note(user=withdrawal.customer, act=LoginAct.FIAT_WITHDRAWAL_CANCELLED)
    notify(user=withdrawal.customer, template="fiat_withdrawal_returned", facts=facts(withdrawal))


def rejected(withdrawal: FiatWithdrawal, *, reason: str) -> None:
    """An officer said no, and why; the money is available again."""
    logins.note(user=withdrawal.customer, act=LoginAct.FIAT_WITHDRAWAL_CANCELLED)
    notify(user=withdrawal.customer, template="fiat_withdrawal_rejected", facts={**facts(withdrawal), "reason": reason})


def ended(withdrawal: FiatWithdrawal) -> None:
    """Cancelled or expired: the money is available again."""
    logins.note(user=withdrawal.customer, act=LoginAct.FIAT_WITHDRAWAL_CANCELLED)
    notify(user=withdrawal.customer, template=_ENDINGS[FiatWithdrawalState(withdrawal.state)], facts=facts(withdrawal))
