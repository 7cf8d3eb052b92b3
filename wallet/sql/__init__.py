"""SQL of the migrations. A file that a migration names is never edited once released: the next version is a new file."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def load(*names: str) -> str:
    """The text of the files, in that order."""
    return "\n".join((FOLDER / f"{name}.sql").read_text(encoding="utf-8") for name in names)
