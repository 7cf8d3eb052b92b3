"""Where a network address is: its country by the registries' lists, its city where a GeoIP database is configured."""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

import iptocc
import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)
CITY_LENGTH_MAX = 64


@dataclass(frozen=True)
class Place:
    """ISO 3166 code of the country and English name of the city, empty where unknown."""

    country: str = ""
    city: str = ""


def place_of(ip: str) -> Place:
    """The place of a public address; nothing of private and unknown ones."""
    address = ipaddress.ip_address(ip)
    if not address.is_global:
        return Place()
    found = _looked_up(str(address))
    country = _text(found, "country", "iso_code") or str(iptocc.country_code(str(address)) or "")
    return Place(country=country[:2], city=_text(found, "city", "names", "en")[:CITY_LENGTH_MAX])


@cache
def _database(path: str) -> maxminddb.Reader | None:
    """The configured database, opened once. A broken one costs the cities, not the sign-ins."""
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError):
        logger.exception("GEOIP_DATABASE can't be read")
        return None


def _looked_up(ip: str) -> Any:
    database = _database(settings.GEOIP_DATABASE) if settings.GEOIP_DATABASE else None
    try:
        return database.get(ip) if database is not None else None
    except (ValueError, maxminddb.InvalidDatabaseError):  # an IPv6 address in a database of IPv4, or a damaged page
        return None


def _text(found: Any, *path: str) -> str:
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
