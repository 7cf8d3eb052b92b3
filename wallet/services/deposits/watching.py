"""What the watcher process does at each look: read the chain, credit what is confirmed, follow what was sent."""

from __future__ import annotations

import logging

from wallet.chains import registry
from wallet.chains.errors import ChainUnavailable
from wallet.models.coins import Network
from wallet.services.deposits import crediting, reading

logger = logging.getLogger(__name__)


def look() -> bool:
    """One look at every connected network; whether there was work, so that the next look should come at once.

    A node that can't be asked is met with patience: nothing is concluded from its silence.
    """
    worked = False
    for network in Network.objects.filter(code__in=registry.connected_networks()):
        worked = look_at(network) or worked
    return worked


def look_at(network: Network) -> bool:
    """One look at one network; whether there was work."""
    try:
        gateway = registry.gateway(network.code)
        read = reading.read_on(network, gateway=gateway, from_height=registry.scan_from_height(network.code))
        credited = crediting.credit_due(network, gateway=gateway)
    except ChainUnavailable as fault:
        logger.warning("chain not available", extra={"network": network.code, "reason": fault.reason})
        return False
    return bool(credited) or read >= reading.BLOCKS_PER_LOOK_MAX
