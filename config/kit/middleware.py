"""What happens to every request, whoever's it is."""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation

from config.kit import counters
from config.kit.context import set_request_id
from config.kit.dialect import answer_refusal, owner
from config.kit.errors import TooLarge

Handler = Callable[[HttpRequest], HttpResponse]
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
FIELDS_BYTES_MAX = 64 * 1024
"""Bytes of the fields around a spooled file."""
LENGTH_DIGITS_MAX = 20
"""Digits of a declared length; whatever has more is over every limit."""
LANGUAGES = {"en": "en", "zh-hans": "zh-CN", "zh-hant": "zh-TW"}
"""Django's language codes and ours, as templates and answers name them."""


class RequestContext:
    """Names each request, in its log lines and in the `X-Request-Id` of its answer, and counts it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the request, then let it through."""
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
        set_request_id(request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        dialect = owner(request.path)
        counters.count_answer(
            dialect=dialect.name if dialect else "none",
            method=request.method or "",
            status=response.status_code,
            seconds=time.perf_counter() - began,
        )
        return response


class BodyLimit:
    """Refuses a body over the limit before a byte of it is read, in the words of the dialect that owns the path."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse by the declared length, or let it through."""
        multipart = request.headers.get("Content-Type", "").lower().startswith("multipart/")
        limit = settings.UPLOAD_BYTES_MAX if multipart else settings.BODY_BYTES_MAX
        length = _declared(request)
        if multipart and length > limit:
            spooled = _spooled(request)
            if spooled and length <= spooled + FIELDS_BYTES_MAX:
                return self.get_response(request)
            limit = max(limit, spooled)
        if length > limit:
            return answer_refusal(owner(request.path), TooLarge(bytes_max=limit), request)
        return self.get_response(request)


def _declared(request: HttpRequest) -> int:
    """The declared length in bytes; 0 for none, and for what is no number, which Django takes for 0 as well."""
    text = request.headers.get("Content-Length", "")
    if len(text) > LENGTH_DIGITS_MAX:
        return sys.maxsize  # Python reads no number of thousands of digits
    return int(text) if text.isascii() and text.isdigit() else 0


def _spooled(request: HttpRequest) -> int:
    """Bytes of a file that the path's operation takes outside memory; 0 for all others."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return 0
    declared = getattr(getattr(view, "cls", None), "operations", {}).get((request.method or "").lower())
    return declared.spool_bytes_max or 0 if declared is not None else 0


class Language:
    """Chooses the language of what the customer reads: the `lang` header, else Accept-Language, else English."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose, then let it through."""
        asked = request.headers.get("lang", "") or request.headers.get("Accept-Language", "")
        request.META["HTTP_ACCEPT_LANGUAGE"] = asked[:200].replace("_", "-")  # some apps write zh_CN
        chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            return self.get_response(request)


def language_of(request: HttpRequest) -> str:
    """`en`, `zh-CN` or `zh-TW`: the language in which to write to the sender."""
    return LANGUAGES.get(translation.get_language() or "en", "en")


class ContentPolicy:
    """A strict Content-Security-Policy for every page that sets none of its own."""

    POLICY = (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "script-src 'self' 'unsafe-eval'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
    )

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the policy where the answer has none."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.POLICY)
        return response
