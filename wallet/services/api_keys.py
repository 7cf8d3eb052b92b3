"""API keys with caps: whether there are such coins is known here, above the keys."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.services.second_factor import Proof
from apikeys.services import keys
from apikeys.services.keys import IssuedKey
from wallet.services import coins


def create(*, customer: User, proof: Proof | None, daily_caps: Mapping[str, Decimal], **wanted: Any) -> IssuedKey:
    """Issue a key whose caps are all in coins that we carry: one in another would hold nothing.

    Raises UnknownCoin, and what `keys.create` raises, which takes `wanted`.
    """
    for code in sorted(daily_caps):
        coins.get(code)
    return keys.create(customer=customer, proof=proof, daily_caps=daily_caps, **wanted)
