"""The link in the mail about a transfer on bitgin, and the page to which it leads. Source: bitgin: Email confirm.

The document has the code in the query and acts by GET. So only who opens the address counts, in the sender's own session:
a scanner of mails, a browser that looks ahead and a stranger change nothing. No money moves here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.response import Response

from accounts.api.bitgin.authentication import BitginSessionAuthentication
from apikeys.api.authentication import BtseKeyAuthentication
from config.dialects.bitgin.dialect import BitginView
from config.dialects.bitgin.numbers import ERRORS
from config.kit.errors import DomainError
from config.kit.fields import Text
from config.kit.flow import IllegalMove
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.views import as_refusal
from wallet.api.bitgin.words import STATES
from wallet.models.transfers import TransferState
from wallet.services.transfers import links
from wallet.services.transfers.errors import TransferExpired, TransferLinkInvalid
from wallet.services.transfers.manner import Manner

PATH = "/v1/validate/emailtransfer"
RESULT_PATH = "/transfers/opened"
CODE_CHARACTERS_MAX = 64
ERROR, STATUS = "error", "status"
"""`alerttype`: whether `alertcode` is the number of a refusal, or where the transfer stands."""
HEADERS = {"Referrer-Policy": "no-referrer"}


def link(token: str) -> str:
    """The address in the mail."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{PATH}?{urlencode({'code': token})}"


MANNER = Manner(link=link, proof_at_request=True)
"""How transfers are asked for here. Source: gaps.md, bitgin, "TRANSFER asks for `twoFAcode`"."""


def result_page(**told: object) -> str:
    """The configured page, with what it is to say."""
    page = settings.TRANSFER_RESULT_URL or f"{settings.PUBLIC_URL.rstrip('/')}{RESULT_PATH}"
    return f"{page}{'&' if '?' in page else '?'}{urlencode(told)}"


def alert_of(error: DomainError, code: int) -> dict[str, object]:
    """What the page is told of a refusal: where the transfer stands, if that is why, else the number."""
    if isinstance(error, TransferExpired):
        return {"alertcode": STATES[TransferState.EXPIRED], "alerttype": STATUS}
    if isinstance(error, IllegalMove):
        return {"alertcode": STATES[error.state], "alerttype": STATUS}
    return {"alertcode": code, "alerttype": ERROR}


class OpenedLinkAuthentication(BitginSessionAuthentication):
    """The cookie counts whosever page the link stands on, the reader's mailbox among them: where somebody follows it."""

    def check_page(self, request: HttpRequest) -> None:
        """Refuse what another page loads without anybody going there. Raises CrossSite."""
        if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            super().check_page(request)


class CodeQuery(serializers.Serializer[Any]):
    """The code of the mail."""

    code = Text(max_length=CODE_CHARACTERS_MAX)


class EmailConfirm(BitginView):
    """GET /v1/validate/emailtransfer. Source: bitgin: Email confirm; gaps.md, bitgin, "Transfers"."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """A link is followed from anywhere."""
        return [BtseKeyAuthentication(), OpenedLinkAuthentication()]

    @operation(
        needs=Needs(),
        query=CodeQuery,
        status=302,
        bare=True,
        acts_by_get=True,
        rate="60/m",
        refusals=(TransferLinkInvalid, IllegalMove, TransferExpired),
        summary="Open the link of the mail about a transfer",
    )
    def get(self, call: Call) -> Answer:
        """Write down that it was opened, and lead to the page; again as often as it is opened again."""
        transfer = links.open_own(customer=call.user, text=call.query["code"])
        told = {"balance_audit_id": transfer.public_id, "coin_id": transfer.coin.code, "type": "confirm"}
        return Answer(None, status=302, headers={**HEADERS, "Location": result_page(**told)})

    def handle_exception(self, exc: Exception) -> Response:
        """Refusals lead to the page too, which says what is the matter; but for a method that this address has not."""
        told = super().handle_exception(exc)
        error = as_refusal(exc)
        if told.status_code == ERRORS["api.method_not_allowed"][0]:
            return told
        location = result_page(**alert_of(error, told.data["code"]))
        return Response(None, status=302, headers={**HEADERS, "Location": location})
