"""The gateway to Bitcoin, over the JSON-RPC of Bitcoin Core.

The node keeps an index of transactions (`txindex=1`) and watches the hot wallet's address in a wallet without private keys,
whose name stands in the URL (`/wallet/NAME`); see docs/chains.md. Only confirmed outputs are spent: no payment hangs from
another one whose fee may still be raised.

Source: Bitcoin Core, RPC documentation of its release 28; BIP-125.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from embit.transaction import Transaction

from wallet.chains import bitcoin_addresses, bitcoin_payload
from wallet.chains.amounts import to_units
from wallet.chains.bitcoin_answers import outcome_of_refusal
from wallet.chains.bitcoin_coins import choose
from wallet.chains.bitcoin_payload import DUST_SATOSHI, Coin
from wallet.chains.bitcoin_reading import BitcoinReader
from wallet.chains.bitcoin_rpc import RpcRefused
from wallet.chains.errors import ChainUnavailable, FeeNotRaisable, InvalidAddress, InvalidMemo, PaymentWouldFail
from wallet.chains.gateway import (
    Asset,
    Broadcast,
    BroadcastOutcome,
    Output,
    Payment,
    Reservation,
    Sighting,
    UnsignedTransaction,
)

FEE_TARGET_BLOCKS = 3
KILO = 1000
SATOSHI_PER_COIN = 10**8
CONFIRMATIONS_MAX = 9_999_999


class BitcoinGateway(BitcoinReader):
    """One network of Bitcoin's kind behind one node. Thread-safe; hold one per process."""

    def __init__(
        self,
        *,
        network: str,
        coin: str,
        url: str,
        chain: str,
        fee_rate_fallback: Decimal,
        fee_rate_max: Decimal,
        timeout_seconds: float,
    ) -> None:
        super().__init__(network=network, url=url, chain=chain, timeout_seconds=timeout_seconds)
        self._coin, self._fallback, self._maximum = coin, fee_rate_fallback, fee_rate_max

    @property
    def coin(self) -> str:
        """Code of the coin that pays its fees."""
        return self._coin

    @property
    def reserves(self) -> Reservation:
        """See Gateway."""
        return Reservation.OUTPUTS

    # --- addresses and payloads ----------------------------------------------------------------------------------

    def validate_address(self, text: str) -> str:
        """See Gateway."""
        return bitcoin_addresses.read(text, chain=self._chain, network=self._network).text

    def validate_recipient(self, text: str, *, asset: Asset, memo: str = "") -> str:
        """See Gateway."""
        found = bitcoin_addresses.read(text, chain=self._chain, network=self._network)
        if found.is_confidential:
            raise InvalidAddress(network=self._network, reason="confidential")
        if memo:
            raise InvalidMemo(network=self._network, reason="not_used")
        return found.text

    def read(self, payload: bytes) -> Payment:
        """See Gateway."""
        return bitcoin_payload.read(payload, chain=self._chain)

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
        to = self._script(self.validate_recipient(recipient, asset=asset, memo=memo))
        own = self._script(sender)
        paid = self._outputs(asset, to, to_units(amount, asset=asset, network=self._network))
        if any(0 < units < DUST_SATOSHI for _, units in paid):
            raise PaymentWouldFail(network=self._network, reason="dust")
        rate = self._fee_rate()
        total = sum(units for _, units in paid)
        chosen = choose(spendable, scripts=[script for script, _ in paid], own=own, units=total, rate=rate)
        if chosen is None:
            raise PaymentWouldFail(network=self._network, reason="insufficient_funds")
        with self._asking():
            coins = [Coin(output, self._raw(output.tx_hash)) for output in chosen.outputs]
        return bitcoin_payload.assemble(coins, own=own, paid=paid, change=chosen.change, sender=sender, nonce=nonce)

    def _outputs(self, asset: Asset, script: bytes, units: int) -> list[tuple[bytes, int]]:
        """Scripts and satoshi of what is paid."""
        return [(script, units)]

    def _script(self, address: str) -> bytes:
        return bitcoin_addresses.read(address, chain=self._chain, network=self._network).script

    def raised(self, payload: bytes, *, sender: str) -> UnsignedTransaction:
        """See Gateway."""
        rate, step = self._fee_rate(), self._relay_step()
        dearer = bitcoin_payload.raised(payload, rate=rate, step=step, sender=sender, nonce=-1)
        if dearer is None:
            raise FeeNotRaisable(network=self._network, reason="nothing_left")
        return dearer

    def _fee_rate(self) -> Decimal:
        """Satoshi for each virtual byte, as the node estimates it, within our bounds. Raises ChainUnavailable."""
        estimate = self._ask("estimatesmartfee", FEE_TARGET_BLOCKS).get("feerate")
        rate = Decimal(estimate) * SATOSHI_PER_COIN / KILO if estimate is not None else self._fallback
        if rate <= 0:
            raise ChainUnavailable(network=self._network, reason="no_fee_estimate")
        least = Decimal(self._ask("getmempoolinfo")["mempoolminfee"]) * SATOSHI_PER_COIN / KILO
        return min(max(rate, least), self._maximum)

    def _relay_step(self) -> Decimal:
        """What a replacement pays more for each of its virtual bytes, in satoshi: at least one."""
        info = self._ask("getmempoolinfo")
        step = Decimal(info.get("incrementalrelayfee", 0)) * SATOSHI_PER_COIN / KILO
        return max(step, Decimal(1))

    # --- the node ------------------------------------------------------------------------------------------------

    def _raw(self, tx_hash: str) -> bytes:
        raw = bytes.fromhex(self._rpc.call("getrawtransaction", tx_hash, 0))
        if Transaction.parse(raw).txid().hex() != tx_hash:
            raise ValueError("another transaction")
        return raw

    def broadcast(self, raw: bytes) -> Broadcast:
        """See Gateway."""
        try:
            tx_hash = Transaction.parse(raw).txid().hex()
        except Exception:  # noqa: BLE001  # embit raises whatever bytes make of it
            return Broadcast(BroadcastOutcome.REFUSED, "", "no transaction")
        outcome, detail = BroadcastOutcome.ACCEPTED, ""
        try:
            with self._asking():
                try:
                    answer = str(self._rpc.call("sendrawtransaction", raw.hex()))
                except RpcRefused as refusal:
                    outcome, detail = outcome_of_refusal(refusal.code, refusal.message), refusal.message[:200]
                else:
                    if answer != tx_hash:
                        outcome, detail = BroadcastOutcome.UNKNOWN, "the node answered another hash"
            if outcome is BroadcastOutcome.REFUSED and self.sighting(tx_hash) is not Sighting.NOWHERE:
                outcome = BroadcastOutcome.ALREADY_KNOWN
        except ChainUnavailable as error:
            return Broadcast(BroadcastOutcome.UNKNOWN, tx_hash, error.reason)
        return Broadcast(outcome, tx_hash, detail)

    def next_nonce(self, address: str) -> int:
        """See Gateway: the network knows none."""
        return 0

    def spendable(self, address: str) -> tuple[Output, ...]:
        """See Gateway."""
        with self._asking():
            found = self._rpc.call("listunspent", 1, CONFIRMATIONS_MAX, [address])
            script = self._script(address).hex()
            own = [one for one in found if one["scriptPubKey"] == script]
            return tuple(Output(str(one["txid"]), int(one["vout"]), Decimal(one["amount"])) for one in own)

    def balance(self, address: str, *, asset: Asset) -> Decimal:
        """See Gateway."""
        return sum((output.amount for output in self.spendable(self.validate_address(address))), Decimal(0))
