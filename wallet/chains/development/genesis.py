"""What the development chain begins with. Nothing here depends on time or place, so every genesis is the same block."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_canonical_address
from eth_utils.crypto import keccak

CHAIN_ID = 131277322940537
"""eth-tester's number: no public network has it, so nothing signed for this chain is good anywhere else."""
GENESIS_AT = 1_767_225_600
"""2026-01-01T00:00:00Z, seconds since 1970."""
GAS_LIMIT = 30_000_000
USDT_ADDRESS = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
USDT_SCALE = 6
FAUCET_KEY = keccak(text="quaestor development faucet: a key that everybody knows")
FAUCET_WEI = 10**9 * 10**18
FAUCET_USDT_UNITS = 10**12 * 10**USDT_SCALE
_SUPPLY_SLOT, _BALANCE_SLOT, _ISSUER_SLOT = 0, 1, 3


@cache
def faucet() -> LocalAccount:
    """The account that owns everything at the beginning. Its key is public on purpose."""
    account: LocalAccount = Account.from_key(FAUCET_KEY)
    return account


@cache
def usdt_artifact() -> dict[str, Any]:
    """ABI, bytecode and storage layout of the token; see usdt/README.md."""
    artifact: dict[str, Any] = json.loads((Path(__file__).parent / "usdt" / "USDT.json").read_text())
    return artifact


def parameters() -> dict[str, Any]:
    """Header of block 0."""
    return {
        "coinbase": b"\0" * 20,
        "difficulty": 0,
        "extra_data": b"quaestor development",
        "gas_limit": GAS_LIMIT,
        "mix_hash": b"\0" * 32,
        "nonce": b"\0" * 8,
        "timestamp": GENESIS_AT,
    }


def state() -> dict[bytes, dict[str, Any]]:
    """Accounts of block 0: the faucet with all ether, the token with all its supply in the faucet's hands."""
    owner = to_canonical_address(faucet().address)
    balance_key = keccak(_BALANCE_SLOT.to_bytes(32, "big") + owner.rjust(32, b"\0"))
    return {
        owner: {"balance": FAUCET_WEI, "nonce": 0, "code": b"", "storage": {}},
        to_canonical_address(USDT_ADDRESS): {
            "balance": 0,
            "nonce": 1,
            "code": bytes.fromhex(usdt_artifact()["runtime"].removeprefix("0x")),
            "storage": {
                _SUPPLY_SLOT: FAUCET_USDT_UNITS,
                int.from_bytes(balance_key, "big"): FAUCET_USDT_UNITS,
                _ISSUER_SLOT: int.from_bytes(owner, "big"),
            },
        },
    }
