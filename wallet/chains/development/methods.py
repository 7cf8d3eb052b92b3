"""The JSON-RPC methods of the development chain: those of a node, and `development_*` for tests and the demo.

Source: Ethereum execution APIs, https://ethereum.github.io/execution-apis/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from eth.exceptions import Revert, VMError
from eth.vm.spoof import SpoofTransaction
from eth_typing import HexStr
from eth_utils.address import to_canonical_address
from eth_utils.exceptions import ValidationError

from wallet.chains.development import genesis, words
from wallet.chains.development.chain import DevelopmentChain, Mined, TransactionRefused

TIP_WEI = 10**9
TRIAL_GAS = 10_000_000
"""Gas of a trial run that names none."""
LOGS_BLOCKS_MAX = 1_000
"""Blocks that one eth_getLogs may span."""
BLOCKS_MINED_MAX = 1_000
"""Blocks that one development_mine makes at most."""
Method = Callable[..., Any]


class RpcError(Exception):
    """An answer with an `error` member."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Methods:
    """Method names mapped to what they do to one chain. The caller holds the chain's lock."""

    def __init__(self, chain: DevelopmentChain, *, mine_on_send: bool = True) -> None:
        self.chain = chain
        self.mine_on_send = mine_on_send
        self.table: dict[str, Method] = {
            "web3_clientVersion": lambda: "quaestor-development/py-evm",
            "net_version": lambda: str(genesis.CHAIN_ID),
            "eth_chainId": lambda: words.quantity(genesis.CHAIN_ID),
            "eth_syncing": lambda: False,
            "eth_blockNumber": lambda: words.quantity(self.chain.height),
            "eth_gasPrice": lambda: words.quantity(self._base_fee() + TIP_WEI),
            "eth_maxPriorityFeePerGas": lambda: words.quantity(TIP_WEI),
            "eth_getBlockByNumber": self.block_by_number,
            "eth_getBlockByHash": self.block_by_hash,
            "eth_getTransactionByHash": self.transaction,
            "eth_getTransactionReceipt": lambda digest: words.receipt(self.chain, _bytes(digest)),
            "eth_getTransactionCount": self.transaction_count,
            "eth_getBalance": self.balance,
            "eth_getCode": self.code,
            "eth_getLogs": self.logs,
            "eth_call": self.call,
            "eth_estimateGas": self.estimate_gas,
            "eth_sendRawTransaction": self.send,
            "development_mine": self.mine,
            "development_reorganise": self.reorganise,
            "development_send": self.send_from_faucet,
            "development_mine_on_send": self.set_mine_on_send,
        }

    def answer(self, method: str, parameters: list[Any]) -> Any:
        """Run one method. Raises RpcError."""
        function = self.table.get(method)
        if function is None:
            raise RpcError(-32601, f"the method {method} does not exist/is not available")
        try:
            return function(*parameters)
        except TransactionRefused as error:
            raise RpcError(-32000, str(error)) from error
        except (TypeError, ValueError, KeyError) as error:
            raise RpcError(-32602, f"invalid argument: {error}") from error

    # --- a node's methods ----------------------------------------------------------------------------------------

    def _base_fee(self) -> int:
        fee: int = self.chain.evm.header.base_fee_per_gas
        return fee

    def _height(self, tag: str | None) -> int | None:
        if tag in (None, "latest", "pending", "safe", "finalized"):
            return self.chain.height
        height = 0 if tag == "earliest" else int(str(tag), 16)
        return height if height <= self.chain.height else None

    def _known_height(self, tag: str | None) -> int:
        height = self._height(tag)
        if height is None:
            raise RpcError(-32000, "header not found")
        return height

    def _by_hash(self, digest: str) -> Mined | None:
        wanted = _bytes(digest)
        return next((mined for mined in reversed(self.chain.blocks) if mined.header.hash == wanted), None)

    def block_by_number(self, tag: str, full: bool = False) -> dict[str, Any] | None:
        """eth_getBlockByNumber"""
        height = self._height(tag)
        return None if height is None else words.block(self.chain, self.chain.blocks[height], full=full)

    def block_by_hash(self, digest: str, full: bool = False) -> dict[str, Any] | None:
        """eth_getBlockByHash: canonical blocks only."""
        mined = self._by_hash(digest)
        return None if mined is None else words.block(self.chain, mined, full=full)

    def transaction(self, digest: str) -> dict[str, Any] | None:
        """eth_getTransactionByHash"""
        wanted = _bytes(digest)
        if place := self.chain.places.get(wanted):
            return words.transaction(self.chain, self.chain.blocks[place[0]].block.transactions[place[1]])
        waiting = self.chain.waiting.get(wanted)
        return None if waiting is None else words.transaction(self.chain, waiting)

    def transaction_count(self, address: str, tag: str = "latest") -> str:
        """eth_getTransactionCount"""
        owner = to_canonical_address(address)
        if tag == "pending":
            return words.quantity(self.chain.nonce(owner, waiting=True))
        return words.quantity(self.chain.nonce(owner, height=self._known_height(tag)))

    def balance(self, address: str, tag: str = "latest") -> str:
        """eth_getBalance"""
        return words.quantity(self.chain.balance(to_canonical_address(address), height=self._known_height(tag)))

    def code(self, address: str, tag: str = "latest") -> str:
        """eth_getCode"""
        state = self.chain.evm.get_vm(self.chain.blocks[self._known_height(tag)].header).state
        return words.data(state.get_code(to_canonical_address(address)))

    def logs(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """eth_getLogs"""
        if "blockHash" in query:
            mined = self._by_hash(query["blockHash"])
            if mined is None:
                raise RpcError(-32000, "unknown block")
            blocks = [mined]
        else:
            first, last = self._known_height(query.get("fromBlock")), self._known_height(query.get("toBlock"))
            if last - first >= LOGS_BLOCKS_MAX:
                raise RpcError(-32005, f"query spans more than {LOGS_BLOCKS_MAX} blocks")
            blocks = self.chain.blocks[first : last + 1]
        return [entry for mined in blocks for entry in words.logs(mined) if _log_matches(entry, query)]

    def _trial(self, call: dict[str, Any]) -> Any:
        sender = to_canonical_address(call.get("from") or "0x" + "00" * 20)
        unsigned = self.chain.evm.create_unsigned_transaction(
            nonce=self.chain.nonce(sender),
            gas_price=0,
            gas=int(call["gas"], 16) if "gas" in call else TRIAL_GAS,
            to=to_canonical_address(call["to"]) if call.get("to") else b"",
            value=int(call.get("value", "0x0"), 16),
            data=_bytes(call.get("data") or call.get("input") or "0x"),
        )
        return SpoofTransaction(unsigned, from_=sender)

    def call(self, call: dict[str, Any], tag: str = "latest", *_: Any) -> str:
        """eth_call"""
        with _trial_errors():
            header = self.chain.blocks[self._known_height(tag)].header
            return words.data(self.chain.evm.get_transaction_result(self._trial(call), header))

    def estimate_gas(self, call: dict[str, Any], tag: str = "latest", *_: Any) -> str:
        """eth_estimateGas"""
        sender = to_canonical_address(call.get("from") or "0x" + "00" * 20)
        if int(call.get("value", "0x0"), 16) > self.chain.balance(sender):
            raise RpcError(-32000, "insufficient funds for transfer")
        with _trial_errors():
            return words.quantity(self.chain.evm.estimate_gas(self._trial(call), self.chain.head.header))

    def send(self, raw: str) -> str:
        """eth_sendRawTransaction"""
        digest = self.chain.admit(_bytes(raw))
        if self.mine_on_send:
            self.chain.mine()
        return words.data(digest)

    # --- for tests and the demo ----------------------------------------------------------------------------------

    def mine(self, blocks: int = 1) -> str:
        """development_mine: make blocks now; gives the height."""
        for _ in range(min(int(blocks), BLOCKS_MINED_MAX)):
            self.chain.mine()
        return words.quantity(self.chain.height)

    def set_mine_on_send(self, wanted: bool) -> bool:
        """development_mine_on_send: whether a transaction is mined as soon as it arrives."""
        self.mine_on_send = bool(wanted)
        return self.mine_on_send

    def reorganise(self, depth: int, dropped: list[str] | None = None) -> str:
        """development_reorganise: replace the newest blocks, leave transactions out; gives the new head's hash."""
        self.chain.reorganise(depth=int(depth), dropped=[_bytes(digest) for digest in dropped or []])
        return words.data(self.chain.head.header.hash)

    def send_from_faucet(self, coin: str, recipient: str, units: str) -> str:
        """development_send: pay ETH (wei) or USDT (millionths) from the faucet; gives the transaction's hash."""
        to, content, value = recipient, b"", int(units)
        if coin == "USDT":
            word = to_canonical_address(recipient).rjust(32, b"\0") + int(units).to_bytes(32, "big")
            to, content, value = genesis.USDT_ADDRESS, bytes.fromhex("a9059cbb") + word, 0
        elif coin != "ETH":
            raise RpcError(-32602, f"the faucet has no {coin}")
        account = genesis.faucet()
        signed = account.sign_transaction(
            {
                "type": 2,
                "chainId": genesis.CHAIN_ID,
                "nonce": self.chain.nonce(to_canonical_address(account.address), waiting=True),
                "to": HexStr(to),
                "value": value,
                "data": content,
                "gas": 100_000,
                "maxFeePerGas": 2 * self._base_fee() + TIP_WEI,
                "maxPriorityFeePerGas": TIP_WEI,
            }
        )
        return self.send(words.data(signed.raw_transaction))


@contextmanager
def _trial_errors() -> Iterator[None]:
    try:
        yield
    except Revert as error:
        raise RpcError(3, "execution reverted") from error
    except (ValidationError, VMError) as error:
        raise RpcError(-32000, str(error)) from error


def _bytes(text: str) -> bytes:
    if not str(text).startswith("0x"):
        raise ValueError("hex text must begin with 0x")
    return bytes.fromhex(text[2:])


def _log_matches(entry: dict[str, Any], query: dict[str, Any]) -> bool:
    addresses = query.get("address") or []
    wanted = {address.lower() for address in ([addresses] if isinstance(addresses, str) else addresses)}
    if wanted and entry["address"].lower() not in wanted:
        return False
    for place, topic in enumerate(query.get("topics") or []):
        if topic is None:
            continue
        options = [topic] if isinstance(topic, str) else topic
        if place >= len(entry["topics"]) or entry["topics"][place] not in options:
            return False
    return True
