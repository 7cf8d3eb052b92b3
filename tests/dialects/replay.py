"""Contract examples as data: a request, the documented answer, and what of it varies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "examples"


def examples(dialect: str) -> list[tuple[str, dict[str, Any]]]:
    """Every example of a dialect, by its file's name."""
    return [(path.stem, json.loads(path.read_text())) for path in sorted((FOLDER / dialect).glob("*.json"))]


def filled(value: Any, facts: dict[str, str]) -> Any:
    """The value with each `{name}` replaced by the fact of that name."""
    if isinstance(value, dict):
        return {name: filled(inner, facts) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, facts) for inner in value]
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: facts[found[1]], value)
    return value


def _kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def differences(documented: Any, served: Any, varies: set[str], where: str = "") -> Iterator[str]:
    """What a client written from the example would trip over.

    `varies` names paths whose value differs; their type doesn't. An entry ending in `?` may be null or
    missing as well, or be there where the example is null.
    """
    if f"{where}?" in varies and (served is None or documented is None):
        return
    if _kind(documented) != _kind(served):
        yield f"{where}: {_kind(served)} instead of {_kind(documented)}"
    elif isinstance(documented, dict):
        yield from _missing(documented, served, varies, where)
    elif isinstance(documented, list):
        if documented and not served and where not in varies:
            yield f"{where}: empty"
        for index, inner in enumerate(served[: len(documented) and len(served)]):
            yield from differences(documented[min(index, len(documented) - 1)], inner, varies, f"{where}[]")
    elif documented != served and where not in varies and f"{where}?" not in varies:
        yield f"{where}: {served!r} instead of {documented!r}"


def _missing(documented: dict[str, Any], served: dict[str, Any], varies: set[str], where: str) -> Iterator[str]:
    for name, inner in documented.items():
        path = f"{where}.{name}" if where else name
        if name in served:
            yield from differences(inner, served[name], varies, path)
        elif f"{path}?" not in varies:
            yield f"{path} is missing"
