"""What nodes say when they turn a transaction down. There is no standard: these are the words of the common nodes.

Source: go-ethereum core/txpool/errors.go and core/error.go; Nethermind and Erigon use the same or near words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wallet.chains.gateway import BroadcastOutcome

KNOWN = re.compile(r"\b(already known|known transaction|already imported|alreadyknown|already exists)\b")
"""Whole words: "unknown transaction type" says the opposite."""
REFUSED = (
    "nonce too low",
    "nonce too high",
    "insufficient funds",
    "underpriced",
    "intrinsic gas too low",
    "gas limit",
    "max fee per gas less than block base fee",
    "max priority fee per gas higher than max fee per gas",
    "invalid sender",
    "invalid chain id",
    "transaction type not supported",
    "oversized data",
    "rlp:",
)
NO_FUNDS = ("insufficient funds", "gas required exceeds allowance")


def means_insufficient_funds(words: str) -> bool:
    """Whether a refused trial run means that the payer can't pay; an allowance of gas is what its ether buys."""
    return any(known in words.lower() for known in NO_FUNDS)


def outcome_of_refusal(answer: Mapping[str, Any] | None) -> BroadcastOutcome:
    """What an error answer to eth_sendRawTransaction means. Words that we don't know mean that we don't know."""
    error = (answer or {}).get("error")
    words = str(error.get("message", "") if isinstance(error, Mapping) else error or "").lower()
    if KNOWN.search(words):
        return BroadcastOutcome.ALREADY_KNOWN
    if any(refused in words for refused in REFUSED):
        return BroadcastOutcome.REFUSED
    return BroadcastOutcome.UNKNOWN
