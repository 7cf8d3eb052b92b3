"""`/transfers/opened`: where bitgin's link in a mail leads on, unless another page is configured. It knows that alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import View

from config.dialects.bitgin.numbers import NOT_SIGNED_IN, TOO_FAST
from config.kit.middleware import language_of
from wallet.api.bitgin.mail_link import ERROR, STATUS
from wallet.api.bitgin.words import STATES
from wallet.api.transfer_link_texts import TEXTS
from wallet.api.transfer_links import page
from wallet.models.transfers import TransferState

BECAUSE = {
    (STATUS, str(STATES[TransferState.EXPIRED])): "expired",
    (ERROR, str(NOT_SIGNED_IN)): "sign_in",
    (ERROR, str(TOO_FAST)): "limited",
}
"""What the page says of `alerttype` and `alertcode`; of any other that the link is none."""


class TransferResult(View):
    """`GET /transfers/opened`."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """What is left to do, or why nothing was done."""
        told = request.GET
        if told.get("type") == "confirm":
            return page(request, "done")
        because = BECAUSE.get((told.get("alerttype", ""), told.get("alertcode", "")), "invalid")
        return page(request, "ended", because=TEXTS[language_of(request)][because])
