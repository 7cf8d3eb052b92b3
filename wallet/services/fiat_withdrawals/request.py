"""Asking for a fiat withdrawal: everything checked under the locks, hold and row and event in one transaction."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import holds
from config.kit import crypto, money
from config.kit.clock import now
from config.kit.errors import DomainError
from config.kit.ids import random_id
from kyc.models import BankAccount
from kyc.services import bank_uses, entitlements
from wallet.models.coins import Coin, CoinNetwork, NetworkKind
from wallet.models.fiat_withdrawals import NOT_HELD, FiatWithdrawal, FiatWithdrawalState
from wallet.services import actors, coins, limits, standing
from wallet.services.fiat_withdrawals import books, confirm, messages, policy
from wallet.services.fiat_withdrawals.errors import FiatWithdrawalsClosed, NotAFiatCoin, TooManyOpenFiat
from wallet.services.fiat_withdrawals.payload import payload_hash
from wallet.services.fiat_withdrawals.states import begin, use_of
from wallet.services.retries import retried
from wallet.services.withdrawals.errors import AmountBelowMinimum, ReferenceTaken

log = logging.getLogger(__name__)

VERIFICATION_MINUTES = 30
"""How long a fiat withdrawal waits for its customer's proof."""
OPEN_PER_CUSTOMER_MAX = 20
"""Fiat withdrawals of one customer that may be under way at once."""


@dataclass(frozen=True)
class Wish:
    """What a client asked for, as it was said."""

    customer: User
    coin: str
    bank_account: str
    amount: Decimal
    client_reference: str | None
    ip: str

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the body that a client reference stands for."""
        parts = [self.coin, self.bank_account, money.to_text(self.amount)]
        return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).digest()


@dataclass(frozen=True)
class Requested:
    """A fiat withdrawal that stands: the new one, or the one that the same reference made before."""

    withdrawal: FiatWithdrawal
    replayed: bool


def request(
    *,
    customer: User,
    coin: str,
    bank_account: str,
    amount: object,
    client_reference: str | None = None,
    ip: str,
    language: str = "en",
) -> Requested:
    """Reserve amount + fee and open a fiat withdrawal, all or nothing; the same reference and body give the same one.

    It waits for the customer's proof, and a code is sent where a code is the proof. `bank_account` is the public id of a
    verified account of the customer's own, which can't be changed while the payment is under way.
    Raises UnknownCoin, NotAFiatCoin, AmountInvalid, AmountBelowMinimum, NotForSubAccounts, NotEntitled,
    SecurityHoldActive, FiatWithdrawalsClosed, Absent (the bank account), BankAccountNotVerified, BankAccountCoolingDown,
    BankAccountOfAnotherCoin, BankAccountHolderDiffers, FiatLimitUnset, LimitExceeded, TooManyOpenFiat, InsufficientFunds,
    ReferenceTaken.
    """
    wanted = money.parse(amount)
    if wanted <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    made = _once(Wish(customer, coin, bank_account, wanted, client_reference or None, ip))
    if not made.replayed:
        _send_code(made.withdrawal, language, ip)
    return made


@retried
def _once(wish: Wish) -> Requested:
    known = _known(wish)
    if known is not None:
        return known
    coin = coins.get(wish.coin)
    try:
        with transaction.atomic():
            limits.lock_allowance(wish.customer, coin)
            return _known(wish) or Requested(_open(wish, coin), replayed=False)
    except IntegrityError:
        # The same reference in another coin is not under the same lock: the constraint decided.
        known = _known(wish)
        if known is None:
            raise
        return known


def _known(wish: Wish) -> Requested | None:
    """What the customer's reference made before."""
    if wish.client_reference is None:
        return None
    rows = FiatWithdrawal.objects.select_related("customer", "coin_network__coin", "paid_line")
    found = rows.filter(customer=wish.customer, client_reference=wish.client_reference).first()
    if found is None:
        return None
    if not crypto.equal(bytes(found.fingerprint), wish.fingerprint):
        raise ReferenceTaken
    return Requested(found, replayed=True)


def _carried(coin: Coin) -> CoinNetwork:
    """How banks carry the coin. Raises NotAFiatCoin."""
    rows = CoinNetwork.objects.select_related("coin", "network").filter(coin=coin, network__kind=NetworkKind.BANK)
    found = rows.order_by("pk").first()
    if found is None:
        raise NotAFiatCoin(coin=coin.code)
    return found


def _open(wish: Wish, coin: Coin) -> FiatWithdrawal:
    coin_network, public_id = _carried(coin), random_id()
    # The account before the customer: identity checks lock in this order.
    entitlements.require(wish.customer, entitlements.Act.WITHDRAW_FIAT)
    reference = use_of(FiatWithdrawal(public_id=public_id))
    account = bank_uses.begin_use(user=wish.customer, public_id=wish.bank_account, reference=reference)
    (customer,) = standing.lock(wish.customer)
    fee = money.round_up(coin_network.withdrawal_fee, coin.scale)
    _require_allowed(wish, customer, coin_network, account)
    moment = now()
    withdrawal = FiatWithdrawal.objects.create(
        public_id=public_id,
        customer=customer,
        coin_network=coin_network,
        bank_account=account.public_id,
        amount=wish.amount,
        fee=fee,
        payload_hash=payload_hash(customer_id=customer.pk, coin=coin.code, account=account, amount=wish.amount, fee=fee),
        client_reference=wish.client_reference,
        fingerprint=wish.fingerprint,
        requested_from=wish.ip,
        expires_at=moment + timedelta(minutes=VERIFICATION_MINUTES),
        created_at=moment,
        state_since=moment,
    )
    begin(withdrawal, actor=actors.customer(customer), reason="asked for")
    books.hold(withdrawal)
    messages.requested(withdrawal)
    return withdrawal


def _require_allowed(wish: Wish, customer: User, coin_network: CoinNetwork, account: BankAccount) -> None:
    coin = coin_network.coin
    money.parse(wish.amount, scale=min(coin_network.scale, coin.scale))
    if not policy.is_open(coin_network, amount=wish.amount) or not standing.is_good(customer):
        raise FiatWithdrawalsClosed(coin=coin.code)
    if wish.amount < coin_network.withdrawal_minimum:
        raise AmountBelowMinimum(minimum=money.to_text(coin_network.withdrawal_minimum))
    holds.require_none(customer)
    policy.require_own_account(account, coin)
    policy.require_within_limits(customer=customer, coin=coin, amount=wish.amount)
    if FiatWithdrawal.objects.filter(customer=customer).exclude(state__in=NOT_HELD).count() >= OPEN_PER_CUSTOMER_MAX:
        raise TooManyOpenFiat(maximum=OPEN_PER_CUSTOMER_MAX)


def _send_code(withdrawal: FiatWithdrawal, language: str, ip: str) -> None:
    if withdrawal.state != FiatWithdrawalState.VERIFICATION:
        return
    try:
        confirm.send_code(withdrawal, language=language, ip=ip)
    except DomainError as refusal:
        # The withdrawal stands; the customer asks for the code again.
        log.info("code not sent", extra={"withdrawal": withdrawal.public_id, "slug": refusal.slug})
