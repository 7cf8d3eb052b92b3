"""A deposit that goes back: a withdrawal that two officers opened, and that passes review and gate like every other.

It uses up no limit and asks for no identity level, because it is not the customer's wish; and the customer can't cancel it,
because what was held would then be in the balance.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.models.logins import LoginAct
from accounts.services import logins
from config.kit import money
from config.kit.clock import now
from config.kit.money import to_text
from messaging.services.notices import notify
from wallet.models.coins import Coin, CoinNetwork
from wallet.models.deposits import Deposit
from wallet.models.withdrawals import Withdrawal
from wallet.services import actors, limits, standing
from wallet.services.withdrawals import books, destinations, policy, verification
from wallet.services.withdrawals.errors import AmountBelowMinimum, WithdrawalsClosed
from wallet.services.withdrawals.payload import payload_hash
from wallet.services.withdrawals.states import begin

VERIFIED_BY = "two_officers"
WAIT_MINUTES = 30
"""It is past the customer's proof from the start; the row has to say until when it would have waited."""


def lock(customer: User, coin: Coin) -> None:
    """The locks of every withdrawal, before those of the deposit: allowance, then customer."""
    limits.lock_allowance(customer, coin)
    standing.lock(customer)


def require_sendable(deposit: Deposit, *, address: str) -> None:
    """Promise that the deposit, less the network's fee, can be sent to the (normal) address now.

    Raises WithdrawalsClosed, OwnAddress, HouseAddress, AmountBelowMinimum.
    """
    carried = deposit.coin_network
    if not policy.is_open(carried):
        raise WithdrawalsClosed(coin=carried.coin.code, network=carried.network.code)
    destinations.require_outside(carried, customer=deposit.customer, address=address)
    fee = _fee(carried)
    if deposit.amount - fee < carried.withdrawal_minimum or deposit.amount <= fee:
        raise AmountBelowMinimum(minimum=to_text(carried.withdrawal_minimum + fee))


def open_refund(deposit: Deposit, *, address: str, memo: str, officer: User, reason: str) -> Withdrawal:
    """Reserve a deposit that was just credited and send it on its way, in the caller's transaction and under `lock`.

    Raises what `require_sendable` raises.
    """
    require_sendable(deposit, address=address)
    customer, carried, moment = deposit.customer, deposit.coin_network, now()
    fee = _fee(carried)
    payment: dict[str, Any] = {"address": address, "memo": memo, "amount": deposit.amount - fee}
    withdrawal = Withdrawal.objects.create(
        customer=customer,
        coin_network=carried,
        **payment,
        fee=fee,
        payload_hash=payload_hash(customer_id=customer.pk, coin_network=carried, fee=fee, **payment),
        fingerprint=hashlib.sha256(f"refund:{deposit.public_id}".encode()).digest(),
        requested_from=None,
        verified_by=VERIFIED_BY,
        expires_at=moment + timedelta(minutes=WAIT_MINUTES),
        created_at=moment,
        state_since=moment,
    )
    actor = actors.officer(officer)
    begin(withdrawal, actor=actor, reason=reason)
    books.hold(withdrawal)
    verification.enter_review(withdrawal, actor=actor, reason=f"deposit {deposit.public_id} goes back")
    logins.note(user=customer, act=LoginAct.CRYPTO_WITHDRAWAL_WAITING)
    facts = {"amount": to_text(deposit.amount), "coin": carried.coin.code, "network": carried.network.name, "address": address}
    notify(user=customer, template="deposit_sent_back", facts=facts)
    return withdrawal


def _fee(carried: CoinNetwork) -> Decimal:
    """What is left of the deposit must be carried by the network too."""
    return money.round_up(carried.withdrawal_fee, min(carried.scale, carried.coin.scale))
