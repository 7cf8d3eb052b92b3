"""How the wallet's desk pages write amounts, addresses and states."""

from __future__ import annotations

from decimal import Decimal

from django import template

from config.kit.fields import mask_email, mask_phone
from config.kit.money import to_text
from wallet.models.fiat_withdrawals import FiatWithdrawalState
from wallet.models.pairs import PairState
from wallet.models.payments import PaymentState
from wallet.models.transfers import TransferState
from wallet.models.withdrawals import WithdrawalState

register = template.Library()

_TONES: dict[str, str] = {
    PairState.PROPOSED: "warn",
    PairState.DONE: "good",
    FiatWithdrawalState.PAYING: "calm",
    FiatWithdrawalState.PAID: "good",
    FiatWithdrawalState.RETURNED: "bad",
    PaymentState.HELD: "warn",
    PaymentState.CAPTURED: "good",
    PaymentState.REFUNDED: "bad",
    TransferState.OPENED: "calm",
    TransferState.COMPLETED: "good",
    WithdrawalState.REVIEW: "warn",
    WithdrawalState.SECOND_REVIEW: "warn",
    WithdrawalState.APPROVED: "calm",
    WithdrawalState.SIGNING: "calm",
    WithdrawalState.BROADCAST: "calm",
    WithdrawalState.CONFIRMING: "calm",
    WithdrawalState.SUCCESS: "good",
    WithdrawalState.UNKNOWN: "bad",
    WithdrawalState.REJECTED: "bad",
    WithdrawalState.FAILED: "bad",
}
ADDRESS_END_CHARACTERS = 8


@register.filter
def amount(value: Decimal) -> str:
    """Plain text without trailing zeros."""
    return to_text(value)


@register.filter
def signed(value: Decimal) -> str:
    """The same with its sign: what comes in has a plus."""
    return f"+{to_text(value)}" if value > 0 else to_text(value).replace("-", "−")


@register.filter
def short(address: str) -> str:
    """Both ends of an address."""
    if len(address) <= 2 * ADDRESS_END_CHARACTERS + 1:
        return address
    return f"{address[:ADDRESS_END_CHARACTERS]}…{address[-ADDRESS_END_CHARACTERS:]}"


@register.filter
def tone(state: str) -> str:
    """The colour of a state."""
    return _TONES.get(str(state), "")


@register.filter
def spaced(word: str) -> str:
    """A word of the code as words: `equal_request` → `equal request`."""
    return str(word).replace("_", " ")


@register.filter
def masked_email(text: str | None) -> str | None:
    """See `mask_email`."""
    return mask_email(text)


@register.filter
def masked_phone(text: str | None) -> str | None:
    """See `mask_phone`."""
    return mask_phone(text)
