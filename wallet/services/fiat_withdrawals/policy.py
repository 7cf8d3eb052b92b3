"""Standing questions about a fiat withdrawal: is it open, may it go on, to whom, how many officers, how much is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from accounts.models import User
from accounts.services import holds
from config.kit.clock import now
from kyc.catalogue import banks
from kyc.errors import BankAccountHolderDiffers
from kyc.models import BankAccount, BankAccountState
from kyc.services import bank_accounts, bank_details, entitlements, identity
from wallet.models.coins import Coin, CoinNetwork
from wallet.models.fiat_withdrawals import FiatWithdrawal, FiatWithdrawalState
from wallet.models.withdrawal_limits import WithdrawalLimit, WithdrawalPolicy
from wallet.services import limits, standing
from wallet.services.deposits import contradictions
from wallet.services.fiat_withdrawals.errors import BankAccountOfAnotherCoin, FiatLimitUnset, FiatWithdrawalHeld
from wallet.services.fiat_withdrawals.payload import account_of
from wallet.services.outflow import letting

UNCOUNTED = (
    FiatWithdrawalState.CANCELLED,
    FiatWithdrawalState.EXPIRED,
    FiatWithdrawalState.REJECTED,
    FiatWithdrawalState.RETURNED,
)
"""Fiat withdrawals that took nothing out in the end and so use up no limit."""


def is_open(coin_network: CoinNetwork, *, amount: Decimal) -> bool:
    """Whether so much of this coin is paid to bank accounts now; the gate asks again what the house as a whole lets out."""
    return is_switched_on(coin_network) and not letting.closed_because(coin_network, amount)


def is_switched_on(coin_network: CoinNetwork) -> bool:
    """Whether this coin is paid to bank accounts, whatever left of it already."""
    coin = coin_network.coin
    enabled = coin.is_enabled and coin_network.is_enabled and coin_network.network.is_enabled
    return enabled and coin_network.is_withdrawal_open and not coin.withdrawals_stopped_because


def require_own_account(account: BankAccount, coin: Coin) -> None:
    """Promise that the account is in this coin, where its country tells, and that its holder is the customer as verified now.

    Raises BankAccountOfAnotherCoin, BankAccountHolderDiffers.
    """
    currency = banks.of(account.country).currency
    if currency and currency != coin.code:
        raise BankAccountOfAnotherCoin(currency=currency)
    if not is_holder(account):
        raise BankAccountHolderDiffers


def is_holder(account: BankAccount) -> bool:
    """Whether the account's holder is its customer under the name that is verified now."""
    person = identity.read(account.user)
    if person is None:
        return False
    holder = bank_accounts.details_of(account).holder
    return bank_details.same_holder(holder, first_name=person.first_name, last_name=person.last_name)


def held_because(withdrawal: FiatWithdrawal) -> str:
    """Why the customer, the bank account or the coin stops it now, or nothing. Much may have changed since it was asked for."""
    customer = withdrawal.customer
    if because := standing.stopped_because(customer, since=withdrawal.created_at):
        return because
    if because := standing.lost_level_because(customer, entitlements.Act.WITHDRAW_FIAT, words="fiat withdrawals"):
        return because
    if entitlements.fell_since(customer, withdrawal.created_at) and not _fits_level(withdrawal):
        return "it is more than the customer's identity level lets out any more"
    if holds.active(customer):
        return "a security hold runs"
    if contradictions.undecided(customer).exists():
        return "a credited deposit of the customer has left the chain; an officer must decide about it first"
    if not is_switched_on(withdrawal.coin_network):
        return f"withdrawals of {withdrawal.coin_network.coin.code} to bank accounts are closed"
    return _account_stops(withdrawal)


def _account_stops(withdrawal: FiatWithdrawal) -> str:
    account = account_of(withdrawal)
    if account is None or account.state != BankAccountState.VERIFIED:
        return "the bank account is not verified any more"
    if not is_holder(account):
        return "the holder of the bank account is not the verified customer"
    return ""


def require_not_held(withdrawal: FiatWithdrawal) -> None:
    """Promise that nothing stops this locked withdrawal, until the transaction ends. Raises FiatWithdrawalHeld."""
    (withdrawal.customer,) = standing.lock(withdrawal.customer)
    if because := held_because(withdrawal):
        raise FiatWithdrawalHeld(because=because)


def _fits_level(withdrawal: FiatWithdrawal) -> bool:
    customer, coin = withdrawal.customer, withdrawal.coin_network.coin
    set_now = _limits(coin, entitlements.level_of(customer))
    return limits.fit(set_now, used=lambda hours: used(customer, coin, hours=hours, up_to=withdrawal))


def _limits(coin: Coin, level: int) -> list[WithdrawalLimit]:
    return list(WithdrawalLimit.objects.filter(level=level, coin=coin).order_by("window_hours"))


def officers_needed(withdrawal: FiatWithdrawal, *, is_flagged: bool) -> int:
    """How many officers must approve: two from the coin's threshold, for any flag, and where nothing is set; else one."""
    return limits.officers_needed(
        WithdrawalPolicy.objects.filter(coin_id=withdrawal.coin_network.coin_id).first(),
        amount=withdrawal.amount,
        is_flagged=is_flagged,
        may_be_automatic=False,
    )


def require_within_limits(*, customer: User, coin: Coin, amount: Decimal) -> None:
    """Promise that the amount fits into every limit of the customer's level. The caller holds `limits.lock_allowance`.

    Without a limit over 24 hours nothing may leave. Raises FiatLimitUnset, LimitExceeded.
    """
    level = entitlements.level_of(customer)
    limits.require_within(
        _limits(coin, level),
        coin=coin,
        level=level,
        amount=amount,
        used=lambda hours: used(customer, coin, hours=hours),
        unset=FiatLimitUnset(coin=coin.code, level=level),
    )


def used(customer: User, coin: Coin, *, hours: int, up_to: FiatWithdrawal | None = None) -> Decimal:
    """What left or may still leave of requests of the last `hours`; fees not counted. See withdrawals.policy.used."""
    since = (up_to.created_at if up_to else now()) - timedelta(hours=hours)
    rows = FiatWithdrawal.objects.filter(customer=customer, coin_network__coin=coin, created_at__gt=since)
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to.pk)
    return rows.exclude(state__in=UNCOUNTED).aggregate(used=Sum("amount"))["used"] or Decimal(0)
