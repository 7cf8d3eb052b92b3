"""The signer's own eyes: it signs what the withdrawal says and nothing else; its key file is guarded."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.wallet.chain_process import ETH, USDT
from wallet.chains import evm_payload, registry
from wallet.chains.development import genesis
from wallet.chains.errors import PayloadUnreadable
from wallet.chains.gateway import Asset
from wallet.services import signing
from wallet.services.signing import KeyFileUnfit, SigningRefused, load_key, sign_one

RECIPIENT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
OTHER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
SIGNER = evm_payload.EvmSigner(b"\x07" * 32, chain_id=genesis.CHAIN_ID)
FEES = {"type": 2, "chainId": genesis.CHAIN_ID, "gas": 21_000, "maxFeePerGas": 2, "maxPriorityFeePerGas": 1}


def rows(
    asset: Asset = ETH, *, recipient: str = RECIPIENT, units: int | None = None, outgoing: dict[str, Any] | None = None,
    **fields: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """A withdrawal of 1.5 to RECIPIENT and its outgoing transaction, as they would be read from the database."""
    units = 15 * 10 ** (asset.scale - 1) if units is None else units
    target = evm_payload.target(asset=asset, recipient=recipient, units=units)
    made = evm_payload.unsigned({**FEES, "nonce": 4, **target, **fields}, sender=SIGNER.address)
    carried = SimpleNamespace(
        coin=SimpleNamespace(code=asset.coin),
        network=SimpleNamespace(code="ETHEREUM"),
        network_id=1,
        scale=asset.scale,
        contract_address=asset.contract or "",
    )
    withdrawal = SimpleNamespace(pk=9, coin_network=carried, address=RECIPIENT, memo="", amount=Decimal("1.5"))
    stored = {
        "replaces_id": None,
        "withdrawal_id": 9, "network_id": 1, "sender": SIGNER.address, "nonce": 4,
        "unsigned_payload": made.payload, "unsigned_hash": made.payload_hash,
    }  # fmt: skip
    return withdrawal, SimpleNamespace(**{**stored, **(outgoing or {})})


def sign(withdrawal: Any, outgoing: Any) -> tuple[bytes, str]:
    """As the process does."""
    return sign_one(withdrawal, outgoing, signers={"ETHEREUM": SIGNER})


@pytest.mark.parametrize("asset", [ETH, USDT])
def test_what_agrees_is_signed_and_twice_the_same(asset: Asset) -> None:
    assert sign(*rows(asset)) == sign(*rows(asset))


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"recipient": OTHER}, "address"),
        ({"units": 15 * 10**17 + 1}, "amount"),
        ({"asset": USDT, "units": 1_500_001}, "amount"),
        ({"nonce": 5}, "nonce"),
        ({"maxFeePerGas": 10**14}, "fee"),
        ({"outgoing": {"sender": OTHER}}, "sender"),
        ({"outgoing": {"withdrawal_id": 8}}, "withdrawal"),
        ({"outgoing": {"network_id": 2}}, "network"),
        ({"outgoing": {"unsigned_hash": b"\0" * 32}}, "hash"),
    ],
)
def test_what_differs_in_any_point_is_not_signed(changes: dict[str, Any], because: str) -> None:
    with pytest.raises(SigningRefused) as refusal:
        sign(*rows(**changes))
    assert refusal.value.reason == because


def test_a_token_that_is_not_the_coins_is_not_signed() -> None:
    withdrawal, outgoing = rows(USDT)
    withdrawal.coin_network.contract_address = OTHER
    with pytest.raises(SigningRefused) as refusal:
        sign(withdrawal, outgoing)
    assert refusal.value.reason == "contract"


def test_a_payload_of_another_chain_is_not_signed() -> None:
    with pytest.raises(PayloadUnreadable):
        sign(*rows(chainId=1))


def test_a_network_without_a_key_is_not_signed() -> None:
    with pytest.raises(SigningRefused):
        sign_one(*rows(), signers={})


def test_a_key_is_made_once_and_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "signer" / "key"
    for _ in range(2):
        call_command("make_signer_key", file=path)
    first, second = capsys.readouterr().out.split()
    assert first == second
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(load_key(path)) == 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text("07" * 32)
    path.chmod(mode)
    with pytest.raises(KeyFileUnfit, match="0600"):
        load_key(path)


@pytest.mark.parametrize("content", ["", "07" * 31, "zz" * 32, "07" * 33])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnfit):
        load_key(path)


def test_a_link_or_nothing_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("07" * 32)
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name in ("link", "absent"):
        with pytest.raises(KeyFileUnfit):
            load_key(tmp_path / name)


def test_a_key_of_another_wallet_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.EVM_HOT_WALLET_ADDRESS = OTHER
    path = tmp_path / "key"
    path.write_text("07" * 32)
    path.chmod(0o600)
    with pytest.raises(KeyFileUnfit, match="hot wallet"):
        signing.signers({"ETHEREUM": path})


def test_two_networks_do_not_pay_from_one_wallet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    path.write_text("07" * 32)
    path.chmod(0o600)
    twin = {**registry.CONNECTIONS, "OTHER": registry.CONNECTIONS["ETHEREUM"]}
    monkeypatch.setattr(registry, "CONNECTIONS", twin)
    with pytest.raises(KeyFileUnfit, match="another network"):
        signing.signers({"ETHEREUM": path, "OTHER": path})


def test_a_payment_with_a_memo_is_not_signed_without_it() -> None:
    withdrawal, outgoing = rows()
    withdrawal.memo = "7"
    with pytest.raises(SigningRefused) as refusal:
        sign(withdrawal, outgoing)
    assert refusal.value.reason == "memo"


def test_a_signer_without_a_key_file_does_not_start(settings: Any) -> None:
    settings.SIGNER_KEY_FILE = ""
    with pytest.raises(CommandError):
        call_command("run_signer", once=True)
