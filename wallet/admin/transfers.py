"""The officers' desk for transfers between customers: a queue, and a page on which one is decided."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from accounts import step_up
from accounts.admin_site import has_role, site
from config.kit.clock import now
from config.kit.errors import Absent
from messaging.services.codes import Purpose
from wallet.admin.decisions import DecisionForm, approvals_of, officer_of, take_or_claim
from wallet.admin.queues import Asked, QueueAdmin
from wallet.models.transfers import AWAITING_OFFICER, Transfer
from wallet.services import desk_queues, officers
from wallet.services.transfers import desk, review
from wallet.services.transfers.desk import Queue
from wallet.services.withdrawals.dossier import age_since

ACTS = {"approve": review.approve, "reject": review.reject}


@admin.register(Transfer, site=site)
class TransferAdmin(QueueAdmin):
    """What customers give each other."""

    icon = "sync_alt"
    heading, queues, tab_titles = "Transfers", Queue, desk.TITLES
    hint = "Id, or the uid of sender or receiver"
    queue_template = "admin/wallet/transfer/queue.html"
    columns = (
        ("transfer", lambda row: row.public_id),
        ("asked for", lambda row: row.created_at),
        ("sender", lambda row: row.sender.uid),
        ("receiver", lambda row: row.receiver.uid),
        ("amount", lambda row: row.amount),
        ("coin", lambda row: row.coin.code),
        ("state", lambda row: row.state),
        ("flagged", lambda row: row.is_flagged),
        ("officers", approvals_of),
        ("officers due", lambda row: row.officers_required),
        ("in this state since", lambda row: row.state_since),
    )

    def rows(self, asked: Asked) -> QuerySet[Transfer]:
        """See desk.rows."""
        return desk.rows(asked.queue, search=asked.search)

    def counts(self) -> dict[Queue, str]:
        """What waits for an officer."""
        return {Queue.DECIDE: desk_queues.count(Transfer.objects.filter(desk.RULES[Queue.DECIDE]))}

    def subject(self, row: Transfer) -> str:
        """As the desk claims it."""
        return f"{review.CLAIM}:{row.public_id}"

    def line(self, row: Transfer) -> dict[str, Any]:
        """What an officer decides is claimed."""
        return {"approvals": approvals_of(row), "claims": row.state in AWAITING_OFFICER}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one transfer, by its public id; a POST decides about it."""
        context = self.page(request, "Transfer")
        form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
        if request.method == "POST" and take_or_claim(
            request, object_id, form, claim_as=review.CLAIM, acts=ACTS, purpose=Purpose.TRANSFER
        ):
            return HttpResponseRedirect(request.path)
        try:
            found = desk.open_dossier(object_id)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        officer = officer_of(request)
        context |= {
            "title": f"Transfer {found.transfer.public_id}",
            "dossier": found,
            "transfer": found.transfer,
            "age": age_since(found.transfer.state_since, until=now()),
            "is_mine": found.claim is not None and found.claim.officer_id == officer.pk,
            "choices": desk.choices(found, officer, is_treasury=has_role(request, officers.ROLE)),
            "form": form,
            "code_is_due": step_up.is_due(request),
            "back": self.address("changelist"),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/transfer/case.html", context, status=status)
