"""The officers' desk for withdrawals: a queue, and a page on which one is decided."""

from __future__ import annotations

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
from messaging.services.codes import Purpose
from wallet.admin import travel_rule
from wallet.admin.decisions import DecisionForm, approvals_of, officer_of, take_or_claim
from wallet.admin.queues import Asked, QueueAdmin, QueueForm
from wallet.models.withdrawals import AWAITING_OFFICER, Withdrawal, WithdrawalState
from wallet.services import coins, desk_queues, officers
from wallet.services.withdrawals import absence, bumping, dossier, queue, review
from wallet.services.withdrawals.queue import Filters, Queue
from wallet.templatetags.wallet_desk import short

TREASURY = officers.ROLE


class WithdrawalQueueForm(QueueForm):
    """What narrows it beside a search."""

    coin = forms.RegexField(r"^[A-Z0-9]{1,16}$", required=False)
    state = forms.ChoiceField(choices=[("", ""), *WithdrawalState.choices], required=False)
    flagged = forms.BooleanField(required=False)


ACTS = {"approve": review.approve, "reject": review.reject, "absent": absence.declare, "raise": bumping.raise_fee}


@admin.register(Withdrawal, site=site)
class WithdrawalAdmin(QueueAdmin):
    """What leaves to the chains."""

    icon = "send_money"
    heading, queues, tab_titles = "Withdrawals", Queue, queue.TITLES
    hint = "Id, customer's uid, address or transaction hash"
    queue_template = "admin/wallet/withdrawal/queue.html"
    queue_form = WithdrawalQueueForm
    columns = (
        ("withdrawal", lambda row: row.public_id),
        ("asked for", lambda row: row.created_at),
        ("customer", lambda row: row.customer.uid),
        ("amount", lambda row: row.amount),
        ("fee", lambda row: row.fee),
        ("coin", lambda row: row.coin_network.coin.code),
        ("network", lambda row: row.coin_network.network.name),
        ("to", lambda row: short(row.address)),
        ("trusted", lambda row: row.trusted_address_id is not None),
        ("state", lambda row: row.state),
        ("flagged", lambda row: row.is_flagged),
        ("blocked because", lambda row: row.blocked_because),
        ("officers", approvals_of),
        ("officers due", lambda row: row.officers_required),
        ("in this state since", lambda row: row.state_since),
    )

    def rows(self, asked: Asked) -> QuerySet[Withdrawal]:
        """See queue.rows."""
        return queue.rows(Filters(queue=asked.queue, search=asked.search, **asked.filters))

    def counts(self) -> dict[Queue, str]:
        """What stands in each queue but all, in one query."""
        return {one: desk_queues.shown(number) for one, number in queue.counts().items()}

    def subject(self, row: Withdrawal) -> str:
        """As the desk claims it."""
        return f"{review.CLAIM}:{row.public_id}"

    def line(self, row: Withdrawal) -> dict[str, Any]:
        """What an officer decides is claimed."""
        return {"approvals": approvals_of(row), "claims": row.state in AWAITING_OFFICER}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue, with the coins to choose from."""
        return super().changelist_view(request, {"coins": coins.withdrawable_codes(), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one withdrawal, by its public id; a POST decides about it."""
        context = self.page(request, "Withdrawal")
        form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
        try:
            if request.method == "POST" and self._acted(request, object_id, form):
                return HttpResponseRedirect(request.path)
            found = dossier.open_dossier(object_id)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        withdrawal, officer = found.withdrawal, officer_of(request)
        context |= {
            "title": f"Withdrawal {withdrawal.public_id}",
            "dossier": found,
            "withdrawal": withdrawal,
            "age": dossier.age_since(withdrawal.state_since, until=now()),
            "is_mine": found.claim is not None and found.claim.officer_id == officer.pk,
            "choices": dossier.choices(found, officer, is_treasury=has_role(request, TREASURY)),
            "form": form,
            "travel": travel_rule.card(request, withdrawal),
            "code_is_due": step_up.is_due(request),
            "back": self.address("changelist"),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/withdrawal/case.html", context, status=status)

    def _acted(self, request: HttpRequest, object_id: str, form: DecisionForm) -> bool:
        done = travel_rule.act(request, object_id)
        if done is not None:
            return done
        return take_or_claim(request, object_id, form, claim_as=review.CLAIM, acts=ACTS, purpose=Purpose.WITHDRAWAL)
