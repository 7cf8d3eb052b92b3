"""Reading bodies: JSON with exact numbers, forms, uploads. What can't be read is refused, never guessed."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, FormParser, MultiPartParser

from config.kit.errors import DomainError, MalformedBody, TooLarge
from config.kit.spooling import SpoolFull

DEPTH_MAX = 20
"""Levels of nesting that a JSON body may have."""


def _exact(lexeme: str) -> Decimal:
    try:
        return Decimal(lexeme)
    except InvalidOperation:
        raise MalformedBody(reason="a number is out of range") from None


def _plain(lexeme: str) -> Decimal:
    if "e" in lexeme.lower():
        raise MalformedBody(reason="numbers are written without an exponent")
    return _exact(lexeme)


def _constant(lexeme: str) -> None:
    raise MalformedBody(reason=f"{lexeme} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise MalformedBody(reason="a name stands twice")
    return body


def refuse_unstorable(value: Any, depth: int = 0) -> None:
    """Raise MalformedBody where a text holds a NUL or half a surrogate pair, or the nesting is too deep."""
    if depth > DEPTH_MAX:
        raise MalformedBody(reason="nested too deeply")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise MalformedBody(reason="a text holds a character that can't be stored")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            refuse_unstorable(name, depth + 1)
            refuse_unstorable(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            refuse_unstorable(inner, depth + 1)


class ExactJSONParser(BaseParser):
    """JSON whose numbers become int or Decimal from their lexeme; NaN, repeated names and deep nesting are refused."""

    media_type = "application/json"
    number = staticmethod(_exact)

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body as Python values. Raises MalformedBody, TooLarge."""
        raw = stream.read(settings.BODY_BYTES_MAX + 1)
        if len(raw) > settings.BODY_BYTES_MAX:
            raise TooLarge(bytes_max=settings.BODY_BYTES_MAX)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise MalformedBody(reason="it is not UTF-8") from None
        try:
            body = json.loads(text, parse_float=self.number, parse_constant=_constant, object_pairs_hook=_once) if text else {}
        except DomainError:
            raise
        except (ValueError, RecursionError):
            raise MalformedBody(reason="it is not JSON") from None
        refuse_unstorable(body)
        return body


class PlainJSONParser(ExactJSONParser):
    """The same, where numbers in exponent form are refused too."""

    number = staticmethod(_plain)


class ExactFormParser(FormParser):
    """Urlencoded forms, in which each name stands once."""

    encoding = "ascii"
    left_over: frozenset[str] = frozenset()
    """Names that may stand several times, and then say nothing."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The fields as a plain dictionary. Raises MalformedBody, TooLarge."""
        raw = stream.read(settings.BODY_BYTES_MAX + 1)
        if len(raw) > settings.BODY_BYTES_MAX:
            raise TooLarge(bytes_max=settings.BODY_BYTES_MAX)
        try:
            pairs = parse_qsl(
                raw.decode(self.encoding),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
            )
        except ValueError:
            raise MalformedBody(reason="it is not a form") from None
        said = Counter(name for name, _ in pairs)
        fields = _once([pair for pair in pairs if said[pair[0]] == 1 or pair[0] not in self.left_over])
        refuse_unstorable(fields)
        return fields


class LooseFormParser(ExactFormParser):
    """Urlencoded forms of clients that escape nothing: what is not ASCII is UTF-8, a lone `%` is itself.

    A signed link that such a client sends is cut at its `&token=`: two of them leave two tokens over.
    """

    encoding = "utf-8"
    left_over = frozenset({"token"})


class UnlabelledJSONParser(PlainJSONParser):
    """JSON of clients that name no media type, or that of plain text, which none means (RFC 2045, 5.2)."""

    media_type = "text/plain"


class FormOrJSONParser(LooseFormParser):
    """Forms, and JSON that a client calls a form without having been asked: no field's name begins with a brace."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The fields. Raises MalformedBody, TooLarge."""
        raw = stream.read(settings.BODY_BYTES_MAX + 1)
        reader: BaseParser = PlainJSONParser() if raw.lstrip()[:1] == b"{" else LooseFormParser()
        return reader.parse(io.BytesIO(raw), media_type, parser_context)


class ExactMultiPartParser(MultiPartParser):
    """Uploads with their fields."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The fields and files. Raises MalformedBody, TooLarge."""
        try:
            return super().parse(stream, media_type, parser_context)
        except SpoolFull as full:
            raise TooLarge(bytes_max=full.bytes_max) from None
        except RequestDataTooBig:
            raise TooLarge(bytes_max=settings.UPLOAD_BYTES_MAX) from None
        except (ParseError, MultiPartParserError, TooManyFieldsSent, TooManyFilesSent, ValueError):
            raise MalformedBody(reason="it is not a multipart form") from None


PARSERS: dict[str, type[BaseParser]] = {
    "json": ExactJSONParser,
    "plain_json": PlainJSONParser,
    "form": ExactFormParser,
    "loose_form": LooseFormParser,
    "multipart": ExactMultiPartParser,
    "unlabelled_json": UnlabelledJSONParser,
    "form_or_json": FormOrJSONParser,
}
NOT_OFFERED = frozenset({"unlabelled_json"})
"""Forms that are read where they come, and that no description asks for."""
