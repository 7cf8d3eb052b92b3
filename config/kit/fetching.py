"""Addresses that act by GET, because a document says so: only who opens one may reach it."""

from __future__ import annotations

from django.http import HttpRequest

from config.kit.errors import FetchedAhead

PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""In which a browser says that it fetches ahead."""


def refuse_fetch_ahead(request: HttpRequest) -> None:
    """Promise that somebody opens this address: no HEAD of a scanner, no browser that looks ahead.

    Source: Fetch Metadata's `Sec-Purpose` and the names that it had before. Raises FetchedAhead.
    """
    if request.method == "HEAD":
        raise FetchedAhead(method="HEAD")
    told = " ".join(request.headers.get(name, "") for name in PURPOSES).lower()
    if "prefetch" in told or "prerender" in told or "preview" in told:
        raise FetchedAhead
