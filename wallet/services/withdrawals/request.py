"""Asking for a withdrawal: everything checked under the lock, hold and row and event in one transaction."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import holds
from config.kit import crypto, money
from config.kit.clock import now
from config.kit.errors import DomainError
from kyc.services import entitlements
from messaging.services.codes import SentCode
from wallet.models.coins import CoinNetwork
from wallet.models.trusted_addresses import TrustedAddress
from wallet.models.withdrawals import ENDS, Withdrawal, WithdrawalState
from wallet.services import actors, coins, key_caps, limits, standing, trusted_addresses
from wallet.services.retries import retried
from wallet.services.withdrawals import books, destinations, messages, policy, verification
from wallet.services.withdrawals.errors import (
    AddressNotTrusted,
    AmountBelowMinimum,
    ReferenceTaken,
    TooManyOpen,
    WithdrawalsClosed,
)
from wallet.services.withdrawals.payload import payload_hash
from wallet.services.withdrawals.states import begin

log = logging.getLogger(__name__)

VERIFICATION_MINUTES = 30
"""How long a withdrawal waits for its customer's proof."""
OPEN_PER_CUSTOMER_MAX = 100
"""Withdrawals of one customer that may be under way at once."""


@dataclass(frozen=True)
class Wish:
    """What a client asked for, read and checked."""

    customer: User
    coin_network: CoinNetwork
    address: str
    memo: str
    amount: Decimal
    client_reference: str | None
    api_key_id: str
    ip: str
    amount_includes_fee: bool = False

    @property
    def fee(self) -> Decimal:
        """What the network's fee is now; where it is part of the amount, what is left of it must be carried too."""
        scale = _scale(self.coin_network) if self.amount_includes_fee else self.coin_network.coin.scale
        return money.round_up(self.coin_network.withdrawal_fee, scale)

    @property
    def payment(self) -> dict[str, Any]:
        """How much to where."""
        return {"address": self.address, "memo": self.memo, "amount": self.amount}

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the body that a client reference stands for."""
        parts = [self.coin_network.pk, self.address, self.memo, money.to_text(self.amount)]
        if self.amount_includes_fee:
            parts.append("fee included")
        return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).digest()


@dataclass(frozen=True)
class Requested:
    """A withdrawal that stands: the new one, or the one that the same reference made before."""

    withdrawal: Withdrawal
    replayed: bool
    code: SentCode | None = None


def request(
    *,
    customer: User,
    coin: str,
    network: str,
    address: str,
    amount: object,
    amount_includes_fee: bool = False,
    memo: str = "",
    client_reference: str | None = None,
    api_key_id: str = "",
    ip: str,
    language: str = "en",
) -> Requested:
    """Reserve amount + fee and open a withdrawal, all or nothing; the same reference and body give the same one.

    With `amount_includes_fee` the fee is taken from the amount. By session it waits in `verification` for the customer's
    proof, and a code is sent where a code is the proof. By API key it goes to a usable trusted address only, and straight
    into review.
    Raises UnknownCoin, UnknownNetwork, AmountInvalid, AmountBelowMinimum, InvalidAddress, InvalidMemo, MemoRequired,
    OwnAddress, HouseAddress, NotEntitled, SecurityHoldActive, WithdrawalsClosed, LimitUnset, LimitExceeded,
    KeyCapExceeded, TooManyOpen, AddressNotTrusted, AddressCoolingDown, InsufficientFunds, ReferenceTaken.
    """
    known = _standing(customer, client_reference)
    coin_network, scale = _carried(known, coin, network)
    wish = Wish(
        customer=customer,
        coin_network=coin_network,
        address=destinations.normalise(coin_network, address=address, memo=memo),
        memo=memo,
        amount=money.parse(amount, scale=scale),
        client_reference=client_reference or None,
        api_key_id=api_key_id,
        ip=ip,
        amount_includes_fee=amount_includes_fee,
    )
    made = _once(wish) if known is None else _same(known, wish)
    if made.replayed or made.withdrawal.state != WithdrawalState.VERIFICATION:
        return made
    return Requested(withdrawal=made.withdrawal, replayed=False, code=_send_code(made.withdrawal, language, ip))


def _carried(known: Withdrawal | None, coin: str, network: str) -> tuple[CoinNetwork, int]:
    """The coin on its network and the decimals read; of what stands, whatever was closed or made coarser meanwhile."""
    if known is not None and (known.coin_network.coin.code, known.coin_network.network.code) == (coin, network):
        return known.coin_network, money.AMOUNT_PLACES
    coin_network = coins.network(coin, network)
    return coin_network, _scale(coin_network)


def _require_amount(wish: Wish) -> None:
    if wish.amount <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    least = wish.coin_network.withdrawal_minimum + (wish.fee if wish.amount_includes_fee else 0)
    if wish.amount < least:
        raise AmountBelowMinimum(minimum=money.to_text(least))


def _scale(coin_network: CoinNetwork) -> int:
    """What both the ledger and the network can carry."""
    return min(coin_network.scale, coin_network.coin.scale)


@retried
def _once(wish: Wish) -> Requested:
    _require_amount(wish)
    try:
        with transaction.atomic():
            limits.lock_allowance(wish.customer, wish.coin_network.coin)
            known = _known(wish)
            if known is not None:
                return known
            return Requested(withdrawal=_open(wish), replayed=False)
    except IntegrityError:
        # The same reference in another coin is not under the same lock: the constraint decided.
        known = _known(wish)
        if known is None:
            raise
        return known


def _standing(customer: User, client_reference: str | None) -> Withdrawal | None:
    """What the customer's reference made before."""
    if not client_reference:
        return None
    rows = Withdrawal.objects.select_related("customer", "coin_network__coin", "coin_network__network")
    return rows.filter(customer=customer, client_reference=client_reference).first()


