"""What the import contracts can't say: parts of a package that a layer may not know."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "kyc", "wallet", "messaging", "apikeys")
FORBIDDEN = ("django.http", "django.shortcuts", "django.views", "rest_framework")
"""What services and models never import: they know no request."""


def sources() -> list[Path]:
    """The modules of services and models of every app."""
    found: list[Path] = []
    for app in APPS:
        for part in ("services", "models"):
            found += (ROOT / app / part).rglob("*.py")
            found += (ROOT / app).glob(f"{part}.py")
    return sorted(found)


def imports(source: Path) -> set[str]:
    """The names that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("source", sources(), ids=lambda source: str(source.relative_to(ROOT)))
def test_services_and_models_know_no_request(source: Path) -> None:
    known = {name for name in imports(source) if name in FORBIDDEN or name.startswith(tuple(f"{part}." for part in FORBIDDEN))}
    assert not known
