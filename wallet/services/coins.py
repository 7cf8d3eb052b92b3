"""Which coins there are, and over which networks they travel."""

from __future__ import annotations

from wallet.errors import UnknownCoin, UnknownNetwork
from wallet.models.coins import CODE_CHARACTERS_MAX, NETWORK_CODE_CHARACTERS_MAX, Coin, CoinNetwork, Network

ECHO_CHARACTERS_MAX = 32
"""How much of an unknown code a refusal repeats."""


def get(code: str) -> Coin:
    """The coin of this code. Raises UnknownCoin."""
    found = Coin.objects.filter(code=code, is_enabled=True).first() if len(code) <= CODE_CHARACTERS_MAX else None
    if found is None:
        raise UnknownCoin(coin=code[:ECHO_CHARACTERS_MAX])
    return found


def network(coin: str, network: str) -> CoinNetwork:
    """How the network of this code carries the coin of this code. Raises UnknownCoin, UnknownNetwork.

    Whether it is open now is for the caller to ask: money on its way may arrive over a closed network.
    """
    if len(network) <= NETWORK_CODE_CHARACTERS_MAX:
        rows = CoinNetwork.objects.select_related("coin", "network")
        found = rows.filter(coin__code=coin, coin__is_enabled=True, network__code=network).first()
        if found is not None:
            return found
    get(coin)
    raise UnknownNetwork(coin=coin, network=network[:ECHO_CHARACTERS_MAX])


def network_code(name: str) -> str:
    """The code of the network of this name; the text itself where it is none, so that codes are names too."""
    found = Network.objects.filter(name=name).values_list("code", flat=True).first()
    return name if found is None else found


def withdrawable_codes() -> list[str]:
    """Codes of the coins that could leave by a network, in the order of lists."""
    rows = Coin.objects.filter(is_enabled=True, networks__isnull=False).order_by("position", "code")
    return list(rows.values_list("code", flat=True).distinct())