def _known(wish: Wish) -> Requested | None:
    found = _standing(wish.customer, wish.client_reference)
    return None if found is None else _same(found, wish)


def _same(found: Withdrawal, wish: Wish) -> Requested:
    if not crypto.equal(bytes(found.fingerprint), wish.fingerprint):
        raise ReferenceTaken
    return Requested(withdrawal=found, replayed=True)


def _open(wish: Wish) -> Withdrawal:
    customer, fingerprint = wish.customer, wish.fingerprint
    standing.lock(customer)
    customer.refresh_from_db()
    coin_network = coins.network(wish.coin_network.coin.code, wish.coin_network.network.code)
    # The fee may have changed since it was looked at: what is left of the amount is what the terms of now leave.
    wish = replace(wish, coin_network=coin_network)
    fee = wish.fee
    if wish.amount_includes_fee:
        _require_amount(wish)
        wish = replace(wish, amount=wish.amount - fee)
    _require_allowed(wish, coin_network, fee)
    trusted = _trusted(wish)
    moment = now()
    withdrawal = Withdrawal.objects.create(
        customer=customer,
        coin_network=coin_network,
        **wish.payment,
        fee=fee,
        payload_hash=payload_hash(customer_id=customer.pk, coin_network=coin_network, fee=fee, **wish.payment),
        client_reference=wish.client_reference,
        fingerprint=fingerprint,
        trusted_address=trusted,
        api_key_id=wish.api_key_id,
        requested_from=wish.ip,
        expires_at=moment + timedelta(minutes=VERIFICATION_MINUTES),
        created_at=moment,
        state_since=moment,
    )
    actor = actors.customer(customer)
    begin(withdrawal, actor=actor, reason="asked for by API key" if wish.api_key_id else "asked for")
    books.hold(withdrawal)
    messages.requested(withdrawal)
    if wish.api_key_id:
        withdrawal.verified_by = "api_key"
        withdrawal.save(update_fields=["verified_by"])
        verification.enter_review(withdrawal, actor=actor, reason="signed key to a trusted address")
    return withdrawal


def _require_allowed(wish: Wish, coin_network: CoinNetwork, fee: Decimal) -> None:
    customer = wish.customer
    entitlements.require(customer, entitlements.Act.WITHDRAW_CRYPTO)
    if not policy.is_open(coin_network, amount=wish.amount) or not standing.is_good(customer):
        raise WithdrawalsClosed(coin=coin_network.coin.code, network=coin_network.network.code)
    holds.require_none(customer)
    destinations.require_outside(coin_network, customer=customer, address=wish.address)
    policy.require_within_limits(
        customer=customer, coin=coin_network.coin, level=entitlements.level_of(customer), amount=wish.amount
    )
    if wish.api_key_id:
        key_caps.require_within(api_key_id=wish.api_key_id, coin=coin_network.coin, amount=wish.amount + fee)
    if Withdrawal.objects.filter(customer=customer).exclude(state__in=ENDS).count() >= OPEN_PER_CUSTOMER_MAX:
        raise TooManyOpen(maximum=OPEN_PER_CUSTOMER_MAX)


def _trusted(wish: Wish) -> TrustedAddress | None:
    """The usable entry of the address book that names the destination; a key needs one."""
    found = trusted_addresses.find(customer=wish.customer, coin_network=wish.coin_network, address=wish.address, memo=wish.memo)
    if not wish.api_key_id:
        return found if found is not None and found.usable_from <= now() else None
    if found is None:
        raise AddressNotTrusted
    trusted_addresses.require_usable(found)
    return found


def _send_code(withdrawal: Withdrawal, language: str, ip: str) -> SentCode | None:
    try:
        return verification.send_code(withdrawal, language=language, ip=ip)
    except DomainError as refusal:
        # The withdrawal stands; the customer asks for the code again.
        log.info("code not sent", extra={"withdrawal": withdrawal.public_id, "slug": refusal.slug})
        return None
