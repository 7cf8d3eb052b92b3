"""What a dialect's document promises of a transfer where it differs from ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

PATH = "/transfers/link"


def own_page(token: str) -> str:
    """The address of our own page, or of the configured one. Browsers keep to themselves what stands behind the `#`."""
    page = settings.TRANSFER_LINK_URL or f"{settings.PUBLIC_URL.rstrip('/')}{PATH}"
    return f"{page}#{token}"


@dataclass(frozen=True)
class Manner:
    """How transfers are asked for.

    `link` makes the address in the mail of a token. With `proof_at_request` the second factor is shown when the transfer
    is asked for, by whoever has to show one, and not again at the confirmation.
    """

    link: Callable[[str], str] = own_page
    proof_at_request: bool = False


OURS = Manner()
"""That of our own API."""
