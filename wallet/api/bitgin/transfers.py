"""Transfers on bitgin after they were asked for. Source: bitgin: Transfer Cancel, Transfer email resend, Web confirm.

All three act by GET, because the document has them so: a HEAD and a fetch ahead never reach them, and money moves only
with the token in the header, which no other site's page can send along.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication

from accounts import errors as account_errors
from accounts.api.bitgin.authentication import BitginSessionAuthentication
from apikeys.api.authentication import BtseKeyAuthentication
from config.dialects.bitgin.dialect import BitginView
from config.kit.errors import Absent
from config.kit.fields import Text
from config.kit.flow import IllegalMove
from config.kit.operations import Answer, Call, Needs, operation
from config.kit.scalars import NullOutput, ScalarOutput
from messaging.errors import TooManyCodes
from wallet.api.bitgin.mail_link import MANNER
from wallet.services.transfers import cancel, confirm, links
from wallet.services.transfers import errors as refusals

ID_CHARACTERS_MAX = 32


class IdOutput(ScalarOutput):
    """The id of the transfer, a whole number."""

    schema = {"type": "integer", "format": "int64", "example": 4203918275640192}


class IdQuery(serializers.Serializer[Any]):
    """Which one."""

    id = Text(max_length=ID_CHARACTERS_MAX, help_text="what the wallet operation answered")


class AuditIdQuery(serializers.Serializer[Any]):
    """Which one."""

    balance_audit_id = Text(max_length=ID_CHARACTERS_MAX, help_text="what the wallet operation answered")


class HeaderAuthentication(BitginSessionAuthentication):
    """The token in the header alone: a cookie comes along whoever made the browser ask."""

    def in_cookie(self, request: HttpRequest) -> None:
        """Not looked at."""


class TransferCancel(BitginView):
    """GET /v1/capital/transfer/cancel. Source: bitgin: Transfer Cancel."""

    @operation(
        needs=Needs(scope="withdraw"),
        query=IdQuery,
        output=NullOutput,
        acts_by_get=True,
        rate="30/m",
        refusals=(Absent, IllegalMove),
        summary="Take a transfer back",
    )
    def get(self, call: Call) -> Answer:
        """While it waits for its sender or for the first officer; the money is available again."""
        cancel.cancel(customer=call.user, public_id=call.query["id"])
        return Answer(None, status=200)


class TransferResend(BitginView):
    """GET /v1/validate/emailtransfer_resend. Source: bitgin: Transfer email resend."""

    @operation(
        needs=Needs(),
        query=AuditIdQuery,
        output=IdOutput,
        acts_by_get=True,
        rate="10/m",
        refusals=(
            Absent,
            IllegalMove,
            refusals.TransferExpired,
            refusals.TransferLinkNotDue,
            refusals.TransferLinkTooSoon,
            refusals.TransferLinksUsedUp,
        ),
        summary="Send the mail with the link again",
    )
    def get(self, call: Call) -> int:
        """A new link; the earlier ones are void. Once a minute, and five mails in all."""
        return links.resend(customer=call.user, public_id=call.query["balance_audit_id"], manner=MANNER).public_id


class TransferConfirm(BitginView):
    """GET /v1/validate/transfer_confirm. Source: bitgin: Web confirm; gaps.md, bitgin, "Transfers"."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """No cookie."""
        return [BtseKeyAuthentication(), HeaderAuthentication()]

    @operation(
        needs=Needs(),
        query=AuditIdQuery,
        output=IdOutput,
        acts_by_get=True,
        rate="30/m",
        refusals=(
            Absent,
            IllegalMove,
            refusals.LinkNotOpened,
            refusals.TransferExpired,
            refusals.TransferHeld,
            account_errors.SecurityHoldActive,
            account_errors.SecondFactorRequired,
            account_errors.DestinationMissing,
            TooManyCodes,
        ),
        summary="Confirm a transfer",
    )
    def get(self, call: Call) -> int:
        """Into review, and where no officer is needed the receiver has the money when this answers."""
        done = confirm.confirm(customer=call.user, public_id=call.query["balance_audit_id"], language=call.language, ip=call.ip)
        return done.public_id
