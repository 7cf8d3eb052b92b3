"""Which parser reads a body and which renderer writes an answer."""

from __future__ import annotations

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

UNNAMED = "text/plain"
"""What a body is whose sender does not say. Source: RFC 2045, 5.2."""


class OneRenderer(BaseContentNegotiation):
    """Every answer is JSON, whatever the client accepts: a refusal that can't be read helps nobody."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        """The first parser that reads the body's media type; none is plain text."""
        media_type = (request.content_type or "").split(";")[0].strip().lower() or UNNAMED
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        """JSON."""
        return renderers[0], renderers[0].media_type
