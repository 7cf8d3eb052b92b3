"""Where prices come from: one question, three answers (HTTP, a file, made up for development).

The JSON of HTTP and file: `{"taken_at": "2026-01-31T12:00:00Z", "rates": [{"base": "BTC", "quote": "USDT", "price": "60000.5",
"change_percent": "1.25"}]}`. Numbers may be JSON numbers, read from their digits; `change_percent` may be null or absent;
`taken_at` may stand in a rate as well and then counts for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import httpx
from django.utils.dateparse import parse_datetime

from config.kit import money
from config.kit.clock import now
from config.rate_source import RateSource
from wallet.models.rates import CHANGE_DIGITS_MAX, CHANGE_PLACES
from wallet.services.rates.errors import RatesUnavailable

ANSWER_BYTES_MAX = 1024 * 1024
RATES_MAX = 5_000
"""Prices that are read of one answer."""
CODE_CHARACTERS_MAX = 16
DEVELOPMENT_PRICES = {
    ("BTC", "USDT"): ("60000", "1.5"),
    ("ETH", "USDT"): ("3000", "-0.75"),
    ("TRX", "USDT"): ("0.125", "0"),
    ("USDT", "USD"): ("1", None),
    ("USDT", "TWD"): ("32", None),
    ("USDT", "CNY"): ("7.25", None),
}
"""Base and quote → price and percent of 24 hours."""


@dataclass(frozen=True)
class Told:
    """One price as a source tells it."""

    base: str
    quote: str
    price: Decimal
    change_percent: Decimal | None
    taken_at: datetime


@dataclass(frozen=True)
class Answer:
    """All that a source told, and how many of its entries could not be read."""

    rates: tuple[Told, ...]
    unreadable: int = 0


class RateProvider(Protocol):
    """A source of prices. Another one only needs these lines."""

    name: str

    def fetch(self) -> Answer:
        """Every price that it has now. Raises RatesUnavailable."""
        ...


class HttpRates:
    """A server that tells prices by HTTP."""

    def __init__(self, source: RateSource, *, timeout_seconds: float) -> None:
        self.name, self.address, self.timeout_seconds = source.name, source.address, timeout_seconds
        bearer = source.password if source.user == "bearer" else ""
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        self._basic = (source.user, source.password) if source.user and not bearer else None

    def fetch(self) -> Answer:
        """One GET that follows nothing, ends in time and reads no more than ANSWER_BYTES_MAX. Raises RatesUnavailable."""
        try:
            return read(self._body())
        except httpx.HTTPError as trouble:
            raise RatesUnavailable(reason=f"no answer ({type(trouble).__name__})") from None

    def _body(self) -> bytes:
        ends_at = time.monotonic() + self.timeout_seconds
        body = b""
        with (
            httpx.Client(timeout=self.timeout_seconds, auth=self._basic, trust_env=False) as client,
            client.stream("GET", self.address, headers=self._headers) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise RatesUnavailable(reason=f"it answered {answer.status_code}")
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > ANSWER_BYTES_MAX:
                    raise RatesUnavailable(reason="the answer is too long")
                if time.monotonic() > ends_at:
                    raise RatesUnavailable(reason="the answer took too long")
        return body


class FileRates:
    """A file that another program writes."""

    def __init__(self, source: RateSource) -> None:
        self.name, self.path = source.name, Path(source.address)

    def fetch(self) -> Answer:
        """What stands in it now. Raises RatesUnavailable."""
        try:
            with self.path.open("rb") as file:
                body = file.read(ANSWER_BYTES_MAX + 1)
        except OSError as trouble:
            raise RatesUnavailable(reason=f"the file can't be read ({type(trouble).__name__})") from None
        if len(body) > ANSWER_BYTES_MAX:
            raise RatesUnavailable(reason="the file is too long")
        return read(body)


class DevelopmentRates:
    """Prices that are made up and always of this moment."""

    name = "development"

    def fetch(self) -> Answer:
        """The same each time."""
        moment = now()
        return Answer(
            tuple(
                Told(base, quote, Decimal(price), None if change is None else Decimal(change), moment)
                for (base, quote), (price, change) in DEVELOPMENT_PRICES.items()
            )
        )


def provider(source: RateSource, *, timeout_seconds: float) -> RateProvider:
    """The provider of a source."""
    if source.kind == "development":
        return DevelopmentRates()
    if source.kind == "file":
        return FileRates(source)
    return HttpRates(source, timeout_seconds=timeout_seconds)


def read(body: bytes) -> Answer:
    """The prices in our JSON; an entry that is none is counted and left out. Raises RatesUnavailable."""
    if body.count(b"[") + body.count(b"{") > RATES_MAX + 2:
        raise RatesUnavailable(reason="it is not our form")  # before a parser goes down into it
    try:
        whole = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        raise RatesUnavailable(reason="it is not JSON") from None
    rows = whole.get("rates") if isinstance(whole, dict) else None
    if not isinstance(rows, list) or len(rows) > RATES_MAX:
        raise RatesUnavailable(reason="it is not our form")
    told = [_told(row, whole.get("taken_at")) for row in rows]
    return Answer(tuple(one for one in told if one is not None), unreadable=sum(one is None for one in told))


def _told(row: Any, moment: Any) -> Told | None:
    if not isinstance(row, Mapping):
        return None
    base, quote = row.get("base"), row.get("quote")
    taken_at = _moment(row.get("taken_at", moment))
    if not (isinstance(base, str) and isinstance(quote, str)) or taken_at is None:
        return None
    if not (0 < len(base) <= CODE_CHARACTERS_MAX and 0 < len(quote) <= CODE_CHARACTERS_MAX):
        return None
    try:
        price = money.parse(row.get("price"))
        change = row.get("change_percent")
        percent = None if change is None else _percent(change)
    except money.AmountInvalid:
        return None
    return Told(base, quote, price, percent, taken_at) if price > 0 else None


def _percent(value: Any) -> Decimal:
    """To eight places: it is shown and nothing is computed with it. Raises AmountInvalid."""
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < CHANGE_DIGITS_MAX:
        value = money.round_down(value, CHANGE_PLACES)  # sources divide, and send as many digits as a float has
    percent = money.parse(value)
    if not -100 <= percent < 10**CHANGE_DIGITS_MAX:
        raise money.AmountInvalid(reason="no change that a price can make")
    return money.round_down(percent, CHANGE_PLACES)


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = parse_datetime(value)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
