"""The gateway to an EVM network, over JSON-RPC by web3.py.

Sees transfers that a transaction makes itself: ether sent by its top-level call, and ERC-20 `Transfer` events. Ether
moved by a contract's inner call leaves no such trace and is not seen (staff find it by the wallet's balance).

Source: Ethereum execution APIs; ERC-20; EIP-1559.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import requests
from eth_typing import HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3 import HTTPProvider, Web3
from web3.exceptions import BlockNotFound, ContractLogicError, TransactionNotFound, Web3Exception, Web3RPCError

from wallet.chains import evm_payload
from wallet.chains.amounts import from_units, to_units
from wallet.chains.errors import ChainUnavailable, FeeNotRaisable, PaymentWouldFail
from wallet.chains.evm_answers import means_insufficient_funds, outcome_of_refusal
from wallet.chains.evm_rivals import rival
from wallet.chains.evm_transfers import hash_text, native_transfers, token_transfers
from wallet.chains.gateway import (
    AddressFilter,
    Asset,
    Block,
    Broadcast,
    BroadcastOutcome,
    IncomingTransfer,
    Output,
    Payment,
    Receipt,
    Reservation,
    Sighting,
    UnsignedTransaction,
)

CALL_TIMEOUT_SECONDS = 5.0
CONNECT_TIMEOUT_SECONDS = 2.0
GAS_OF_PLAIN_TRANSFER = 21_000
GAS_MARGIN_PERCENT = 25
"""Added to the node's estimate, for a token whose state changes before the payment is mined."""
GAS_MAX = 500_000
"""A payment that needs more is no payment."""
BASE_FEE_MULTIPLE = 2
"""Room for six full blocks: the base fee grows by 12.5 % a block at most."""

Answer = TypeVar("Answer")


