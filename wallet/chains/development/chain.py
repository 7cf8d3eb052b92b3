"""A py-evm chain in memory with a pool of waiting transactions, made again from its journal at every start."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from eth.abc import BlockAPI, BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI
from eth.chains.base import MiningChain
from eth.consensus.applier import ConsensusApplier
from eth.consensus.noproof import NoProofConsensus
from eth.db.atomic import AtomicDB
from eth.exceptions import VMError
from eth.vm.forks.cancun import CancunVM
from eth_typing import BlockNumber
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from wallet.chains.development import genesis
from wallet.chains.development.journal import Journal, MinedBlock, Rewind

MINER = b"\x11" * 20
BLOCK_TRANSACTIONS_MAX = 200
GENESIS_HEIGHT = BlockNumber(0)


class TransactionRefused(Exception):
    """The pool does not take this transaction; the words are those of go-ethereum."""


class _Chain(MiningChain):
    chain_id = genesis.CHAIN_ID
    vm_configuration = ConsensusApplier(NoProofConsensus).amend_vm_configuration(((0, CancunVM),))

    def create_header_from_parent(self, parent_header: BlockHeaderAPI, **header_params: Any) -> BlockHeaderAPI:
        header_params["gas_limit"] = parent_header.gas_limit
        return super().create_header_from_parent(parent_header, **header_params)


@dataclass(frozen=True, slots=True)
class Mined:
    """A canonical block with its receipts."""

    block: BlockAPI
    receipts: tuple[ReceiptAPI, ...]

    @property
    def header(self) -> BlockHeaderAPI:
        """The block's header."""
        return self.block.header


def _outbids(transaction: SignedTransactionAPI, rival: SignedTransactionAPI) -> bool:
    """Whether both fees per gas are at least a tenth above the rival's, as go-ethereum asks."""
    return all(
        10 * getattr(transaction, name) >= 11 * getattr(rival, name) for name in ("max_fee_per_gas", "max_priority_fee_per_gas")
    )


