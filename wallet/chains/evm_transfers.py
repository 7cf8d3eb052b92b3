"""Finding the transfers to us in one block of an EVM network.

Source: Ethereum execution APIs; ERC-20 (`Transfer`).
"""

from __future__ import annotations

from typing import Any

from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import Web3
from web3.types import LogReceipt

from wallet.chains.amounts import from_units
from wallet.chains.gateway import NATIVE_OUTPUT, AddressFilter, Asset, Block, IncomingTransfer

TRANSFER_TOPIC = "0x" + keccak(text="Transfer(address,address,uint256)").hex()


def native_transfers(web3: Web3, block: Block, asset: Asset, ours: AddressFilter) -> list[IncomingTransfer]:
    """Ether that a transaction of the block sends by itself, and that arrived."""
    body = web3.eth.get_block(HexStr(block.hash), full_transactions=True)
    sent: Any = body["transactions"]  # objects, not hashes, with full_transactions
    payments = [payment for payment in sent if payment.get("to") and payment["value"] > 0]
    mine = set(ours({str(payment["to"]) for payment in payments})) if payments else set()
    found = []
    for payment in payments:
        if payment["to"] not in mine:
            continue
        receipt = web3.eth.get_transaction_receipt(payment["hash"])
        if receipt["status"] != 1 or hash_text(receipt["blockHash"]) != block.hash:
            continue
        found.append(
            IncomingTransfer(
                asset=asset,
                recipient=str(payment["to"]),
                sender=str(payment["from"]),
                amount=from_units(int(payment["value"]), scale=asset.scale),
                tx_hash=hash_text(payment["hash"]),
                output_index=NATIVE_OUTPUT,
                height=block.height,
                block_hash=block.hash,
            )
        )
    return found


def token_transfers(
    web3: Web3, block: Block, tokens: dict[ChecksumAddress, Asset], ours: AddressFilter
) -> list[IncomingTransfer]:
    """`Transfer` events of these tokens in the block."""
    logs = web3.eth.get_logs(
        {"blockHash": HexStr(block.hash), "address": list(tokens), "topics": [HexStr(TRANSFER_TOPIC)]}  # type: ignore[typeddict-item]  # web3 types the hash as bytes only
    )
    events = [log for log in logs if len(log["topics"]) == 3 and len(log["data"]) == 32]
    mine = set(ours({_topic_address(log, 2) for log in events})) if events else set()
    found = []
    for log in events:
        units = int.from_bytes(log["data"], "big")
        if _topic_address(log, 2) not in mine or not units or log.get("removed"):
            continue
        asset = tokens[log["address"]]
        receipt = web3.eth.get_transaction_receipt(log["transactionHash"])
        found.append(
            IncomingTransfer(
                asset=asset,
                recipient=_topic_address(log, 2),
                sender=_topic_address(log, 1),
                amount=from_units(units, scale=asset.scale),
                tx_hash=hash_text(log["transactionHash"]),
                output_index=log["logIndex"] - min(entry["logIndex"] for entry in receipt["logs"]),
                height=block.height,
                block_hash=block.hash,
            )
        )
    return found


def hash_text(digest: bytes) -> str:
    """A hash as explorers print it."""
    return "0x" + bytes(digest).hex()


def _topic_address(log: LogReceipt, place: int) -> str:
    return str(to_checksum_address(bytes(log["topics"][place])[-20:]))
