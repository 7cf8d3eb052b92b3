"""That a payment never arrives is proven by the rival that took its nonce, and by nothing less."""

from __future__ import annotations

import pytest

from tests.wallet.chains.test_gateway import CONFIRMATIONS, gateway, payer, recipient, sign
from wallet.chains.development.client import DevelopmentChainClient
from wallet.chains.evm import EvmGateway
from wallet.chains.evm_payload import EvmSigner
from wallet.chains.gateway import Sighting, SignedTransaction

__all__ = ["gateway", "payer", "recipient"]


def test_a_count_of_transactions_without_the_rival_itself_proves_nothing(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sign(gateway, payer, recipient, nonce=0)
    chain.mine(CONFIRMATIONS)
    monkeypatch.setattr(gateway._web3.eth, "get_transaction_count", lambda *_: 1)
    assert not gateway.proves_absence(tx_hash=lost.tx_hash, sender=payer.address, nonce=0, confirmations=CONFIRMATIONS)


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
        assert not gateway.proves_absence(tx_hash=one.tx_hash, sender=payer.address, nonce=nonce, confirmations=CONFIRMATIONS)


def test_the_rival_is_found_among_many_of_the_same_sender(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    for nonce in range(3):
        gateway.broadcast(sign(gateway, payer, recipient, nonce=nonce).raw)
    chain.mine(CONFIRMATIONS)

    def proven(nonce: int) -> bool:
        lost = sign(gateway, payer, recipient, amount="2", nonce=nonce)
        return gateway.proves_absence(tx_hash=lost.tx_hash, sender=payer.address, nonce=nonce, confirmations=CONFIRMATIONS)

    assert [proven(nonce) for nonce in range(4)] == [True, True, True, False]


def test_absence_is_proven_only_by_a_deep_rival_with_the_same_nonce(
    gateway: EvmGateway, chain: DevelopmentChainClient, payer: EvmSigner, recipient: str
) -> None:
    lost, rival = sign(gateway, payer, recipient, nonce=0), sign(gateway, payer, recipient, amount="2", nonce=0)

    def proven(signed: SignedTransaction) -> bool:
        return gateway.proves_absence(tx_hash=signed.tx_hash, sender=payer.address, nonce=0, confirmations=CONFIRMATIONS)

    chain.mine(CONFIRMATIONS)
    assert not proven(lost)  # silence, however long
    gateway.broadcast(rival.raw)
    chain.mine(CONFIRMATIONS - 2)
    assert not proven(lost)  # the rival could still be reorganised away
    chain.mine(1)
    assert proven(lost)
    assert not proven(rival)