class DevelopmentChain:
    """The chain itself. Not thread-safe: its server holds one lock around every call."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        alloc: Any = genesis.state()
        self.evm: Any = _Chain.from_genesis(AtomicDB(), genesis.parameters(), alloc)  # typed as its base, which mines not
        self.blocks: list[Mined] = [Mined(self.evm.get_canonical_block_by_number(GENESIS_HEIGHT), ())]
        self.places: dict[bytes, tuple[int, int]] = {}
        self.waiting: dict[bytes, SignedTransactionAPI] = {}
        self._branch = 0
        for line in journal.lines():
            if isinstance(line, Rewind):
                self._rewind(line.height)
            else:
                self._make(line.timestamp, [self.decode(raw) for raw in line.raw_transactions])

    # --- reading -------------------------------------------------------------------------------------------------

    @property
    def head(self) -> Mined:
        """The newest block."""
        return self.blocks[-1]

    @property
    def height(self) -> int:
        """Its number."""
        return len(self.blocks) - 1

    def nonce(self, address: bytes, *, height: int | None = None, waiting: bool = False) -> int:
        """Number of the account's next transaction, as of a height, with or without the waiting ones."""
        header = self.evm.header if height is None else self.blocks[height].header
        nonce: int = self.evm.get_vm(header).state.get_nonce(address)
        if waiting:
            taken = {transaction.nonce for transaction in self.waiting.values() if transaction.sender == address}
            while nonce in taken:
                nonce += 1
        return nonce

    def balance(self, address: bytes, *, height: int | None = None) -> int:
        """Wei of the account."""
        header = self.evm.header if height is None else self.blocks[height].header
        wei: int = self.evm.get_vm(header).state.get_balance(address)
        return wei

    def decode(self, raw: bytes) -> SignedTransactionAPI:
        """Signed bytes as a transaction. Raises whatever py-evm raises."""
        transaction: SignedTransactionAPI = self.evm.get_vm().get_transaction_builder().decode(raw)
        return transaction

    # --- writing -------------------------------------------------------------------------------------------------

    def admit(self, raw: bytes) -> bytes:
        """Check signed bytes and put them into the pool; gives the hash. Raises TransactionRefused."""
        try:
            transaction = self.decode(raw)
            sender = transaction.sender
        except Exception as error:  # py-evm raises many kinds for bytes that are no transaction
            raise TransactionRefused(f"rlp: {error}") from error
        if transaction.hash in self.waiting or transaction.hash in self.places:
            raise TransactionRefused("already known")
        if transaction.nonce < self.nonce(sender):
            raise TransactionRefused("nonce too low")
        rival = next((t for t in self.waiting.values() if (t.sender, t.nonce) == (sender, transaction.nonce)), None)
        if rival is not None and not _outbids(transaction, rival):
            raise TransactionRefused("replacement transaction underpriced")
        if transaction.max_fee_per_gas < self.evm.header.base_fee_per_gas:
            raise TransactionRefused("transaction underpriced")
        if transaction.gas * transaction.max_fee_per_gas + transaction.value > self.balance(sender):
            raise TransactionRefused("insufficient funds for gas * price + value")
        try:
            transaction.validate()
            chain_id = getattr(transaction, "chain_id", None)
        except (ValidationError, VMError) as error:
            raise TransactionRefused(str(error)) from error
        if chain_id != genesis.CHAIN_ID:
            raise TransactionRefused("invalid chain id for signer")
        if rival is not None:
            del self.waiting[rival.hash]
        self.waiting[transaction.hash] = transaction
        return bytes(transaction.hash)

    def mine(self) -> Mined:
        """Make one block of what can be mined now, and remember it."""
        timestamp = max(int(time.time()), self.head.header.timestamp + 1)
        chosen = self._executable()
        mined = self._make(timestamp, chosen)
        raws = tuple(transaction.encode() for transaction in mined.block.transactions)
        self._journal.append(MinedBlock(timestamp, raws))
        return mined

    def reorganise(self, *, depth: int, dropped: Iterable[bytes] = ()) -> None:
        """Replace the newest `depth` blocks by `depth` + 1 others, without the dropped transactions.

        What is not dropped is mined again in the first new block.
        """
        height = max(self.height - depth, 0)
        gone = set(dropped)
        again = [t for mined in self.blocks[height + 1 :] for t in mined.block.transactions if t.hash not in gone]
        end = self.height + 1
        self._rewind(height)
        self._journal.append(Rewind(height))
        for digest in gone:
            self.waiting.pop(digest, None)
        self.waiting = {transaction.hash: transaction for transaction in again} | self.waiting
        while self.height < end:
            self.mine()

    def _executable(self) -> list[SignedTransactionAPI]:
        """Waiting transactions whose nonces follow on, in order."""
        following: dict[bytes, int] = {}
        chosen: list[SignedTransactionAPI] = []
        for transaction in sorted(self.waiting.values(), key=lambda transaction: transaction.nonce):
            sender = transaction.sender
            expected = following.get(sender)
            if expected is None:
                expected = self.nonce(sender)
            if transaction.nonce == expected and len(chosen) < BLOCK_TRANSACTIONS_MAX:
                chosen.append(transaction)
                following[sender] = expected + 1
        return chosen

    def _make(self, timestamp: int, transactions: list[SignedTransactionAPI]) -> Mined:
        """One block, a pure function of what stands before it, the time and the transactions."""
        self.evm.header = self.evm.header.copy(timestamp=timestamp, coinbase=MINER)
        receipts = []
        for transaction in transactions:
            try:
                _, receipt, _ = self.evm.apply_transaction(transaction)
            except (ValidationError, VMError):
                self.waiting.pop(transaction.hash, None)  # its funds went elsewhere meanwhile: the pool lets it go
            else:
                receipts.append(receipt)
        seed = f"{self.evm.header.block_number}:{self._branch}"
        mined = Mined(self.evm.mine_block(mix_hash=keccak(text=seed)), tuple(receipts))
        self.blocks.append(mined)
        for index, transaction in enumerate(mined.block.transactions):
            self.waiting.pop(transaction.hash, None)
            self.places[transaction.hash] = (self.height, index)
        return mined

    def _rewind(self, height: int) -> None:
        for mined in self.blocks[height + 1 :]:
            for transaction in mined.block.transactions:
                del self.places[transaction.hash]
        del self.blocks[height + 1 :]
        self._branch += 1
        self.evm.header = self.evm.create_header_from_parent(self.head.header)
