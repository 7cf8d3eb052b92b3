"""The officers' desk for transfers between customers: a queue, and a page on which one is decided."""

from __future__ import annotations

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
from wallet.admin.decisions import DecisionForm, officer_of, take
from wallet.models.transfers import Transfer
from wallet.services import officers
from wallet.services.transfers import desk, review
from wallet.services.transfers.desk import Queue
from wallet.services.withdrawals.dossier import age_since

ACTS = {"approve": review.approve, "reject": review.reject}


class QueueForm(forms.Form):
    """What the address of the queue may say; anything else is as if it said nothing."""

    queue = forms.ChoiceField(choices=[(one.value, desk.TITLES[one]) for one in Queue], required=False)
    search = forms.CharField(required=False, max_length=32)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


@admin.register(Transfer, site=site)
class TransferAdmin(ReadOnlyAdmin):
    """Both pages read through services and act through services; there is no form over the model."""

    icon = "sync_alt"
    view_roles = (officers.ROLE, "auditor")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue."""
        self._require_view(request)
        form = QueueForm(request.GET)
        form.is_valid()
        given = form.cleaned_data
        queue = Queue(given.get("queue") or Queue.DECIDE)
        search, after = given.get("search", "").strip(), given.get("after")
        page = desk.page(queue, search=search, after=after)
        moment = now()
        context = {
            **self.admin_site.each_context(request),
            "title": "Transfers",
            "opts": self.opts,
            "queue": queue,
            "search": search,
            "tabs": [(desk.TITLES[one], f"?queue={one}", one == queue) for one in Queue],
            "rows": [
                {
                    "transfer": transfer,
                    "age": age_since(transfer.state_since, until=moment),
                    "address": reverse("admin:wallet_transfer_change", args=[transfer.public_id]),
                    "approvals": sum(decision.matter == "approval" for decision in transfer.decisions.all()),
                }
                for transfer in page.rows
            ],
            "next_address": f"?{urlencode({'queue': queue, 'search': search, 'after': page.next_after})}"
            if page.next_after
            else "",
        }
        return TemplateResponse(request, "admin/wallet/transfer/queue.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one transfer, by its public id; a POST decides about it."""
        self._require_view(request)
        form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
        if request.method == "POST" and take(request, object_id, form, acts=ACTS, purpose=Purpose.TRANSFER):
            return HttpResponseRedirect(request.path)
        try:
            found = desk.open_dossier(object_id)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        context = {
            **self.admin_site.each_context(request),
            "title": f"Transfer {found.transfer.public_id}",
            "opts": self.opts,
            "dossier": found,
            "transfer": found.transfer,
            "age": age_since(found.transfer.state_since, until=now()),
            "choices": desk.choices(found, officer_of(request), is_treasury=has_role(request, officers.ROLE)),
            "form": form,
            "code_is_due": step_up.is_due(request),
            "back": reverse("admin:wallet_transfer_changelist"),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/transfer/case.html", context, status=status)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The page itself tells the history."""
        return HttpResponseRedirect(reverse("admin:wallet_transfer_change", args=[object_id]))

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404
