"""Bitcoin Core's JSON-RPC in front of the regtest chain: the methods that the gateway calls, in Core's shapes and errors.

Source: Bitcoin Core, RPC documentation of release 28.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from embit.transaction import Transaction

from tests.wallet.nodes.bitcoin_chain import MATURITY, Mined, Refused, RegtestChain
from tests.wallet.nodes.door import Answer, NodeDoor
from wallet.chains import bitcoin_addresses
from wallet.chains.amounts import from_units
from wallet.chains.bitcoin_addresses import CHAINS

PASSWORD = "quaestor:not-a-secret"
REGTEST = CHAINS["regtest"]


def coins(satoshi: int) -> Decimal:
    """An amount as Core writes it: eight decimals."""
    return from_units(satoshi, scale=8)


class BitcoinNode:
    """A node on loopback. `fee_rate` is what it estimates, in satoshi for each virtual byte; None: no data."""

    def __init__(self) -> None:
        self.chain = RegtestChain()
        self.chain.mine(MATURITY + 20)
        self.fee_rate: int | None = 2
        self.door = NodeDoor(self._answer, method_of=lambda _, body: str(body.get("method")), password=PASSWORD)
        self.table: dict[str, Callable[..., Any]] = {
            "getblockchaininfo": lambda: {"chain": "regtest", "blocks": self.chain.height},
            "getblockcount": lambda: self.chain.height,
            "getblockhash": self.block_hash,
            "getblockheader": lambda digest, *_: self.header(self._height_of(digest)),
            "getblock": self.block,
            "getrawtransaction": self.raw_transaction,
            "sendrawtransaction": lambda raw, *_: self.chain.admit(bytes.fromhex(raw)),
            "gettxout": self.unspent_output,
            "listunspent": self.unspent,
            "estimatesmartfee": self.estimate,
            "getmempoolinfo": lambda: {"mempoolminfee": coins(1000), "incrementalrelayfee": coins(1000)},
        }

    @property
    def url(self) -> str:
        """With the password that it asks for."""
        return f"http://{PASSWORD}@{self.door.address}/wallet/hot"

    # --- what tests ask for --------------------------------------------------------------------------------------

    def pay(self, address: str, amount: str) -> str:
        """From the faucet, into the pool; gives the hash."""
        with self.door.lock:
            script = bitcoin_addresses.read(address, chain=REGTEST, network="BITCOIN").script
            return self.chain.pay(script, Decimal(amount))

    def mine(self, number: int = 1) -> int:
        """Make blocks; gives the height."""
        with self.door.lock:
            return self.chain.mine(number)

    def reorganise(self, *, depth: int, dropped: tuple[str, ...] = ()) -> None:
        """Replace the newest blocks."""
        with self.door.lock:
            self.chain.reorganise(depth=depth, dropped=dropped)

    def received(self, address: str) -> Decimal:
        """What unspent outputs of an address are worth, on the chain."""
        script = bitcoin_addresses.read(address, chain=REGTEST, network="BITCOIN").script
        found = [one.output.value for one in self.chain.unspent.values() if one.output.script_pubkey.data == script]
        return coins(sum(found))

    def close(self) -> None:
        """Stop answering."""
        self.door.close()

    # --- the methods ---------------------------------------------------------------------------------------------

    def _answer(self, path: str, body: Any) -> Answer:
        identity = body.get("id")
        try:
            method = self.table.get(body["method"])
            if method is None:
                raise Refused(-32601, "Method not found")
            return 200, {"jsonrpc": "2.0", "result": method(*body["params"]), "id": identity}
        except Refused as refusal:
            failure = {"code": refusal.code, "message": refusal.message}
            return 200, {"jsonrpc": "2.0", "error": failure, "id": identity}

    def block_hash(self, height: int) -> str:
        if not 0 <= height <= self.chain.height:
            raise Refused(-8, "Block height out of range")
        return self.chain.blocks[height].hash

    def _height_of(self, digest: str) -> int:
        for height, block in enumerate(self.chain.blocks):
            if block.hash == digest:
                return height
        raise Refused(-5, "Block not found")

    def header(self, height: int) -> dict[str, Any]:
        block = self.chain.blocks[height]
        facts = {"hash": block.hash, "height": height, "time": block.time, "nTx": len(block.transactions)}
        facts["confirmations"] = self.chain.height - height + 1
        if height:
            facts["previousblockhash"] = block.parent
        return facts

    def block(self, digest: str, verbosity: int = 1) -> Any:
        height = self._height_of(digest)
        block: Mined = self.chain.blocks[height]
        told = [self._told(tx) if verbosity == 2 else tx.txid().hex() for tx in block.transactions]
        return {**self.header(height), "tx": told}

    def _told(self, tx: Transaction) -> dict[str, Any]:
        spent = [
            {"coinbase": bytes(one.script_sig.data).hex(), "sequence": one.sequence}
            if one.txid == bytes(32)
            else {"txid": one.txid.hex(), "vout": one.vout, "sequence": one.sequence}
            for one in tx.vin
        ]
        outputs = [
            {"value": coins(output.value), "n": index, "scriptPubKey": self._script(bytes(output.script_pubkey.data))}
            for index, output in enumerate(tx.vout)
        ]
        return {"txid": tx.txid().hex(), "version": tx.version, "locktime": tx.locktime, "vin": spent, "vout": outputs}

    def _script(self, script: bytes) -> dict[str, Any]:
        address = bitcoin_addresses.of_script(script, chain=REGTEST)
        return {"hex": script.hex(), **({"address": address} if address else {})}

    def raw_transaction(self, digest: str, verbosity: int = 0) -> Any:
        height = self.chain.places().get(digest)
        if height is not None:
            tx = next(tx for tx in self.chain.blocks[height].transactions if tx.txid().hex() == digest)
        elif digest in self.chain.pool:
            tx = self.chain.pool[digest]
        else:
            raise Refused(-5, "No such mempool or blockchain transaction. Use gettransaction for wallet transactions.")
        if verbosity == 0:
            return tx.serialize().hex()
        told = {**self._told(tx), "hex": tx.serialize().hex()}
        if height is not None:
            told |= {"blockhash": self.chain.blocks[height].hash, "confirmations": self.chain.height - height + 1}
        return told

    def unspent_output(self, digest: str, index: int, include_pool: bool = True) -> Any:
        found = self.chain.unspent.get((digest, index))
        taken = include_pool and any(
            (one.txid.hex(), one.vout) == (digest, index) for tx in self.chain.pool.values() for one in tx.vin
        )
        return None if found is None or taken else {"value": coins(found.output.value), "coinbase": found.is_coinbase}

    def unspent(self, least: int, most: int, addresses: list[str]) -> list[dict[str, Any]]:
        wanted = {bitcoin_addresses.read(one, chain=REGTEST, network="BITCOIN").script.hex() for one in addresses}
        return [
            {
                "txid": digest, "vout": index, "amount": coins(one.output.value), "spendable": False, "solvable": True,
                "scriptPubKey": bytes(one.output.script_pubkey.data).hex(), "confirmations": depth,
            }
            for (digest, index), one in self.chain.unspent.items()
            if bytes(one.output.script_pubkey.data).hex() in wanted
            and least <= (depth := self.chain.height - one.height + 1) <= most
            and (not one.is_coinbase or depth > MATURITY)
            and self.unspent_output(digest, index) is not None
        ]  # fmt: skip

    def estimate(self, blocks: int) -> dict[str, Any]:
        if self.fee_rate is None:
            return {"errors": ["Insufficient data or no feerate found"], "blocks": blocks}
        return {"feerate": coins(self.fee_rate * 1000), "blocks": blocks}
