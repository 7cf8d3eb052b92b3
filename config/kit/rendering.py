"""JSON whose numbers are exact: a Decimal that a document wants as a number leaves with all its digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from rest_framework.renderers import JSONRenderer

_MARK = "\x00exact:"
_MARKED = re.compile(rb'"\\u0000exact:(-?[0-9]+(?:\.[0-9]+)?)"', re.ASCII)
"""No text of ours holds a NUL (`refuse_unstorable`), so nothing else looks like this."""


class ExactNumber(str):
    """A decimal as the text that stands in the JSON without quotes."""

    __slots__ = ()

    def __new__(cls, amount: Decimal) -> Self:
        """`0.10` stays `0.10`; never an exponent. Raises ValueError for what is no number."""
        if not amount.is_finite():
            raise ValueError("JSON has no such number")
        return super().__new__(cls, f"{_MARK}{amount:f}")


class ExactJSONRenderer(JSONRenderer):
    """DRF's renderer, and numbers that are exact."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The JSON."""
        rendered = super().render(data, accepted_media_type, renderer_context)
        return _MARKED.sub(rb"\1", rendered) if b"\\u0000exact:" in rendered else rendered
