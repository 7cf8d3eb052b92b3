"""Paths that two dialects' documents both name: which of them a request means is read from its body."""

from __future__ import annotations

import json

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from accounts.api.bitflex.sign_in import Login as BitflexLogin
from accounts.api.bitgin.sign_in import Login as BitginLogin

BITFLEX_NAMES = frozenset({"email", "phone"})
"""Parameters by which bitflex's log-in names somebody."""
BITGIN_NAME = "loginName"

_bitflex = BitflexLogin.as_view()
_bitgin = BitginLogin.as_view()


@csrf_exempt
def login(request: HttpRequest) -> HttpResponseBase:
    """`/v1/login`: bitflex where the body names an email or phone and no `loginName`; bitgin, whose path it is, else.

    Source: bitgin: Login; gaps.md, bitflex, "Session".
    """
    names = _names(request)
    is_bitflex = BITGIN_NAME not in names and bool(BITFLEX_NAMES & names)
    return _bitflex(request) if is_bitflex else _bitgin(request)


def _names(request: HttpRequest) -> frozenset[str]:
    """The names that the body gives; none where it can't be read, which the view that gets it will say."""
    try:
        body = request.body  # kept, so that the view reads the same bytes
        if (request.content_type or "").lower() == "application/json":
            read = json.loads(body)
            return frozenset(read) if isinstance(read, dict) else frozenset()
        return frozenset(request.POST)
    except (ValueError, RecursionError, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return frozenset()
