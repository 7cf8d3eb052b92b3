"""Public ids: random, unguessable, and below 2^53 so that a client's JSON numbers keep them whole."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import models

PUBLIC_ID_MIN = 10**15
PUBLIC_ID_MAX = 2**53 - 1


def random_id() -> int:
    """A random id between PUBLIC_ID_MIN and PUBLIC_ID_MAX: sixteen digits on the wire."""
    return PUBLIC_ID_MIN + secrets.randbelow(PUBLIC_ID_MAX - PUBLIC_ID_MIN + 1)


def read_public_id(text: object) -> int | None:
    """The id that the text names, or None where it can't be one: such a text names nothing."""
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or len(text) != 16 or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int, int]
else:
    _BigInteger = models.BigIntegerField  # Django's fields take no parameters when they run


class PublicIdField(_BigInteger):
    """The id by which the outside world knows a row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", random_id)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)