class EvmGateway:
    """One EVM network behind one node. Thread-safe as far as `requests` is; hold one per process."""

    def __init__(
        self, *, network: str, coin: str, url: str, chain_id: int, timeout_seconds: float = CALL_TIMEOUT_SECONDS
    ) -> None:
        session = requests.Session()
        session.trust_env = False  # a proxy in the environment is not meant for the node
        provider = HTTPProvider(
            url,
            request_kwargs={"timeout": (min(CONNECT_TIMEOUT_SECONDS, timeout_seconds), timeout_seconds)},
            session=session,
            exception_retry_configuration=None,
        )
        self._web3 = Web3(provider)
        self._network, self._coin, self._chain_id = network, coin, chain_id
        self._chain_seen = False

    @property
    def network(self) -> str:
        """Code of the network."""
        return self._network

    @property
    def coin(self) -> str:
        """Code of the coin that pays its fees."""
        return self._coin

    @property
    def reserves(self) -> Reservation:
        """See Gateway."""
        return Reservation.NONCE

    # --- addresses and payloads ----------------------------------------------------------------------------------

    def validate_address(self, text: str) -> str:
        """See Gateway."""
        return evm_payload.checked_address(text, network=self._network)

    def validate_recipient(self, text: str, *, asset: Asset, memo: str = "") -> str:
        """See Gateway."""
        return evm_payload.checked_recipient(text, asset=asset, memo=memo, network=self._network)

    def read(self, payload: bytes) -> Payment:
        """See Gateway."""
        return evm_payload.read(payload)

    def build(
        self,
        *,
        asset: Asset,
        sender: str,
        recipient: str,
        amount: Decimal,
        nonce: int,
        memo: str = "",
        spendable: Sequence[Output] = (),
    ) -> UnsignedTransaction:
        """See Gateway."""
        to = self.validate_recipient(recipient, asset=asset, memo=memo)
        payer = self.validate_address(sender)
        units = to_units(amount, asset=asset, network=self._network)
        goal = evm_payload.target(asset=asset, recipient=to, units=units)
        with self._asking():
            fee, tip = self._prices()
            gas = self._gas({**goal, "from": payer})
        fields = {
            **goal,
            "type": 2,
            "chainId": self._chain_id,
            "nonce": nonce,
            "gas": gas,
            "maxFeePerGas": fee,
            "maxPriorityFeePerGas": tip,
        }
        return evm_payload.unsigned(fields, sender=payer)

    def raised(self, payload: bytes, *, sender: str) -> UnsignedTransaction:
        """See Gateway."""
        fields = evm_payload.read_fields(payload)
        payer = to_checksum_address(self.validate_address(sender))
        with self._asking():
            if int(self._web3.eth.get_transaction_count(payer, "latest")) != fields["nonce"]:
                raise FeeNotRaisable(network=self._network, reason="waits_for_earlier")
            fee, tip = self._prices()
        return evm_payload.unsigned(evm_payload.raised(fields, fee=fee, tip=tip), sender=payer)

    def _prices(self) -> tuple[int, int]:
        """Most to pay per gas, and the part of it that is the miner's, in wei."""
        tip = int(self._web3.eth.max_priority_fee)
        base_fee = int(self._web3.eth.get_block("latest")["baseFeePerGas"])
        return BASE_FEE_MULTIPLE * base_fee + tip, tip

    def _gas(self, call: dict[str, Any]) -> int:
        try:
            estimate = int(self._web3.eth.estimate_gas(call))  # type: ignore[arg-type]  # web3 wants its TypedDict
        except ContractLogicError as error:
            raise PaymentWouldFail(network=self._network, reason="reverted") from error
        except Web3RPCError as error:
            if means_insufficient_funds(str(error)):
                raise PaymentWouldFail(network=self._network, reason="insufficient_funds") from error
            raise
        if estimate == GAS_OF_PLAIN_TRANSFER:
            return estimate
        gas = estimate * (100 + GAS_MARGIN_PERCENT) // 100
        if gas > GAS_MAX:
            raise PaymentWouldFail(network=self._network, reason="too_much_gas")
        return gas

    # --- the node ------------------------------------------------------------------------------------------------

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn everything that can go wrong with a node into ChainUnavailable; make sure it is the right chain."""
        try:
            if not self._chain_seen:
                if int(self._web3.eth.chain_id) != self._chain_id:
                    raise ChainUnavailable(network=self._network, reason="wrong_chain")
                self._chain_seen = True
            yield
        except requests.Timeout as error:
            raise ChainUnavailable(network=self._network, reason="timeout") from error
        except (requests.RequestException, OSError) as error:
            raise ChainUnavailable(network=self._network, reason="no_connection") from error
        except (Web3Exception, ValueError, KeyError, TypeError) as error:
            raise ChainUnavailable(network=self._network, reason="senseless_answer") from error

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        with self._asking():
            return question()

    def height(self) -> int:
        """See Gateway."""
        return self._ask(lambda: int(self._web3.eth.block_number))

    def block(self, height: int) -> Block | None:
        """See Gateway."""
        with self._asking():
            try:
                found = self._web3.eth.get_block(height)
            except BlockNotFound:
                return None
            mined_at = datetime.fromtimestamp(found["timestamp"], tz=UTC)
            return Block(int(found["number"]), hash_text(found["hash"]), hash_text(found["parentHash"]), mined_at)

    def transfers(self, block: Block, *, assets: Sequence[Asset], ours: AddressFilter) -> tuple[IncomingTransfer, ...]:
        """See Gateway."""
        by_contract = {asset.contract: asset for asset in assets}
        native = by_contract.pop(None, None)
        with self._asking():
            found = native_transfers(self._web3, block, native, ours) if native else []
            if by_contract:
                tokens = {to_checksum_address(contract): asset for contract, asset in by_contract.items() if contract}
                found += token_transfers(self._web3, block, tokens, ours)
        return tuple(found)

    def broadcast(self, raw: bytes) -> Broadcast:
        """See Gateway."""
        tx_hash = "0x" + keccak(raw).hex()
        try:
            with self._asking():
                try:
                    answer = hash_text(self._web3.eth.send_raw_transaction(raw))
                except Web3RPCError as error:
                    outcome, detail = outcome_of_refusal(error.rpc_response), str(error.message)[:200]
                else:
                    outcome = BroadcastOutcome.ACCEPTED if answer == tx_hash else BroadcastOutcome.UNKNOWN
                    detail = "" if answer == tx_hash else "the node answered another hash"
            if outcome is BroadcastOutcome.REFUSED and self.sighting(tx_hash) is not Sighting.NOWHERE:
                outcome = BroadcastOutcome.ALREADY_KNOWN  # "nonce too low" because this very transaction is mined
        except ChainUnavailable as error:
            return Broadcast(BroadcastOutcome.UNKNOWN, tx_hash, error.reason)
        return Broadcast(outcome, tx_hash, detail)

    def receipt(self, tx_hash: str) -> Receipt | None:
        """See Gateway."""
        with self._asking():
            try:
                found = self._web3.eth.get_transaction_receipt(HexStr(tx_hash))
            except TransactionNotFound:
                return None
            height, price = int(found["blockNumber"]), int(found["effectiveGasPrice"])
            return Receipt(
                tx_hash=tx_hash,
                height=height,
                block_hash=hash_text(found["blockHash"]),
                confirmations=max(int(self._web3.eth.block_number) - height + 1, 0),
                succeeded=found["status"] == 1,
                fee=from_units(int(found["gasUsed"]) * price, scale=evm_payload.NATIVE_SCALE),
            )

    def sighting(self, tx_hash: str) -> Sighting:
        """See Gateway."""
        with self._asking():
            try:
                found = self._web3.eth.get_transaction(HexStr(tx_hash))
            except TransactionNotFound:
                return Sighting.NOWHERE
            return Sighting.WAITING if found.get("blockNumber") is None else Sighting.MINED

    def proves_absence(
        self, *, payload: bytes, sender: str, tx_hashes: Collection[str], since: datetime, confirmations: int
    ) -> bool:
        """See Gateway."""
        nonce = evm_payload.read_fields(payload)["nonce"]
        deep = self.height() - confirmations + 1
        if deep < 0:
            return False
        payer = to_checksum_address(self.validate_address(sender))
        with self._asking():
            found = rival(self._web3, sender=payer, nonce=nonce, newest=deep)
        if found is None or found in tx_hashes:
            return False
        return all(self.sighting(tx_hash) is Sighting.NOWHERE for tx_hash in tx_hashes)

    def next_nonce(self, address: str) -> int:
        """See Gateway."""
        owner = to_checksum_address(self.validate_address(address))
        return self._ask(lambda: int(self._web3.eth.get_transaction_count(owner, "pending")))

    def spendable(self, address: str) -> tuple[Output, ...]:
        """See Gateway: an account has none."""
        return ()

    def balance(self, address: str, *, asset: Asset) -> Decimal:
        """See Gateway."""
        owner = to_checksum_address(self.validate_address(address))
        if asset.contract is None:
            units = self._ask(lambda: int(self._web3.eth.get_balance(owner)))
        else:
            call: Any = {
                "to": to_checksum_address(asset.contract),
                "data": "0x70a08231" + owner[2:].lower().rjust(64, "0"),
            }
            units = int.from_bytes(self._ask(lambda: self._web3.eth.call(call)), "big")
        return from_units(units, scale=asset.scale)
