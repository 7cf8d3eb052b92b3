"""Where money may go: an address in its one written form, with a memo where the network wants one."""

from __future__ import annotations

from accounts.models import User
from wallet.chains import registry
from wallet.models.coins import CoinNetwork
from wallet.models.deposits import DepositAddress
from wallet.services.withdrawals.errors import HouseAddress, MemoRequired, OwnAddress


def normalise(coin_network: CoinNetwork, *, address: str, memo: str) -> str:
    """The address in its one form.

    Raises InvalidAddress, InvalidMemo, MemoRequired, and UnknownNetwork's kin where no gateway serves the network.
    """
    network = coin_network.network.code
    normal = registry.gateway(network).validate_recipient(address, asset=registry.asset(coin_network), memo=memo)
    if coin_network.memo_required and not memo:
        raise MemoRequired(coin=coin_network.coin.code, network=network)
    return normal


def require_outside(coin_network: CoinNetwork, *, customer: User, address: str) -> None:
    """Promise that the (normal) address is neither the customer's own here nor the house's.

    Raises OwnAddress, HouseAddress.
    """
    network = coin_network.network
    if DepositAddress.objects.filter(customer=customer, network=network, address=address).exists():
        raise OwnAddress
    if address == registry.hot_wallet(network.code):
        raise HouseAddress
