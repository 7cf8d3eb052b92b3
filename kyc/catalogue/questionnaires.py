"""Questionnaires as data. A version, once asked, never changes; a new one is added and becomes CURRENT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OTHER_VALUE_LENGTH_MAX = 200


@dataclass(frozen=True)
class Question:
    """One question. `options` are the answers' words with their English text; `asks_more` those that need free text."""

    name: str
    text: str
    options: Mapping[str, str]
    asks_more: frozenset[str] = frozenset()


QUESTIONNAIRES: dict[int, tuple[Question, ...]] = {
    1: (
        Question(
            "q1",
            "What do you want to use the account for?",
            {"investment": "Investment", "payment": "Payment", "other": "Something else"},
            frozenset({"other"}),
        ),
        Question(
            "q2",
            "Do you, a relative or a partner hold a high public office?",
            {"no": "No", "yes": "Yes"},
            frozenset({"yes"}),
        ),
        Question(
            "q3",
            "How long have you dealt with crypto assets?",
            {
                "first_time": "This is the first time",
                "less_than_1": "Less than one year",
                "1_to_3": "One to three years",
                "over_3": "More than three years",
            },
        ),
        Question(
            "q4",
            "What is your yearly income?",
            {
                "less_than_50": "Less than TWD 500,000",
                "between_50_to_100": "TWD 500,000 to 1,000,000",
                "over_100": "More than TWD 1,000,000",
            },
        ),
    ),
}
"""Version → questions. Source of version 1: bitgin: Apply USDT Buy / Sell Permission (it leaves the questions' texts open)."""

CURRENT = 1
