"""Pages over one ordered source: keyset underneath, so that page 10,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.request import QueryDict

from config.kit.errors import InvalidInput

PAGE_SIZE = 50
PAGE_SIZE_MAX = 100


class Source(Protocol):
    """An ordered list of rows by a unique whole number, as a read model offers it."""

    def rows(self, *, below: int | None, above: int | None, limit: int) -> Sequence[Any]:
        """At most `limit` rows nearest to the bound: descending and < `below`, or ascending and > `above`."""
        ...

    def position(self, row: Any) -> int:
        """The number by which the row is ordered."""
        ...


@dataclass(frozen=True)
class QuerySetSource:
    """A queryset as a Source, ordered by one unique whole-number field."""

    queryset: QuerySet[Any]
    field: str

    def rows(self, *, below: int | None, above: int | None, limit: int) -> list[Any]:
        """See Source."""
        found = self.queryset
        if above is not None:
            return list(found.filter(**{f"{self.field}__gt": above}).order_by(self.field)[:limit])
        if below is not None:
            found = found.filter(**{f"{self.field}__lt": below})
        return list(found.order_by(f"-{self.field}")[:limit])

    def position(self, row: Any) -> int:
        """See Source."""
        return int(getattr(row, self.field))


@dataclass(frozen=True)
class Page:
    """One page, newest first, with the addresses of its neighbours."""

    results: Sequence[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Keyset:
    """Newest first by a unique whole-number field; `?cursor=&size=`."""

    field: str = "id"

    def page(self, source: QuerySet[Any] | Source, request: HttpRequest, query: QueryDict | Mapping[str, Any]) -> Page:
        """The page that the query asks for. Raises InvalidInput for a cursor or size that isn't one."""
        rows_of: Source = QuerySetSource(source, self.field.lstrip("-")) if isinstance(source, QuerySet) else source
        size = _size(query.get("size"))
        direction, bound = _read_cursor(query.get("cursor"))
        if direction == "above":
            rows = list(rows_of.rows(below=None, above=bound, limit=size + 1))
            more_newer = len(rows) > size
            rows = rows[:size][::-1]
            more_older = True
        else:
            rows = list(rows_of.rows(below=bound, above=None, limit=size + 1))
            more_older = len(rows) > size
            rows = rows[:size]
            more_newer = bound is not None
        first = rows_of.position(rows[0]) if rows else None
        last = rows_of.position(rows[-1]) if rows else None
        return Page(
            results=rows,
            next=_address(request, f"b{last}", size) if rows and more_older else None,
            previous=_address(request, f"a{first}", size) if rows and more_newer else None,
        )


def _size(text: Any) -> int:
    if text is None:
        return PAGE_SIZE
    text = str(text)
    if not (text.isascii() and text.isdigit() and len(text) <= 4) or not 1 <= int(text) <= PAGE_SIZE_MAX:
        raise InvalidInput(fields={"size": [f"A whole number from 1 to {PAGE_SIZE_MAX} is due."]})
    return int(text)


def _read_cursor(text: Any) -> tuple[str, int | None]:
    if text is None:
        return "below", None
    try:
        plain = base64.urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4)).decode("ascii")
        bound = int(plain[1:])
    except (binascii.Error, UnicodeError, ValueError):
        plain, bound = "", 0
    if plain[:1] not in {"a", "b"} or not 0 <= bound < 2**63:
        raise InvalidInput(fields={"cursor": ["This cursor is not one of ours."]})
    return ("above" if plain[0] == "a" else "below"), bound


def _address(request: HttpRequest, cursor: str, size: int) -> str:
    query = request.GET.copy()
    query["cursor"] = base64.urlsafe_b64encode(cursor.encode()).decode().rstrip("=")
    query["size"] = str(size)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
