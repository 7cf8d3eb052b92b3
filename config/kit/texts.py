"""Which of a sentence's three languages a customer reads."""

from __future__ import annotations

COLUMN = {"en": 0, "zh-CN": 1, "zh-TW": 2}
Said = tuple[str, str, str]
"""English, simplified Chinese, traditional Chinese."""


def spoken(said: Said, language: str) -> str:
    """The sentence in the language (`en`, `zh-CN`, `zh-TW`); English for others."""
    return said[COLUMN.get(language, 0)]
