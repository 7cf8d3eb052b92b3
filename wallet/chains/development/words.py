"""The chain's things in the words of Ethereum JSON-RPC.

Source: Ethereum execution APIs, https://ethereum.github.io/execution-apis/ (eth methods and their objects).
"""

from __future__ import annotations

from typing import Any

import rlp  # type: ignore[import-untyped]  # it has no types
from eth.abc import SignedTransactionAPI
from eth_utils.address import to_checksum_address

from wallet.chains.development import genesis
from wallet.chains.development.chain import DevelopmentChain, Mined


def quantity(number: int) -> str:
    """A number as JSON-RPC writes it."""
    return hex(number)


def data(content: bytes) -> str:
    """Bytes as JSON-RPC writes them."""
    return "0x" + bytes(content).hex()


def word(number: int) -> str:
    """A 32-byte word (an event's topic)."""
    return data(number.to_bytes(32, "big"))


def block(chain: DevelopmentChain, mined: Mined, *, full: bool) -> dict[str, Any]:
    """A block, with its transactions or their hashes."""
    header = mined.header
    return {
        "number": quantity(header.block_number),
        "hash": data(header.hash),
        "parentHash": data(header.parent_hash),
        "nonce": data(header.nonce),
        "mixHash": data(header.mix_hash),
        "sha3Uncles": data(header.uncles_hash),
        "logsBloom": data(header.bloom.to_bytes(256, "big")),
        "transactionsRoot": data(header.transaction_root),
        "stateRoot": data(header.state_root),
        "receiptsRoot": data(header.receipt_root),
        "miner": to_checksum_address(header.coinbase),
        "difficulty": "0x0",
        "totalDifficulty": "0x0",
        "extraData": data(header.extra_data),
        "size": quantity(len(rlp.encode(mined.block))),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "timestamp": quantity(header.timestamp),
        "baseFeePerGas": quantity(header.base_fee_per_gas or 0),
        "uncles": [],
        "transactions": [transaction(chain, item) if full else data(item.hash) for item in mined.block.transactions],
    }


def transaction(chain: DevelopmentChain, item: SignedTransactionAPI) -> dict[str, Any]:
    """A transaction; without a block's fields where it still waits."""
    place = chain.places.get(item.hash)
    mined = chain.blocks[place[0]] if place else None
    return {
        "hash": data(item.hash),
        "type": quantity(getattr(item, "type_id", 0) or 0),
        "chainId": quantity(genesis.CHAIN_ID),
        "nonce": quantity(item.nonce),
        "from": to_checksum_address(item.sender),
        "to": to_checksum_address(item.to) if item.to else None,
        "value": quantity(item.value),
        "gas": quantity(item.gas),
        "gasPrice": quantity(item.max_fee_per_gas),
        "maxFeePerGas": quantity(item.max_fee_per_gas),
        "maxPriorityFeePerGas": quantity(item.max_priority_fee_per_gas),
        "input": data(item.data),
        "blockNumber": quantity(place[0]) if place else None,
        "blockHash": data(mined.header.hash) if mined else None,
        "transactionIndex": quantity(place[1]) if place else None,
    }


def receipt(chain: DevelopmentChain, digest: bytes) -> dict[str, Any] | None:
    """The receipt of a mined transaction."""
    place = chain.places.get(digest)
    if place is None:
        return None
    height, index = place
    mined = chain.blocks[height]
    item, outcome = mined.block.transactions[index], mined.receipts[index]
    before = mined.receipts[index - 1].gas_used if index else 0
    base_fee = mined.header.base_fee_per_gas or 0
    price = min(item.max_fee_per_gas, base_fee + item.max_priority_fee_per_gas)
    return {
        "transactionHash": data(digest),
        "transactionIndex": quantity(index),
        "blockNumber": quantity(height),
        "blockHash": data(mined.header.hash),
        "from": to_checksum_address(item.sender),
        "to": to_checksum_address(item.to) if item.to else None,
        "contractAddress": None,
        "cumulativeGasUsed": quantity(outcome.gas_used),
        "gasUsed": quantity(outcome.gas_used - before),
        "effectiveGasPrice": quantity(price),
        "type": quantity(getattr(item, "type_id", 0) or 0),
        "status": "0x1" if outcome.state_root == b"\x01" else "0x0",
        "logsBloom": data(outcome.bloom.to_bytes(256, "big")),
        "logs": [log for log in logs(mined) if log["transactionHash"] == data(digest)],
    }


def logs(mined: Mined) -> list[dict[str, Any]]:
    """Every event of a block; `logIndex` counts within the block, as the specification says."""
    entries: list[dict[str, Any]] = []
    for index, outcome in enumerate(mined.receipts):
        for log in outcome.logs:
            entries.append(
                {
                    "address": to_checksum_address(log.address),
                    "topics": [word(topic) for topic in log.topics],
                    "data": data(log.data),
                    "blockNumber": quantity(mined.header.block_number),
                    "blockHash": data(mined.header.hash),
                    "transactionHash": data(mined.block.transactions[index].hash),
                    "transactionIndex": quantity(index),
                    "logIndex": quantity(len(entries)),
                    "removed": False,
                }
            )
    return entries
