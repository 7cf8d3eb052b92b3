"""What the customer is told, from the transaction in which it happened."""

from __future__ import annotations

from accounts.models.logins import LoginAct
from accounts.services import clients, logins
from config.kit.money import to_text
from messaging.services.notices import notify
from wallet.models.withdrawals import Withdrawal, WithdrawalState

ADDRESS_TAIL_CHARACTERS = 6
_ENDINGS = {
    WithdrawalState.CANCELLED: "withdrawal_cancelled",
    WithdrawalState.EXPIRED: "withdrawal_expired",
    WithdrawalState.FAILED: "withdrawal_failed",
}


def facts(withdrawal: Withdrawal) -> dict[str, str]:
    """What a message says of a withdrawal: amount, coin, and the end of the address."""
    return {
        "amount": to_text(withdrawal.amount),
        "coin": withdrawal.coin_network.coin.code,
        "address_tail": withdrawal.address[-ADDRESS_TAIL_CHARACTERS:],
    }


def requested(withdrawal: Withdrawal) -> None:
    """By every bound channel: the owner must hear of a request that a thief made."""
    ip = withdrawal.requested_from
    client = clients.describe(ip=ip, user_agent="") if ip else None
    logins.note(user=withdrawal.customer, act=LoginAct.CRYPTO_WITHDRAWAL_WAITING, client=client)
    notify(user=withdrawal.customer, template="withdrawal_requested", facts=facts(withdrawal))


def sent(withdrawal: Withdrawal) -> None:
    """The network has it."""
    notify(user=withdrawal.customer, template="withdrawal_sent", facts=facts(withdrawal))


def arrived(withdrawal: Withdrawal) -> None:
    """Confirmed and settled."""
    logins.note(user=withdrawal.customer, act=LoginAct.CRYPTO_WITHDRAWAL)
    notify(user=withdrawal.customer, template="withdrawal_success", facts=facts(withdrawal))


def rejected(withdrawal: Withdrawal, *, reason: str) -> None:
    """An officer said no, and why; the money is available again."""
    logins.note(user=withdrawal.customer, act=LoginAct.CRYPTO_WITHDRAWAL_CANCELLED)
    notify(user=withdrawal.customer, template="withdrawal_rejected", facts={**facts(withdrawal), "reason": reason})


def ended(withdrawal: Withdrawal) -> None:
    """Cancelled, expired or failed: the money is available again."""
    logins.note(user=withdrawal.customer, act=LoginAct.CRYPTO_WITHDRAWAL_CANCELLED)
    notify(user=withdrawal.customer, template=_ENDINGS[WithdrawalState(withdrawal.state)], facts=facts(withdrawal))
