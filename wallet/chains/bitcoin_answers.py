"""What nodes of Bitcoin's kind say when they turn a transaction down.

Source: Bitcoin Core, src/rpc/protocol.h, src/node/transaction.cpp (TransactionErrorString), src/validation.cpp (reasons).
"""

from __future__ import annotations

from wallet.chains.gateway import BroadcastOutcome

DECODING, VERIFYING, REJECTED, KNOWN = -22, -25, -26, -27
"""RPC_DESERIALIZATION_ERROR, RPC_VERIFY_ERROR, RPC_VERIFY_REJECTED, RPC_VERIFY_ALREADY_IN_UTXO_SET."""
KNOWN_WORDS = ("txn-already-in-mempool", "txn-already-known", "already in block chain", "already in utxo set")


def means_known(message: str) -> bool:
    """Whether the words say that the very same transaction is waiting or mined."""
    return any(words in message.lower() for words in KNOWN_WORDS)


def outcome_of_refusal(code: int, message: str) -> BroadcastOutcome:
    """What an error answer to sendrawtransaction means. Codes that we don't know mean that we don't know."""
    if code == KNOWN or means_known(message):
        return BroadcastOutcome.ALREADY_KNOWN
    if code in (DECODING, VERIFYING, REJECTED):
        return BroadcastOutcome.REFUSED
    return BroadcastOutcome.UNKNOWN
