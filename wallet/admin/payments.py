"""The officers' desk for payments: queues, and a page on which one is captured, voided or refunded; and what is sold."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from accounts import step_up
from accounts.admin_site import ReadOnlyAdmin, has_role, site
from config.kit.clock import now
from config.kit.errors import Absent
from messaging.services.codes import Purpose
from wallet.admin.decisions import DecisionForm, officer_of, take_or_claim
from wallet.admin.proposing import AMOUNT_CHARACTERS_MAX, PLAIN
from wallet.admin.queues import Asked, QueueAdmin
from wallet.models.payments import PaidService, Payment, PaymentState
from wallet.services import desk_queues, officers
from wallet.services.payments import desk
from wallet.services.payments.desk import Queue
from wallet.services.withdrawals.dossier import age_since

ROLES = ("treasury", "auditor")


class PaymentForm(DecisionForm):
    """A decision; of a capture also how much, where it is not all."""

    amount = forms.CharField(
        required=False,
        max_length=AMOUNT_CHARACTERS_MAX,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "decimal", "placeholder": "All of it"}),
    )


def acts_of(form: PaymentForm) -> dict[str, Any]:
    """What each button of the page does with what the form says."""
    form.is_valid()
    amount = form.cleaned_data.get("amount", "").strip()
    return {"capture": partial(desk.capture, amount=amount), "void": desk.void, "refund": desk.refund}


@admin.register(Payment, site=site)
class PaymentAdmin(QueueAdmin):
    """What customers pay the house for."""

    icon = "payments"
    heading, queues, tab_titles = "Payments", Queue, desk.TITLES
    queue_template = "admin/wallet/payment/queue.html"
    columns = (
        ("payment", lambda row: row.public_id),
        ("asked for", lambda row: row.created_at),
        ("customer", lambda row: row.customer.uid),
        ("amount", lambda row: row.amount),
        ("captured", lambda row: row.captured_amount),
        ("coin", lambda row: row.coin.code),
        ("service", lambda row: row.service.code),
        ("state", lambda row: row.state),
        ("in this state since", lambda row: row.state_since),
    )

    def rows(self, asked: Asked) -> QuerySet[Payment]:
        """See desk.rows."""
        return desk.rows(asked.queue, search=asked.search)

    def counts(self) -> dict[Queue, str]:
        """What is held."""
        return {Queue.HELD: desk_queues.count(Payment.objects.filter(desk.RULES[Queue.HELD]))}

    def subject(self, row: Payment) -> str:
        """As the desk claims it."""
        return f"{desk.CLAIM}:{row.public_id}"

    def line(self, row: Payment) -> dict[str, Any]:
        """What is held is claimed."""
        return {"claims": row.state == PaymentState.HELD}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one payment, by its public id; a POST acts."""
        context = self.page(request, "Payment")
        form = PaymentForm(request.POST) if request.method == "POST" else PaymentForm()
        if request.method == "POST" and take_or_claim(
            request, object_id, form, claim_as=desk.CLAIM, acts=acts_of(form), purpose=Purpose.PAYMENT
        ):
            return HttpResponseRedirect(request.path)
        try:
            found = desk.open_dossier(object_id)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        officer = officer_of(request)
        context |= {
            "title": f"Payment {found.payment.public_id}",
            "dossier": found,
            "payment": found.payment,
            "age": age_since(found.payment.state_since, until=now()),
            "is_mine": found.claim is not None and found.claim.officer_id == officer.pk,
            "choices": desk.choices(found, officer, is_treasury=has_role(request, officers.ROLE)),
            "form": form,
            "code_is_due": step_up.is_due(request),
            "back": self.address("changelist"),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/payment/case.html", context, status=status)


@admin.register(PaidService, site=site)
class PaidServiceAdmin(ReadOnlyAdmin):
    """What customers may pay for."""

    icon = "storefront"
    view_roles = ROLES
    list_display = ("code", "name", "is_open", "hold_hours")
    ordering = ("code",)
