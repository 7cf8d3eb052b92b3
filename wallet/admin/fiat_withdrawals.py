"""The officers' desk for fiat withdrawals: queues, and a page on which one is decided, paid, and said to have come back."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from accounts import step_up
from accounts.admin_site import has_role, site
from config.kit.clock import now
from config.kit.errors import Absent
from config.kit.ids import random_id
from messaging.services.codes import Purpose
from wallet.admin.decisions import DecisionForm, approvals_of, officer_of, take_or_claim
from wallet.admin.queues import Asked, QueueAdmin
from wallet.models.banks import CODE_CHARACTERS_MAX, REFERENCE_CHARACTERS_MAX
from wallet.models.fiat_withdrawals import AWAITING_OFFICER, FiatWithdrawal, FiatWithdrawalState
from wallet.services import desk_queues, officers
from wallet.services.fiat_withdrawals import desk, paying, returns, review
from wallet.services.fiat_withdrawals.desk import Queue
from wallet.services.withdrawals.dossier import age_since


class FiatForm(DecisionForm):
    """A decision; at the bank also which account of ours, and under which reference."""

    nostro = forms.CharField(required=False, max_length=CODE_CHARACTERS_MAX)
    reference = forms.CharField(
        required=False,
        max_length=2 * REFERENCE_CHARACTERS_MAX,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "As the bank's statement says"}
        ),
    )
    key = forms.CharField(required=False, max_length=16)


def acts_of(form: FiatForm) -> dict[str, Any]:
    """What each button of the page does with what the form says."""
    form.is_valid()
    given = form.cleaned_data
    line = {"nostro_code": given.get("nostro", ""), "reference": given.get("reference", "")}
    return {
        "approve": review.approve,
        "reject": review.reject,
        "begin": paying.begin,
        "give_up": paying.give_up,
        "paid": partial(paying.paid, **line),
        "return": partial(_propose_return, key=given.get("key", ""), **line),
    }


def _propose_return(*, public_id: str, officer: Any, reason: str, seen_hash: bytes, **line: Any) -> Any:
    return returns.propose(withdrawal=public_id, officer=officer, reason=reason, **line)


@admin.register(FiatWithdrawal, site=site)
class FiatWithdrawalAdmin(QueueAdmin):
    """Money that goes to customers' bank accounts."""

    icon = "account_balance_wallet"
    heading, queues, tab_titles = "Fiat withdrawals", Queue, desk.TITLES
    hint = "Id, the customer's uid, or the bank's reference"
    queue_template = "admin/wallet/fiatwithdrawal/queue.html"
    columns = (
        ("withdrawal", lambda row: row.public_id),
        ("asked for", lambda row: row.created_at),
        ("customer", lambda row: row.customer.uid),
        ("amount", lambda row: row.amount),
        ("fee", lambda row: row.fee),
        ("coin", lambda row: row.coin_network.coin.code),
        ("state", lambda row: row.state),
        ("flagged", lambda row: row.is_flagged),
        ("officers", approvals_of),
        ("officers due", lambda row: row.officers_required),
        ("in this state since", lambda row: row.state_since),
    )

    def rows(self, asked: Asked) -> QuerySet[FiatWithdrawal]:
        """See desk.rows."""
        return desk.rows(asked.queue, search=asked.search)

    def counts(self) -> dict[Queue, str]:
        """What stands in each queue but all."""
        counted = [one for one in Queue if one != Queue.ALL]
        return {one: desk_queues.count(FiatWithdrawal.objects.filter(desk.RULES[one])) for one in counted}

    def subject(self, row: FiatWithdrawal) -> str:
        """As the desk claims it."""
        return f"{review.CLAIM}:{row.public_id}"

    def line(self, row: FiatWithdrawal) -> dict[str, Any]:
        """What an officer decides or pays is claimed."""
        return {"approvals": approvals_of(row), "claims": row.state in {*AWAITING_OFFICER, FiatWithdrawalState.APPROVED}}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one fiat withdrawal, by its public id; a POST acts."""
        context = self.page(request, "Fiat withdrawal")
        form = FiatForm(request.POST) if request.method == "POST" else FiatForm()
        if request.method == "POST" and take_or_claim(
            request, object_id, form, claim_as=review.CLAIM, acts=acts_of(form), purpose=Purpose.FIAT_WITHDRAWAL
        ):
            return HttpResponseRedirect(request.path)
        officer = officer_of(request)
        try:
            found = desk.open_dossier(object_id, officer=officer)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        context |= {
            "title": f"Fiat withdrawal {found.withdrawal.public_id}",
            "dossier": found,
            "withdrawal": found.withdrawal,
            "age": age_since(found.withdrawal.state_since, until=now()),
            "choices": desk.choices(found, officer, is_treasury=has_role(request, officers.ROLE)),
            "is_mine": found.claim is not None and found.claim.officer_id == officer.pk,
            "form": form,
            "key": random_id(),
            "code_is_due": step_up.is_due(request),
            "back": self.address("changelist"),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/fiatwithdrawal/case.html", context, status=status)
