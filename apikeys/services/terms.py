"""What a dialect's document says of its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from apikeys.errors import TooManyNetworks
from apikeys.models import KEY_LENGTH, NETWORKS_MAX
from apikeys.services import networks as network_lists


@dataclass(frozen=True)
class Terms:
    """How long keys are, how many an account has, to how many networks one is bound.

    `keys_max` never widens API_KEYS_PER_CUSTOMER_MAX; all keys of the account count, whichever dialect made them.
    """

    key_length: int = KEY_LENGTH
    keys_max: int | None = None
    networks_max: int = NETWORKS_MAX

    @property
    def keys_allowed(self) -> int:
        """How many keys an account may have."""
        ours: int = settings.API_KEYS_PER_CUSTOMER_MAX
        return ours if self.keys_max is None else min(ours, self.keys_max)

    def networks_of(self, texts: Sequence[str]) -> list[str]:
        """The networks in canonical text, each once. Raises NetworkInvalid, TooManyNetworks."""
        allowed = network_lists.normalise(list(texts))
        if len(allowed) > self.networks_max:
            raise TooManyNetworks(networks_max=self.networks_max)
        return allowed


OURS = Terms()
