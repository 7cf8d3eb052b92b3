"""That a payment never arrives is proven by the rival that took its nonce, and by nothing less."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from config.kit.clock import now
from tests.wallet.chain_process import ETH
from tests.wallet.chains.test_gateway import CONFIRMATIONS, gateway, payer, recipient, sign
from wallet.chains.development.client import DevelopmentChainClient
from wallet.chains.evm import EvmGateway
from wallet.chains.evm_payload import EvmSigner
from wallet.chains.gateway import Sighting, SignedTransaction

__all__ = ["gateway", "payer", "recipient"]


def facts(gateway: EvmGateway, payer: EvmSigner, signed: SignedTransaction, nonce: int) -> dict[str, Any]:
    """What is known of a payment with that nonce."""
    any_payment = gateway.build(asset=ETH, sender=payer.address, recipient=payer.address, amount=Decimal("0.1"), nonce=nonce)
    return {
        "payload": any_payment.payload, "sender": payer.address, "tx_hashes": {signed.tx_hash},
        "since": now(), "confirmations": CONFIRMATIONS,
    }  # fmt: skip


def test_a_count_of_transactions_without_the_rival_itself_proves_nothing(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sign(gateway, payer, recipient, nonce=0)
    chain.mine(CONFIRMATIONS)
    monkeypatch.setattr(gateway._web3.eth, "get_transaction_count", lambda *_: 1)
    assert not gateway.proves_absence(**facts(gateway, payer, lost, 0))


def test_a_transaction_is_no_rival_of_itself_even_if_the_node_forgets_its_hash(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.mine_on_send(wanted=False)
    paid = [sign(gateway, payer, recipient, nonce=nonce) for nonce in range(2)]
    for one in paid:
        gateway.broadcast(one.raw)
    chain.mine(CONFIRMATIONS)
    monkeypatch.setattr(EvmGateway, "sighting", lambda *_: Sighting.NOWHERE)
    for nonce, one in enumerate(paid):  # both in one block
        assert not gateway.proves_absence(**facts(gateway, payer, one, nonce))


def test_the_rival_is_found_among_many_of_the_same_sender(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    for nonce in range(3):
        gateway.broadcast(sign(gateway, payer, recipient, nonce=nonce).raw)
    chain.mine(CONFIRMATIONS)

    def proven(nonce: int) -> bool:
        lost = sign(gateway, payer, recipient, amount="2", nonce=nonce)
        return gateway.proves_absence(**facts(gateway, payer, lost, nonce))

    assert [proven(nonce) for nonce in range(4)] == [True, True, True, False]


def test_absence_is_proven_only_by_a_deep_rival_with_the_same_nonce(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    lost, rival = sign(gateway, payer, recipient, nonce=0), sign(gateway, payer, recipient, amount="2", nonce=0)

    def proven(signed: SignedTransaction) -> bool:
        return gateway.proves_absence(**facts(gateway, payer, signed, 0))

    chain.mine(CONFIRMATIONS)
    assert not proven(lost)  # silence, however long
    gateway.broadcast(rival.raw)
    chain.mine(CONFIRMATIONS - 2)
    assert not proven(lost)  # the rival could still be reorganised away
    chain.mine(1)
    assert proven(lost)
    assert not proven(rival)


def test_a_replacement_that_was_mined_is_no_rival_of_what_it_replaced(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    former, dearer = sign(gateway, payer, recipient, nonce=0), sign(gateway, payer, recipient, amount="2", nonce=0)
    gateway.broadcast(dearer.raw)
    chain.mine(CONFIRMATIONS)
    alone = facts(gateway, payer, former, 0)
    assert gateway.proves_absence(**alone)
    assert not gateway.proves_absence(**{**alone, "tx_hashes": {former.tx_hash, dearer.tx_hash}})
