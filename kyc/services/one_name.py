"""A name that is written in one piece, as some dialects ask for it: family and given name apart, and together again."""

from __future__ import annotations

import unicodedata

from kyc.errors import IdentityInvalid

COMPOUND = frozenset((
    "歐陽", "欧阳", "司馬", "司马", "諸葛", "诸葛", "上官", "司徒", "夏侯", "東方", "东方", "皇甫", "尉遲",
    "尉迟", "公孫", "公孙", "慕容", "令狐", "長孫", "长孙", "宇文", "張簡", "范姜", "端木", "百里",
))  # fmt: skip
"""Family names of two characters."""
CHARACTERS_MIN = 2


def split(name: str) -> tuple[str, str]:
    """Given and family name. Of Chinese characters the family name comes first; else it is the last word.

    Where the two part decides nothing: both are compared joined, in either order. Raises IdentityInvalid.
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    words = plain.split(" ")
    if len(words) > 1:
        return " ".join(words[:-1]), words[-1]
    if not _is_chinese(plain) or len(plain) < CHARACTERS_MIN:
        raise IdentityInvalid(name="name", reason="A family name and a given name are due.")
    family = 2 if plain[:2] in COMPOUND and len(plain) > CHARACTERS_MIN else 1
    return plain[family:], plain[:family]


def joined(*, first_name: str, last_name: str) -> str:
    """The name as it is written: 林小得, Ada Lovelace."""
    if _is_chinese(first_name) and _is_chinese(last_name):
        return f"{last_name}{first_name}"
    return f"{first_name} {last_name}"


def _is_chinese(text: str) -> bool:
    return bool(text) and all("CJK" in unicodedata.name(character, "") for character in text)
