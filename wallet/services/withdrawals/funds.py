"""Whether the paying wallet can bear one payment more beside those that no block holds yet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum

from wallet.chains import registry
from wallet.chains.errors import PaymentWouldFail
from wallet.chains.gateway import Gateway
from wallet.models.coins import CoinNetwork
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import ENDS, Withdrawal


@dataclass(frozen=True)
class Funds:
    """What a wallet has: of the coin that pays the fees, and of the coin to be paid (the same, for a native payment)."""

    native: Decimal
    paid: Decimal


def read(gateway: Gateway, withdrawal: Withdrawal, *, sender: str) -> Funds:
    """Ask the node; before anything is locked. Raises ChainUnavailable."""
    carried = withdrawal.coin_network
    own = CoinNetwork.objects.select_related("coin", "network").get(network_id=carried.network_id, coin__code=gateway.coin)
    native = gateway.balance(sender, asset=registry.asset(own))
    return Funds(native=native, paid=native if own == carried else gateway.balance(sender, asset=registry.asset(carried)))


def require(funds: Funds, withdrawal: Withdrawal, *, sender: str, fee_ceiling: Decimal) -> None:
    """Promise that the wallet bears this payment beside its live ones. The caller holds the lock of its nonces.

    Raises PaymentWouldFail.
    """
    carried = withdrawal.coin_network
    network = carried.network
    native_coin = registry.EVM_NETWORKS[network.code]
    is_native = carried.coin.code == native_coin
    live = OutgoingTransaction.objects.filter(
        network_id=carried.network_id, sender=sender, abandoned_at__isnull=True, block_number__isnull=True
    ).exclude(withdrawal__state__in=ENDS)
    sums = live.aggregate(
        fees=Sum("fee_ceiling"),
        native=Sum(F("withdrawal__amount"), filter=Q(withdrawal__coin_network__coin__code=native_coin)),
        paid=Sum(F("withdrawal__amount"), filter=Q(withdrawal__coin_network=carried)),
    )
    promised = {name: found or Decimal(0) for name, found in sums.items()}
    native = promised["fees"] + fee_ceiling + promised["native"] + (withdrawal.amount if is_native else 0)
    if funds.native < native or funds.paid < promised["paid"] + withdrawal.amount:
        raise PaymentWouldFail(network=network.code, reason="insufficient_funds")
