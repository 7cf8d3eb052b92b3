"""The second factor has one door: nothing outside it compares what a customer shows."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "kyc", "wallet", "messaging", "apikeys")
DOOR = "accounts/services/second_factor.py"
CHECKS = {
    ("totp", "check"): {
        DOOR,
        "accounts/services/totp_binding.py",  # the first code of a new app proves that app, and the door was passed before
        "accounts/services/staff.py",  # officers sign in at a door of their own, with the authenticator alone
    },
    ("assertions", "check"): {DOOR},
    ("recovery_codes", "check"): {DOOR},
}
"""By module and function: who may call what compares a factor."""
DESTINATIONS = {
    "REGISTRATION", "QUICK_REGISTRATION", "ACTIVATION", "LOGIN", "OTHER_PLACE", "RECOVERY", "ACCOUNT_RECOVERY",
    "EMAIL_BIND", "PHONE_BIND", "KYC", "KYC_PHONE",
}  # fmt: skip
"""Purposes whose codes prove that somebody reads an address or phone, not that a customer shows a second factor."""
BY_VARIABLE = {
    ("accounts/services/registration.py", "shown.purpose"),  # REGISTRATION or QUICK_REGISTRATION
    ("accounts/services/contacts.py", "contact.change"),  # the old address; the factor is asked for beside it
    ("accounts/services/contacts.py", "contact.bind"),  # the new address
}
"""Calls that don't name the purpose in place."""


def calls() -> list[tuple[str, ast.Call, str, str]]:
    """Each call `module.function(…)` in the apps: file, call, module, function."""
    found = []
    for app in APPS:
        for source in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(source.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    owner = node.func.value
                    if isinstance(owner, ast.Name):
                        found.append((str(source.relative_to(ROOT)), node, owner.id, node.func.attr))
    return found


def test_only_the_door_compares_a_factor() -> None:
    callers: dict[tuple[str, str], set[str]] = {check: set() for check in CHECKS}
    for source, _, module, function in calls():
        if (module, function) in callers:
            callers[module, function].add(source)
    assert callers == CHECKS


def test_codes_past_the_door_prove_an_address_only() -> None:
    past = {
        (source, ast.unparse(purpose.value))
        for source, call, module, function in calls()
        if (module, function) == ("codes", "verify") and source != DOOR
        for purpose in call.keywords
        if purpose.arg == "purpose"
    }
    assert past
    unknown = {(source, purpose) for source, purpose in past if purpose.rpartition(".")[2] not in DESTINATIONS}
    assert unknown <= BY_VARIABLE


def test_nobody_takes_the_function_alone_past_the_sight_of_this_test() -> None:
    for app in APPS:
        for source in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(source.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module:
                    taken = {(node.module.rpartition(".")[2], alias.name) for alias in node.names}
                    assert not taken & {*CHECKS, ("codes", "verify")}, source
