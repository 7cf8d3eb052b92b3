"""A regtest chain of Bitcoin whose rules are Bitcoin Core's own: its consensus engine (libbitcoinkernel) takes or refuses
every block, and its script interpreter every transaction. What a block looks like and what waits in the pool is ours.
"""

from __future__ import annotations

import hashlib
import struct
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from pathlib import Path

import pbk
from embit import ec
from embit import script as scripts
from embit.psbt import PSBT
from embit.transaction import Transaction, TransactionInput, TransactionOutput, Witness
from pbk.script import PrecomputedTransactionData

from wallet.chains.bitcoin_payload import REPLACEABLE

GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
GENESIS_TIME = 1_296_688_602
BITS = 0x207FFFFF
SUBSIDY = 50 * 10**8
HALVING = 150
MATURITY = 100
RELAY_RATE = 1
"""Satoshi for each virtual byte: the least that is passed on, and by which a replacement must be dearer."""
EVERY_RULE = reduce(or_, pbk.ScriptVerificationFlags)
Point = tuple[str, int]


class Refused(Exception):
    """The pool does not take it: Core's code and words."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Mined:
    """A block on the chain."""

    hash: str
    parent: str
    time: int
    raw: bytes
    transactions: list[Transaction]


@dataclass
class Unspent:
    """An output that nothing on the chain has spent."""

    output: TransactionOutput
    height: int
    is_coinbase: bool


@dataclass
class RegtestChain:
    """The chain, its unspent outputs and the pool. Not thread-safe: the door lets one request in at a time."""

    faucet: ec.PrivateKey = field(default_factory=lambda: ec.PrivateKey(hashlib.sha256(b"regtest faucet").digest()))
    blocks: list[Mined] = field(default_factory=lambda: [Mined(GENESIS, "", GENESIS_TIME, b"", [])])
    unspent: dict[Point, Unspent] = field(default_factory=dict)
    pool: dict[str, Transaction] = field(default_factory=dict)
    branch: int = 0

    def __post_init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="regtest")
        self._engine = pbk.load_chainman(Path(self._directory.name), pbk.ChainType.REGTEST)
        self._engine.import_blocks([])

    @property
    def height(self) -> int:
        """Number of the newest block."""
        return len(self.blocks) - 1

    def places(self) -> dict[str, int]:
        """The height of each mined transaction."""
        return {tx.txid().hex(): height for height, block in enumerate(self.blocks) for tx in block.transactions}

    # --- blocks --------------------------------------------------------------------------------------------------

    def mine(self, number: int = 1) -> int:
        """Make blocks of what waits; gives the height."""
        for _ in range(number):
            self._extend(list(self.pool.values()))
        return self.height

    def _extend(self, transactions: list[Transaction]) -> None:
        parent = self.blocks[-1]
        height = self.height + 1
        fees = sum(self.fee(tx) for tx in transactions)
        made = self._coinbase(height, fees, transactions)
        everything = [made, *transactions]
        moment = max(parent.time + 1, int(time.time()) - 7200)
        header = struct.pack("<I", 0x20000000) + bytes.fromhex(parent.hash)[::-1]
        header += _merkle_root([bytes.fromhex(tx.txid().hex())[::-1] for tx in everything])
        header += struct.pack("<II", moment, BITS)
        raw_header = next(
            candidate for nonce in range(2**32) if _double(candidate := header + struct.pack("<I", nonce))[31] < 0x7F
        )
        raw = raw_header + bytes([len(everything)]) + b"".join(tx.serialize() for tx in everything)
        self._engine.process_block(pbk.Block(raw))
        digest = _double(raw_header)[::-1].hex()
        self.blocks.append(Mined(digest, parent.hash, moment, raw, everything))
        self._connect(height, everything)

    def require_agreement(self) -> None:
        """Promise that the engine holds our newest block for the tip of the best chain."""
        chain = self._engine.get_active_chain()
        tip = chain.block_tree_entries[chain.height]
        assert (chain.height, str(tip.block_hash)) == (self.height, self.blocks[-1].hash)

    def _coinbase(self, height: int, fees: int, transactions: list[Transaction]) -> Transaction:
        number = height.to_bytes((height.bit_length() // 8) + 1, "little")
        pushed = bytes([0x50 + height]) if height <= 16 else bytes([len(number)]) + number  # BIP-34
        said = pushed + bytes([4]) + self.branch.to_bytes(4, "little")
        spent = TransactionInput(bytes(32), 0xFFFFFFFF, script_sig=scripts.Script(said), witness=Witness([bytes(32)]))
        leaves = [bytes(32)] + [_double(tx.serialize()) for tx in transactions]
        commitment = b"\x6a\x24\xaa\x21\xa9\xed" + _double(_merkle_root(leaves) + bytes(32))
        reward = TransactionOutput((SUBSIDY >> (height // HALVING)) + fees, scripts.p2wpkh(self.faucet))
        return Transaction(2, [spent], [reward, TransactionOutput(0, scripts.Script(commitment))], 0)

    def _connect(self, height: int, transactions: list[Transaction]) -> None:
        for tx in transactions:
            is_coinbase = tx.vin[0].txid == bytes(32)
            digest = tx.txid().hex()
            self.pool.pop(digest, None)
            for one in [] if is_coinbase else tx.vin:
                del self.unspent[(one.txid.hex(), one.vout)]
                for rival in [waiting for waiting in self.pool.values() if one in waiting.vin]:
                    self._evict(rival)
            for index, output in enumerate(tx.vout):
                self.unspent[(digest, index)] = Unspent(output, height, is_coinbase)

    def reorganise(self, *, depth: int, dropped: Collection[str] = ()) -> None:
        """Replace the newest `depth` blocks by one more, without the dropped transactions; the rest waits again."""
        end = self.height + 1
        gone = self.blocks[len(self.blocks) - depth :]
        kept = self.blocks[: len(self.blocks) - depth]
        waiting = list(self.pool.values())
        self.blocks, self.unspent, self.pool, self.branch = kept[:1], {}, {}, self.branch + 1
        for block in kept[1:]:
            self.blocks.append(block)
            self._connect(self.height, block.transactions)
        for tx in [tx for block in gone for tx in block.transactions[1:]] + waiting:
            if tx.txid().hex() not in dropped:
                self.pool[tx.txid().hex()] = tx
        while self.height < end:
            self.mine()
        self.require_agreement()

    # --- the pool ------------------------------------------------------------------------------------------------

    def spent_output(self, point: Point) -> TransactionOutput | None:
        """The output, on the chain or in the pool."""
        if point in self.unspent:
            return self.unspent[point].output
        waiting = self.pool.get(point[0])
        return waiting.vout[point[1]] if waiting is not None and point[1] < len(waiting.vout) else None

    def fee(self, tx: Transaction) -> int:
        """Satoshi that the transaction leaves to the miner."""
        spent = [self.spent_output((one.txid.hex(), one.vout)) for one in tx.vin]
        return sum(output.value for output in spent if output) - sum(output.value for output in tx.vout)

    def admit(self, raw: bytes) -> str:
        """Check a transaction as Core does and let it wait; gives its hash. Raises Refused."""
        try:
            tx = Transaction.parse(raw)
        except Exception as error:
            raise Refused(-22, "TX decode failed. Make sure the tx has at least one input.") from error
        digest = tx.txid().hex()
        if digest in self.pool:
            return digest
        if any((digest, index) in self.unspent for index in range(len(tx.vout))):
            raise Refused(-27, "Transaction outputs already in utxo set")
        rivals = [
            waiting
            for waiting in self.pool.values()
            if {(i.txid, i.vout) for i in waiting.vin} & {(i.txid, i.vout) for i in tx.vin}
        ]
        self._require_spendable(tx, raw)
        fee, size = self.fee(tx), virtual_size(tx)
        if fee < RELAY_RATE * size:
            raise Refused(-26, f"min relay fee not met, {fee} < {RELAY_RATE * size}")
        for rival in rivals:
            if self.fee(rival) + RELAY_RATE * size > fee:
                raise Refused(-26, f"insufficient fee, rejecting replacement {digest}")
        for rival in rivals:
            self._evict(rival)
        self.pool[digest] = tx
        return digest

    def _require_spendable(self, tx: Transaction, raw: bytes) -> None:
        spent = [self.spent_output((one.txid.hex(), one.vout)) for one in tx.vin]
        if any(output is None for output in spent):
            raise Refused(-25, "bad-txns-inputs-missingorspent")
        if any(
            0 < output.value < 294 or (output.value == 0 and output.script_pubkey.data[:1] != b"\x6a") for output in tx.vout
        ):
            raise Refused(-26, "dust, tx with dust output must be 0-fee")
        outputs = [pbk.TransactionOutput(pbk.ScriptPubkey(bytes(o.script_pubkey.data)), o.value) for o in spent if o]
        judged = pbk.Transaction(raw)
        known = PrecomputedTransactionData(judged, outputs)
        for index, output in enumerate(spent):
            assert output is not None
            script = pbk.ScriptPubkey(bytes(output.script_pubkey.data))
            if not script.verify(output.value, judged, known, index, EVERY_RULE):
                raise Refused(-26, "mandatory-script-verify-flag-failed (Signature must be zero for failed CHECK(MULTI)SIG)")

    def _evict(self, tx: Transaction) -> None:
        digest = tx.txid().hex()
        self.pool.pop(digest, None)
        for child in [waiting for waiting in self.pool.values() if any(one.txid.hex() == digest for one in waiting.vin)]:
            self._evict(child)

    def pay(self, script: bytes, amount: Decimal) -> str:
        """Send from the faucet; gives the hash. The oldest ripe reward pays."""
        own = scripts.p2wpkh(self.faucet)
        units = int(amount * 10**8)
        taken = {(one.txid.hex(), one.vout) for tx in self.pool.values() for one in tx.vin}
        point, found = next(
            (point, one)
            for point, one in self.unspent.items()
            if one.output.script_pubkey == own and point not in taken and one.output.value > units + 10_000
            and (not one.is_coinbase or self.height - one.height >= MATURITY)
        )  # fmt: skip
        spent = TransactionInput(bytes.fromhex(point[0]), point[1], sequence=REPLACEABLE)
        outputs = [TransactionOutput(units, scripts.Script(script)), TransactionOutput(found.output.value - units - 5_000, own)]
        psbt = PSBT(Transaction(2, [spent], outputs, 0))
        psbt.inputs[0].witness_utxo = found.output
        psbt.sign_with(self.faucet)
        tx = psbt.tx
        tx.vin[0].witness = Witness([*psbt.inputs[0].partial_sigs.values(), *(k.sec() for k in psbt.inputs[0].partial_sigs)])
        return self.admit(tx.serialize())


def virtual_size(tx: Transaction) -> int:
    """BIP-141."""
    whole = len(tx.serialize())
    bare = len(
        Transaction(
            tx.version, [TransactionInput(i.txid, i.vout, i.script_sig, i.sequence) for i in tx.vin], tx.vout, tx.locktime
        ).serialize()
    )
    return -(-(3 * bare + whole) // 4)


def _double(content: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(content).digest()).digest()


def _merkle_root(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        if len(leaves) % 2:
            leaves.append(leaves[-1])
        leaves = [_double(leaves[place] + leaves[place + 1]) for place in range(0, len(leaves), 2)]
    return leaves[0]
