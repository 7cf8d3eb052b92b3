"""Reading a chain of Bitcoin's kind through its node: blocks, what they pay to us, and where a transaction stands.

Source: Bitcoin Core, RPC documentation of its release 28.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from wallet.chains import bitcoin_addresses, bitcoin_payload
from wallet.chains.bitcoin_addresses import CHAINS
from wallet.chains.bitcoin_rpc import INVALID_PARAMETER, NOT_FOUND, BitcoinRpc, RpcRefused
from wallet.chains.errors import ChainUnavailable
from wallet.chains.gateway import AddressFilter, Asset, Block, IncomingTransfer, Receipt, Sighting

BLOCK_CLOCK_SLACK = timedelta(hours=3)
"""How far a block's time may lie behind the true one (two hours are allowed ahead, and blocks need not be in order)."""


CHAIN_ONLY = False
"""Of gettxout: what waits in the pool has spent nothing yet."""


class BitcoinReader:
    """What is read of one network through one node."""

    def __init__(self, *, network: str, url: str, chain: str, timeout_seconds: float) -> None:
        self._network, self._chain = network, CHAINS[chain]
        self._rpc = BitcoinRpc(url, network=network, timeout_seconds=timeout_seconds)
        self._chain_seen = False

    @property
    def network(self) -> str:
        """Code of the network."""
        return self._network

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn everything that can go wrong with a node into ChainUnavailable; make sure it is the right chain."""
        try:
            if not self._chain_seen:
                if self._rpc.call("getblockchaininfo")["chain"] != self._chain.name:
                    raise ChainUnavailable(network=self._network, reason="wrong_chain")
                self._chain_seen = True
            yield
        except RpcRefused as error:
            raise ChainUnavailable(network=self._network, reason=f"refused_{error.code}") from error
        except (ValueError, KeyError, TypeError, IndexError, ArithmeticError, AttributeError) as error:
            raise ChainUnavailable(network=self._network, reason="senseless_answer") from error

    def _ask(self, method: str, *parameters: Any) -> Any:
        with self._asking():
            return self._rpc.call(method, *parameters)

    def _found(self, method: str, *parameters: Any) -> Any:
        """The answer, or None where the node does not know the thing. Inside `_asking`."""
        try:
            return self._rpc.call(method, *parameters)
        except RpcRefused as refusal:
            if refusal.code in (NOT_FOUND, INVALID_PARAMETER):
                return None
            raise

    def height(self) -> int:
        """See Gateway."""
        return int(self._ask("getblockcount"))

    def block(self, height: int) -> Block | None:
        """See Gateway."""
        with self._asking():
            digest = self._found("getblockhash", height)
            if digest is None:
                return None
            header = self._rpc.call("getblockheader", digest)
            mined_at = datetime.fromtimestamp(int(header["time"]), tz=UTC)
            return Block(int(header["height"]), str(header["hash"]), str(header.get("previousblockhash", "")), mined_at)

    def transfers(self, block: Block, *, assets: Sequence[Asset], ours: AddressFilter) -> tuple[IncomingTransfer, ...]:
        """See Gateway."""
        native = next((asset for asset in assets if asset.contract is None), None)
        if native is None:
            return ()
        with self._asking():
            body = self._rpc.call("getblock", block.hash, 2)
            if int(body["confirmations"]) < 1:
                raise ChainUnavailable(network=self._network, reason="block_left_the_chain")
            paid = [(tx["txid"], output) for tx in body["tx"] for output in tx["vout"]]
            return tuple(self._incoming(paid, native, block, ours))

    def _incoming(
        self, paid: Sequence[tuple[str, Any]], asset: Asset, block: Block, ours: AddressFilter
    ) -> Iterator[IncomingTransfer]:
        found = []
        for tx_hash, output in paid:
            address = bitcoin_addresses.of_script(bytes.fromhex(output["scriptPubKey"]["hex"]), chain=self._chain)
            if address is not None and Decimal(output["value"]) > 0:
                found.append((tx_hash, int(output["n"]), address, Decimal(output["value"])))
        mine = set(ours({address for _, _, address, _ in found})) if found else set()
        for tx_hash, index, address, amount in found:
            if address in mine:
                yield IncomingTransfer(asset, address, "", amount, tx_hash, index, block.height, block.hash)

    def receipt(self, tx_hash: str) -> Receipt | None:
        """See Gateway."""
        with self._asking():
            found = self._found("getrawtransaction", tx_hash, 2)
            if found is None or not found.get("blockhash") or int(found.get("confirmations", 0)) < 1:
                return None
            header = self._rpc.call("getblockheader", found["blockhash"])
            return Receipt(
                tx_hash=tx_hash,
                height=int(header["height"]),
                block_hash=str(found["blockhash"]),
                confirmations=int(header["confirmations"]),
                succeeded=self._succeeded(tx_hash),
                fee=self._fee(found),
            )

    def _succeeded(self, tx_hash: str) -> bool:
        """What is mined has paid."""
        return True

    def _fee(self, found: Any) -> Decimal:
        if "fee" in found:
            return Decimal(found["fee"])
        points = [(one["txid"], int(one["vout"])) for one in found["vin"]]
        spent = [self._rpc.call("getrawtransaction", digest, 1)["vout"][index] for digest, index in points]
        worth, paid = (sum((Decimal(output["value"]) for output in outputs), Decimal(0)) for outputs in (spent, found["vout"]))
        return worth - paid

    def sighting(self, tx_hash: str) -> Sighting:
        """See Gateway."""
        with self._asking():
            found = self._found("getrawtransaction", tx_hash, 1)
            if found is None:
                return Sighting.NOWHERE
            return Sighting.MINED if found.get("blockhash") and int(found.get("confirmations", 0)) else Sighting.WAITING

    def proves_absence(
        self, *, payload: bytes, sender: str, tx_hashes: Collection[str], since: datetime, confirmations: int
    ) -> bool:
        """See Gateway."""
        inputs = set(bitcoin_payload.read(payload, chain=self._chain).inputs)
        with self._asking():
            if all(self._rpc.call("gettxout", *one, CHAIN_ONLY) is not None for one in inputs):
                return False  # nothing is spent: they may still be mined
            rival = self._spender(inputs, since=since, confirmations=confirmations)
        if rival is None or rival in tx_hashes:
            return False
        return all(self.sighting(tx_hash) is Sighting.NOWHERE for tx_hash in tx_hashes)

    def _spender(self, inputs: set[tuple[str, int]], *, since: datetime, confirmations: int) -> str | None:
        """The transaction that spent one of these, so deep; None where none is shown. Inside `_asking`."""
        height = int(self._rpc.call("getblockcount")) - confirmations + 1
        while height > 0:
            body = self._rpc.call("getblock", self._rpc.call("getblockhash", height), 2)
            for tx in body["tx"]:
                if any((one.get("txid"), one.get("vout")) in inputs for one in tx["vin"]):
                    return str(tx["txid"])
            if datetime.fromtimestamp(int(body["time"]), tz=UTC) < since - BLOCK_CLOCK_SLACK:
                return None
            height -= 1
        return None
