"""Deposit addresses: one per customer and network, derived, never used twice."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet

from accounts.models.logins import LoginAct
from accounts.services import logins
from accounts.services.clients import Client
from kyc.services.entitlements import Act, require
from wallet.chains import registry
from wallet.models.coins import CoinNetwork
from wallet.models.deposits import DepositAddress
from wallet.services import coins
from wallet.services.deposits.errors import DepositsClosed

if TYPE_CHECKING:
    from accounts.models import User


def issue(*, customer: User, coin: str, network: str, client: Client | None = None) -> tuple[DepositAddress, bool]:
    """The customer's address for a coin on a network, and whether it is new. The same one each time.

    Raises UnknownCoin, UnknownNetwork, DepositsClosed, NotEntitled, NetworkNotConnected, DerivationKeyUnfit.
    """
    coin_network = coins.network(coin, network)
    if not is_open(coin_network):
        raise DepositsClosed(coin=coin, network=network)
    registry.asset(coin_network)
    require(customer, Act.DEPOSIT)
    mine = of_customer(customer, network=network)
    known = mine.first()
    if known is not None:
        return known, False
    with transaction.atomic():
        fresh = _derive(customer, coin_network)
        DepositAddress.objects.bulk_create([fresh], ignore_conflicts=True)
        stored = mine.get()
        is_new = stored.public_id == fresh.public_id
        if is_new:
            logins.note(user=customer, act=LoginAct.DEPOSIT_ADDRESS_ADDED, client=client)
    return stored, is_new


def _derive(customer: User, coin_network: CoinNetwork) -> DepositAddress:
    network = coin_network.network.code
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('wallet_derivation_index')")
        index = int(cursor.fetchone()[0])
    return DepositAddress(
        customer=customer,
        network_id=coin_network.network_id,
        address=registry.deposit_address(network, index),
        derivation_index=index,
        key_fingerprint=hashlib.sha256(registry.deposit_key(network).encode()).hexdigest()[:16],
    )


def is_open(coin_network: CoinNetwork) -> bool:
    """Whether deposits of the coin over the network are open."""
    enabled = coin_network.is_enabled and coin_network.coin.is_enabled and coin_network.network.is_enabled
    return enabled and coin_network.is_deposit_open


def of_customer(customer: User, *, coin: str = "", network: str = "") -> QuerySet[DepositAddress]:
    """The customer's addresses, those that take the coin and are on the network where these are given.

    Each address's network has `open_for_deposit`: the coins that it takes, by code.
    """
    enabled = CoinNetwork.objects.filter(is_enabled=True, coin__is_enabled=True, network__is_enabled=True)
    takes = enabled.filter(is_deposit_open=True)
    found = DepositAddress.objects.filter(customer=customer).select_related("network")
    if network:
        found = found.filter(network__code=network)
    if coin:
        found = found.filter(network_id__in=takes.filter(coin__code=coin).values("network_id"))
    carried = takes.select_related("coin").order_by("coin__code")
    return found.prefetch_related(Prefetch("network__coins", queryset=carried, to_attr="open_for_deposit"))


def owned(network_id: int, candidates: Collection[str]) -> dict[str, DepositAddress]:
    """Those of the addresses that belong to customers."""
    rows = DepositAddress.objects.filter(network_id=network_id, address__in=candidates, memo="")
    return {row.address: row for row in rows}
