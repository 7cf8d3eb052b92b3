"""Banks as data: names by code for countries with a national scheme; IBAN countries are known to the library `schwifty`.

The list of Taiwan's banks names those with a head office code of their own. Credit departments of farmers' and
fishermen's associations and credit cooperatives have codes outside it; such a code is taken by its shape, without a name.
Branches are loaded by operators: `kyc.services.bank_branches`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).with_name("banks_tw.json")


@dataclass(frozen=True)
class Scheme:
    """How accounts of one country are written."""

    bank: re.Pattern[str]
    branch: re.Pattern[str]
    number: re.Pattern[str]
    currency: str = ""
    banks: dict[str, str] = field(default_factory=dict)


OTHER = Scheme(
    bank=re.compile(r"[A-Z0-9]{2,16}", re.ASCII),
    branch=re.compile(r"[A-Z0-9]{2,16}", re.ASCII),
    number=re.compile(r"[A-Z0-9]{5,34}", re.ASCII),
)
"""Countries with neither an IBAN nor a scheme here."""


@lru_cache(maxsize=1)
def schemes() -> dict[str, Scheme]:
    """The national schemes by country."""
    known = json.loads(DATA.read_text(encoding="utf-8"))
    taiwan = Scheme(
        bank=re.compile(r"[0-9]{3}", re.ASCII),
        branch=re.compile(r"[0-9]{4}", re.ASCII),
        number=re.compile(r"[0-9]{8,16}", re.ASCII),
        currency="TWD",
        banks=known["banks"],
    )
    return {"TW": taiwan}


def of(country: str) -> Scheme:
    """The country's scheme, or what every other country is held to."""
    return schemes().get(country, OTHER)
