"""The clients that our signing is held against owe nothing to it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.apikeys import independent

NOT_OURS = {*sys.stdlib_module_names, "cryptography"}


def test_the_independent_clients_import_nothing_of_ours() -> None:
    tree = ast.parse(Path(independent.__file__).read_text())
    named = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    named += [node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in named} <= NOT_OURS
    assert "import_module" not in ast.dump(tree)
    clients = {"Client", "Ed25519Client", "BtseClient", "SpotClient"}
    assert {node.name for node in tree.body if isinstance(node, ast.ClassDef)} == {"Signed", *clients}
