"""Reading a chain block by block into our books, and back again where the chain changes its mind.

Every step is one transaction that locks the cursor, finds it where the step began, and moves it together with what
was found. A watcher killed anywhere, or a second one beside it, therefore reads each block into the books once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction

from config.kit.clock import now
from wallet.chains import registry
from wallet.chains.errors import NetworkNotConnected
from wallet.chains.gateway import Block, Gateway, IncomingTransfer
from wallet.models.coins import CoinNetwork, Network
from wallet.models.deposits import Deposit, DepositState, WatchedBlock, WatcherCursor
from wallet.services.deposits import addresses, recording
from wallet.services.deposits.states import move

logger = logging.getLogger(__name__)

BLOCKS_REMEMBERED = 256
"""Hashes kept per network: how deep a reorganisation we can follow."""
BLOCKS_PER_LOOK_MAX = 100
"""Blocks read in one look: a long catching up delays neither the crediting of deposits nor the end of the process."""


def read_on(network: Network, *, gateway: Gateway, from_height: int) -> int:
    """Read the blocks that are new since the cursor; how many. Raises ChainUnavailable.

    Follows a reorganisation first, where there was one: its deposits are orphaned, its blocks read again.
    """
    carried = _carried(network)
    done = 0
    newest = gateway.height()
    while done < BLOCKS_PER_LOOK_MAX:
        cursor = WatcherCursor.objects.filter(network=network).first()
        if cursor is not None and cursor.halted_because:
            return done
        height = from_height if cursor is None else cursor.height + 1
        if height > newest:
            if cursor is None or _stands(cursor, newest, gateway):
                return done
            step_back(network, gateway=gateway)
            continue
        block = gateway.block(height)
        if block is None:
            return done
        if cursor is not None and block.parent_hash != cursor.block_hash:
            step_back(network, gateway=gateway)
            continue
        found = gateway.transfers(
            block,
            assets=[registry.asset(one) for one in carried.values()],
            ours=lambda candidates: addresses.owned(network.pk, candidates),
        )
        done += _store(network, cursor, block, found, carried)
    return done


def _stands(cursor: WatcherCursor, newest: int, gateway: Gateway) -> bool:
    """Whether the newest block is one that we read. A node that merely lags behind us contradicts nothing."""
    height = min(newest, cursor.height)
    known = WatchedBlock.objects.filter(network_id=cursor.network_id, height=height).first()
    block = gateway.block(height)
    return known is None or block is None or block.hash == known.block_hash


def _carried(network: Network) -> dict[str, CoinNetwork]:
    """What the gateway can see on the network, by coin; closed ones too: what arrives must be known to staff."""
    carried = {}
    for one in CoinNetwork.objects.select_related("coin", "network").filter(network=network):
        try:
            registry.asset(one)
        except NetworkNotConnected:
            continue
        carried[one.coin.code] = one
    return carried


@transaction.atomic
def _store(
    network: Network,
    before: WatcherCursor | None,
    block: Block,
    found: Sequence[IncomingTransfer],
    carried: dict[str, CoinNetwork],
) -> int:
    """Write a block's deposits and move the cursor onto it; 0 where another watcher was faster."""
    if before is None:
        cursor, made = WatcherCursor.objects.get_or_create(
            network=network, defaults={"height": block.height, "block_hash": block.hash}
        )
        if not made:
            return 0
    else:
        cursor = WatcherCursor.objects.select_for_update().get(network=network)
        if (cursor.height, cursor.block_hash) != (before.height, before.block_hash):
            return 0
    owners = addresses.owned(network.pk, {transfer.recipient for transfer in found})
    for transfer in found:
        recording.record(transfer, owner=owners[transfer.recipient], coin_network=carried[transfer.asset.coin])
    WatchedBlock.objects.create(network=network, height=block.height, block_hash=block.hash)
    WatchedBlock.objects.filter(network=network, height__lt=block.height - BLOCKS_REMEMBERED).delete()
    cursor.height, cursor.block_hash, cursor.read_at = block.height, block.hash, now()
    cursor.save()
    return 1


def step_back(network: Network, *, gateway: Gateway) -> None:
    """Give up the blocks that are no longer on the chain: cursor to the last one that is, deposits above orphaned.

    A credited deposit above it is marked as contradicted and logged as an incident; its money stays where it is until
    staff decide. Where no remembered block is on the chain any more the network is halted. Raises ChainUnavailable.
    """
    seen = WatcherCursor.objects.get(network=network)
    remembered = WatchedBlock.objects.filter(network=network, height__lte=seen.height).order_by("-height")
    common = None
    for known in remembered:
        block = gateway.block(known.height)
        if block is not None and block.hash == known.block_hash:
            common = known
            break
    with transaction.atomic():
        cursor = WatcherCursor.objects.select_for_update().get(network=network)
        if (cursor.height, cursor.block_hash) != (seen.height, seen.block_hash):
            return
        if common is None:
            cursor.halted_because = f"no block from {cursor.height - BLOCKS_REMEMBERED} to {cursor.height} is on the chain"
            cursor.save(update_fields=["halted_because"])
            logger.critical("chain contradicts all that we remember", extra={"network": network.code})
            return
        give_up_above(network, common.height)
        cursor.height, cursor.block_hash, cursor.read_at = common.height, common.block_hash, now()
        cursor.save()
    logger.warning("reorganisation", extra={"network": network.code, "back_to": common.height, "from": seen.height})


def give_up_above(network: Network, height: int) -> None:
    """Forget the blocks above a height: deposits there are orphaned, credited ones contradicted until they are seen again."""
    WatchedBlock.objects.filter(network=network, height__gt=height).delete()
    gone = Deposit.objects.select_for_update().filter(network=network, block_height__gt=height).order_by("pk")
    for deposit in gone:
        if deposit.state in (DepositState.PENDING, DepositState.HELD):
            move(deposit, DepositState.ORPHANED, reason=f"block {deposit.block_height} left the chain", held_because="")
        elif deposit.state == DepositState.CREDITED and deposit.contradicted_at is None:
            deposit.contradicted_at = now()
            deposit.save(update_fields=["contradicted_at"])
            logger.critical("a credited deposit left the chain", extra={"deposit": deposit.public_id})
