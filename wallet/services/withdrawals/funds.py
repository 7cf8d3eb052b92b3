"""Whether the paying wallet can bear one payment more beside those that no block holds yet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, Sum

from wallet.chains import registry
from wallet.chains.errors import PaymentWouldFail
from wallet.chains.gateway import Gateway, Reservation
from wallet.models.coins import CoinNetwork
from wallet.models.outgoing import OutgoingTransaction
from wallet.models.withdrawals import ENDS, Withdrawal


@dataclass(frozen=True)
class Funds:
    """What a wallet has: of the coin that pays the fees, and of the coin to be paid (the same, for a native payment).

    None where the network's own coin is reserved output by output: what is not there can't be chosen.
    """

    native: Decimal | None
    paid: Decimal | None


def read(gateway: Gateway, withdrawal: Withdrawal, *, sender: str) -> Funds:
    """Ask the node; before anything is locked. Raises ChainUnavailable."""
    carried = withdrawal.coin_network
    asset = registry.asset(carried)
    if gateway.reserves is Reservation.OUTPUTS:
        return Funds(native=None, paid=None if asset.contract is None else gateway.balance(sender, asset=asset))
    own = CoinNetwork.objects.select_related("coin", "network").get(network_id=carried.network_id, coin__code=gateway.coin)
    native = gateway.balance(sender, asset=registry.asset(own))
    return Funds(native=native, paid=native if own == carried else gateway.balance(sender, asset=asset))


def require(funds: Funds, withdrawal: Withdrawal, *, sender: str, fee_ceiling: Decimal) -> None:
    """Promise that the wallet bears this payment beside its other live ones. The caller holds the lock of its nonces.

    Of a payment whose fee was raised, the newest transaction counts. Raises PaymentWouldFail.
    """
    carried = withdrawal.coin_network
    network = carried.network
    native_coin = registry.native_coin(network.code)
    is_native = carried.coin.code == native_coin
    replaced = OutgoingTransaction.objects.filter(replaces=OuterRef("pk"), abandoned_at__isnull=True)
    mined = OutgoingTransaction.objects.filter(withdrawal=OuterRef("withdrawal"), block_number__isnull=False)
    live = (
        OutgoingTransaction.objects.filter(network_id=carried.network_id, sender=sender, abandoned_at__isnull=True)
        .exclude(Q(withdrawal__state__in=ENDS) | Q(withdrawal=withdrawal))
        .exclude(Exists(replaced))
        .exclude(Exists(mined))
    )
    sums = live.aggregate(
        fees=Sum("fee_ceiling"),
        native=Sum(F("withdrawal__amount"), filter=Q(withdrawal__coin_network__coin__code=native_coin)),
        paid=Sum(F("withdrawal__amount"), filter=Q(withdrawal__coin_network=carried)),
    )
    promised = {name: found or Decimal(0) for name, found in sums.items()}
    native = promised["fees"] + fee_ceiling + promised["native"] + (withdrawal.amount if is_native else 0)
    too_little = funds.native is not None and funds.native < native
    if too_little or (funds.paid is not None and funds.paid < promised["paid"] + withdrawal.amount):
        raise PaymentWouldFail(network=network.code, reason="insufficient_funds")
