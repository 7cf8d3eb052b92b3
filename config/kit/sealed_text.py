"""A column of text that stands sealed in the database and is read and written as plain text by the code.

For a few words that the product itself has to read in many places. Personal data of identity checks stand under the
customer's own key instead. What was written in clear before the column was sealed is read as it is; `manage.py rotate_keys`
seals it.
"""

from __future__ import annotations

import base64
import logging
from typing import Any, Self

from django.db import models

from config.kit import crypto

PREFIX = "sealed:1:"
logger = logging.getLogger(__name__)


def seal_text(plain: str, *, context: str) -> str:
    """The text as it stands in the column. Nothing is sealed of an empty one: that there is none is no secret."""
    if not plain:
        return plain
    return stored_text(crypto.seal(plain.encode(), context=context))


def stored_text(sealed: bytes) -> str:
    """A sealed value as it stands in a column."""
    return PREFIX + base64.b64encode(sealed).decode()


def unseal_text(stored: str, *, context: str) -> str:
    """The inverse of `seal_text`. Raises crypto.Unsealable."""
    if not stored.startswith(PREFIX):
        return stored
    return crypto.unseal(sealed_bytes(stored), context=context).decode()


def sealed_bytes(stored: str) -> bytes:
    """The sealed value within a column's text. Raises crypto.Unsealable."""
    try:
        return base64.b64decode(stored.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise crypto.Unsealable("not base64") from None


class Unopened(str):
    """What a sealed text reads as that can't be opened: empty. Written back, it stands in the column as it stood."""

    __slots__ = ("stored",)
    stored: str

    def __new__(cls, stored: str) -> Self:
        """Empty, and `stored` beside it."""
        made = super().__new__(cls, "")
        made.stored = stored
        return made


class SealedText(models.TextField):  # type: ignore[type-arg]  # Django's class takes no parameters when it runs
    """Text that is sealed on its way into the database. It can be asked for emptiness, and for nothing else."""

    context: str = ""

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        """The column's own name is what its values are bound to."""
        super().contribute_to_class(cls, name, private_only)
        self.context = f"{cls._meta.label_lower}.{name}"

    def from_db_value(self, value: str | None, *_rest: Any) -> str | None:
        """Plain text. One that can't be opened reads as empty: a lost key must not keep its owner from signing in.

        Where the row is saved as a whole, what stands there is kept: the key may come back.
        """
        if value is None:
            return None
        try:
            return unseal_text(value, context=self.context)
        except crypto.Unsealable:
            logger.warning("a sealed text of %s can't be opened", self.context)
            return Unopened(value)

    def get_prep_value(self, value: Any) -> Any:
        """Sealed text."""
        if isinstance(value, Unopened):
            return value.stored
        plain = super().get_prep_value(value)
        return plain if plain is None else seal_text(plain, context=self.context)
