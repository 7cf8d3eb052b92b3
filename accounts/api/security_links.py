"""`/security/links`: the page behind the links of security mails. It needs no session and no cookie.

The token stands behind the `#` of the address and reaches us in the body of a POST alone. A GET shows the page and does
nothing, whoever opens it; looking at a link (`/security/links/look`) tells what it would do; a POST does it, once.

Exempt from the CSRF check because there is nothing for a foreign page to ride on: no cookie is read here, and without
the token of the mail a request does nothing.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.api import link_texts
from accounts.models import SecurityLink
from accounts.services import clients, link_acts
from config.dialects.native.dialect import NATIVE
from config.kit import throttling
from config.kit.errors import DomainError
from config.kit.middleware import language_of
from config.kit.network import client_ip
from messaging.models import Channel
from messaging.services.destinations import mask

RATE = "30/m"
"""Looks and presses from one address."""
TOKEN_TEXT_LENGTH_MAX = 400
"""Characters of what is pasted: the whole link at the most."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@method_decorator(csrf_exempt, name="dispatch")
class SecurityLinks(View):
    """`GET|POST /security/links`."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page as it is before a link is read."""
        return _page(request, "start")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do what the link says."""
        return _answer(request, "done")


@method_decorator(csrf_exempt, name="dispatch")
class SecurityLinkLook(View):
    """`POST /security/links/look`: whose link it is and what it would do; changes nothing."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Who comes back to this address begins anew."""
        return _page(request, "start")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look."""
        return _answer(request, "confirm")


def _answer(request: HttpRequest, step: str) -> HttpResponse:
    """Look at the link or press it, and tell: as a page, or as JSON to who sent JSON."""
    ip = client_ip(request)
    is_json = request.content_type == "application/json"
    try:
        throttling.count(request, group="accounts.security_links", who=f"ip:{ip}", rate=RATE)
        token = token_of(request, is_json=is_json)
        client = clients.describe(ip=ip, user_agent=request.headers.get("User-Agent", ""))
        link = link_acts.read(token) if step == "confirm" else link_acts.press(token, client=client)
    except DomainError as refusal:
        return _refused(request, refusal, is_json=is_json)
    told: dict[str, Any] = {"act": link.act, "account": _account(link)}
    if is_json:
        return JsonResponse({**told, "done": step == "done"}, headers=HEADERS)
    return _page(request, step, token=token if step == "confirm" else "", **told)


def _refused(request: HttpRequest, refusal: DomainError, *, is_json: bool) -> HttpResponse:
    wire = NATIVE.refuse(refusal, request)
    if is_json:
        response: HttpResponse = JsonResponse(wire.body, status=wire.status, content_type=wire.content_type, headers=HEADERS)
    else:
        texts = link_texts.TEXTS[language_of(request)]
        because = texts[link_texts.REFUSALS.get(refusal.slug, "link_invalid")]
        response = _page(request, "refused", status=wire.status, because=because)
    for name, value in wire.headers.items():
        response.headers[name] = value
    return response


def _page(request: HttpRequest, step: str, *, status: int = 200, **facts: Any) -> HttpResponse:
    language = language_of(request)
    act = str(facts.get("act", ""))
    texts = link_texts.TEXTS[language]
    context = {
        "language": language,
        "brand": settings.PRODUCT_NAME,
        "texts": texts,
        "step": step,
        "effects": link_texts.effects_of(act, language) if act else [],
        "act_title": texts.get(f"{act}_title", ""),
        "act_lead": texts.get(f"{act}_lead", ""),
        "act_button": texts.get(f"{act}_button", ""),
        "done_title": texts.get(f"{act}_done_title", ""),
        "done_lead": texts.get(f"{act}_done_lead", ""),
        **facts,
    }
    return TemplateResponse(request, "accounts/security_link.html", context, status=status, headers=HEADERS)


def token_of(request: HttpRequest, *, is_json: bool) -> str:
    """What was sent as `token`; of a whole link the part that counts. Anything unreadable is no token."""
    if is_json:
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            return ""
        given = body.get("token") if isinstance(body, dict) else None
    else:
        given = request.POST.get("token")
    text = given if isinstance(given, str) else ""
    return text[:TOKEN_TEXT_LENGTH_MAX].rpartition("#")[2].strip()


def _account(link: SecurityLink) -> str:
    """Whose link it is, as far as whoever holds it may see."""
    user = link.user
    if user.email:
        return mask(Channel.EMAIL, user.email)
    return mask(Channel.SMS, user.phone) if user.phone else str(user.uid)
