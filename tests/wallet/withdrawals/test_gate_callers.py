"""One gate leads to signing. Who may call it is written here, and read off the code."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("config", "accounts", "kyc", "wallet", "messaging", "apikeys")


def callers(name: str) -> set[str]:
    """Every function of the product in which `name` is called or handed on, as `path:function`."""
    found = set()
    for folder in PRODUCT:
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            for function in ast.walk(tree):
                if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                for node in ast.walk(function):
                    names = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
                    if names == name:
                        found.add(f"{path.relative_to(ROOT)}:{function.name}")
    return found


def test_only_the_reservation_the_raising_of_a_fee_and_the_signer_ask_the_gate():
    assert callers("require_standing_approval") == {
        "wallet/services/withdrawals/bumping.py:_pass_gate",
        "wallet/services/withdrawals/signing.py:_pass_gate",
        "wallet/services/withdrawals/signing.py:sign",
    }


def test_the_gates_of_both_kinds_of_withdrawals_and_nobody_else_ask_what_the_house_lets_out():
    assert callers("closed_at_the_gate_because") == {
        "wallet/services/withdrawals/gate.py:_require_open",
        "wallet/services/fiat_withdrawals/paying.py:begin",
    }
    movers = {user for user in callers("PAYING") if "State.PAYING, actor=" in _source(user)}
    assert movers == {"wallet/services/fiat_withdrawals/paying.py:begin"}


def test_only_the_reservation_behind_the_gate_moves_a_withdrawal_to_signing():
    users = callers("SIGNING")
    movers = {user for user in users if "SIGNING, actor=" in _source(user)}
    assert movers == {"wallet/services/withdrawals/signing.py:_pass_gate"}


def test_only_the_signing_service_creates_outgoing_transactions_and_writes_signed_bytes():
    creators = {user for user in callers("OutgoingTransaction") if "OutgoingTransaction.objects.create" in _source(user)}
    assert creators == {
        "wallet/services/withdrawals/bumping.py:_pass_gate",
        "wallet/services/withdrawals/signing.py:_pass_gate",
    }
    writers = {user for user in callers("signed_bytes") if "signed_bytes = " in _source(user)}
    assert writers == {"wallet/services/withdrawals/signing.py:sign"}


def _source(user: str) -> str:
    path, name = user.rsplit(":", 1)
    text = (ROOT / path).read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_source_segment(text, node) or ""
    return ""
