"""`/transfers/link`: the page behind the link of a mail about a transfer. It needs no session and no cookie.

The token stands behind the `#` of the address and reaches us in the body of a POST alone. A GET, a HEAD or a scanner's
visit does nothing; looking tells which transfer it is; a POST writes down that the link was opened. No money moves here:
that takes the sender's own session. Exempt from the CSRF check because no cookie is read and without the mail's token a
request does nothing. Source: bitgin: Email confirm; gaps.md, bitgin (Transfers).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.api.security_links import HEADERS, RATE, token_of
from config.dialects.native.dialect import NATIVE
from config.kit import throttling
from config.kit.errors import DomainError
from config.kit.middleware import language_of
from config.kit.money import to_text
from config.kit.network import client_ip
from wallet.api.transfer_link_texts import REFUSALS, TEXTS
from wallet.models.transfers import Transfer
from wallet.services.transfers import links, parties


@method_decorator(csrf_exempt, name="dispatch")
class TransferLinks(View):
    """`GET|POST /transfers/link`."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page as it is before a link is read."""
        return page(request, "start")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write down that the link was opened."""
        return _answer(request, "done")


@method_decorator(csrf_exempt, name="dispatch")
class TransferLinkLook(View):
    """`POST /transfers/link/look`: which transfer it is; changes nothing."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Who comes back to this address begins anew."""
        return page(request, "start")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Look."""
        return _answer(request, "confirm")


def _answer(request: HttpRequest, step: str) -> HttpResponse:
    try:
        throttling.count(request, group="wallet.transfer_links", who=f"ip:{client_ip(request)}", rate=RATE)
        token = token_of(request, is_json=False)
        transfer = links.look(token) if step == "confirm" else links.open_link(token)
    except DomainError as refusal:
        wire = NATIVE.refuse(refusal, request)
        because = TEXTS[language_of(request)][REFUSALS.get(refusal.slug, "invalid")]
        response = page(request, "refused", status=wire.status, because=because)
        for name, value in wire.headers.items():
            response.headers[name] = value
        return response
    return page(request, step, token=token if step == "confirm" else "", **_facts(transfer))


def _facts(transfer: Transfer) -> dict[str, Any]:
    return {
        "amount": f"{to_text(transfer.amount)} {transfer.coin.code}",
        "receiver": parties.receiver_words(transfer.receiver),
    }


def page(request: HttpRequest, step: str, *, status: int = 200, **facts: Any) -> HttpResponse:
    """The page at this step, in the reader's language."""
    language = language_of(request)
    context = {"language": language, "brand": settings.PRODUCT_NAME, "texts": TEXTS[language], "step": step, **facts}
    return TemplateResponse(request, "wallet/transfer_link.html", context, status=status, headers=HEADERS)
