"""Finding the transaction that used a nonce: the only proof that another one with that nonce can never be mined."""

from __future__ import annotations

from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3

from wallet.chains.evm_transfers import hash_text


def rival(web3: Web3, *, sender: ChecksumAddress, nonce: int, newest: int) -> str | None:
    """Hash of the sender's transaction with that nonce in a block up to `newest`; None where it can't be shown.

    A count of transactions alone is no proof: it is the node's word for something that nobody has seen.
    """

    def used(height: int) -> bool:
        return int(web3.eth.get_transaction_count(sender, height)) > nonce

    if not used(newest):
        return None
    lowest, highest = 0, newest
    while lowest < highest:
        middle = (lowest + highest) // 2
        if used(middle):
            highest = middle
        else:
            lowest = middle + 1
    sent: Any = web3.eth.get_block(lowest, full_transactions=True)["transactions"]  # objects, not hashes
    found = [each for each in sent if each["from"] == sender and int(each["nonce"]) == nonce]
    return hash_text(found[0]["hash"]) if found else None
