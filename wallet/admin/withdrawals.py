"""The officers' desk for withdrawals: a queue, and a page on which one is decided."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts import step_up
from accounts.admin_site import ReadOnlyAdmin, has_role, site
from config.kit.clock import now
from config.kit.errors import Absent
from messaging.services.codes import Purpose
from wallet.admin import travel_rule
from wallet.admin.decisions import DecisionForm, officer_of, take
from wallet.models.withdrawals import Withdrawal, WithdrawalState
from wallet.services import coins, officers
from wallet.services.withdrawals import absence, bumping, dossier, queue, review
from wallet.services.withdrawals.queue import Filters, Queue

TREASURY = officers.ROLE
SEARCH_CHARACTERS_MAX = 128


class QueueForm(forms.Form):
    """What the address of the queue may say; anything else is as if it said nothing."""

    queue = forms.ChoiceField(choices=[(q.value, queue.TITLES[q]) for q in Queue], required=False)
    coin = forms.RegexField(r"^[A-Z0-9]{1,16}$", required=False)
    state = forms.ChoiceField(choices=[("", ""), *WithdrawalState.choices], required=False)
    flagged = forms.BooleanField(required=False)
    search = forms.CharField(required=False, max_length=SEARCH_CHARACTERS_MAX)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


ACTS = {"approve": review.approve, "reject": review.reject, "absent": absence.declare, "raise": bumping.raise_fee}


@admin.register(Withdrawal, site=site)
class WithdrawalAdmin(ReadOnlyAdmin):
    """Both pages read through services and act through services; there is no form over the model."""

    icon = "send_money"
    view_roles = (TREASURY, "auditor")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue."""
        self._require_view(request)
        form = QueueForm(request.GET)
        form.is_valid()
        given = {name: value for name, value in form.cleaned_data.items() if value and name != "after"}
        given["queue"] = Queue(given.get("queue", Queue.DECIDE))
        filters = Filters(**given)
        page = queue.page(filters, after=form.cleaned_data.get("after"))
        counts = queue.counts()
        context = {
            **self.admin_site.each_context(request),
            "title": "Withdrawals",
            "opts": self.opts,
            "filters": filters,
            "tabs": [self._tab(one, filters, counts.get(one)) for one in Queue],
            "coins": coins.withdrawable_codes(),
            "rows": [self._row(withdrawal) for withdrawal in page.rows],
            "next_address": self._address(filters, after=page.next_after) if page.next_after else "",
            "first_address": self._address(filters) if form.cleaned_data.get("after") else "",
        }
        return TemplateResponse(request, "admin/wallet/withdrawal/queue.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one withdrawal, by its public id; a POST decides about it."""
        self._require_view(request)
        form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
        try:
            if request.method == "POST" and self._acted(request, object_id, form):
                return HttpResponseRedirect(request.path)
            found = dossier.open_dossier(object_id)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        withdrawal = found.withdrawal
        context = {
            **self.admin_site.each_context(request),
            "title": f"Withdrawal {withdrawal.public_id}",
            "opts": self.opts,
            "dossier": found,
            "withdrawal": withdrawal,
            "age": dossier.age_since(withdrawal.state_since, until=now()),
            "choices": dossier.choices(found, officer_of(request), is_treasury=has_role(request, TREASURY)),
            "form": form,
            "travel": travel_rule.card(request, withdrawal),
            "code_is_due": step_up.is_due(request),
            "back": reverse("admin:wallet_withdrawal_changelist"),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/withdrawal/case.html", context, status=status)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The page itself tells the history."""
        return HttpResponseRedirect(reverse("admin:wallet_withdrawal_change", args=[object_id]))

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404

    def _acted(self, request: HttpRequest, object_id: str, form: DecisionForm) -> bool:
        done = travel_rule.act(request, object_id)
        return take(request, object_id, form, acts=ACTS, purpose=Purpose.WITHDRAWAL) if done is None else done

    def _row(self, withdrawal: Withdrawal) -> dict[str, Any]:
        moment = now()
        approvals = sum(decision.matter == "approval" for decision in withdrawal.decisions.all())
        return {
            "withdrawal": withdrawal,
            "age": dossier.age_since(withdrawal.state_since, until=moment),
            "address": reverse("admin:wallet_withdrawal_change", args=[withdrawal.public_id]),
            "approvals": approvals,
        }

    def _tab(self, one: Queue, filters: Filters, count: int | None) -> dict[str, Any]:
        shown = "" if count is None else f"{queue.COUNT_MAX}+" if count > queue.COUNT_MAX else str(count)
        return {
            "title": queue.TITLES[one],
            "address": self._address(Filters(queue=one, coin=filters.coin)),
            "is_active": one == filters.queue,
            "count": shown,
            "is_urgent": one == Queue.STUCK and bool(count),
        }

    def _address(self, filters: Filters, **more: Any) -> str:
        said = {name: value for name, value in {**asdict(filters), **more}.items() if value}
        said = {name: "1" if value is True else value for name, value in said.items()}
        return f"?{urlencode(said)}"
