"""Bank accounts at the desk: the queue of those that wait, and a page on which to verify or refuse one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timesince import timesince
from unfold.decorators import display

from accounts.admin_site import ReadOnlyAdmin, has_role, site
from accounts.services.officers import REASON_CHARACTERS_MAX
from config.kit.errors import Absent, DomainError
from kyc.admin.cases import OFFICERS, officer_of
from kyc.catalogue.reasons import REASONS
from kyc.models import BankAccount, BankAccountState
from kyc.services import bank_review, unmasking

LABELS = {
    BankAccountState.PENDING.value: "info",
    BankAccountState.VERIFIED.value: "success",
    BankAccountState.REFUSED.value: "danger",
}
OPENED = ("name", "account_number")
"""What the button of this page opens, of what the identity checks mask."""


class StateFilter(SimpleListFilter):
    """Where the accounts stand; those that wait for an officer unless told otherwise."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each state, and all."""
        return [*BankAccountState.choices, ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BankAccount]) -> QuerySet[BankAccount]:
        """Accounts of a case are decided with it, on the case's page."""
        value = self.value()
        if value == "all":
            return queryset
        if value in BankAccountState.values:
            return queryset.filter(state=value)
        return queryset.filter(state=BankAccountState.PENDING, case__isnull=True)


@admin.register(BankAccount, site=site)
class BankAccountAdmin(ReadOnlyAdmin):
    """Bank accounts that customers added: oldest first."""

    icon = "account_balance"
    view_roles = (OFFICERS,)
    list_display = ("public_id", "customer", "country", "bank_code", "state_label", "waits")
    list_filter = (StateFilter, "country")
    list_select_related = ("user",)
    search_fields = ("=public_id", "=user__uid")
    search_help_text = "Number of an account, or uid of a customer"
    ordering = ("created_at", "id")

    @display(description="Customer")
    def customer(self, account: BankAccount) -> str:
        """The customer's uid."""
        return str(account.user.uid)

    @display(description="State", label=LABELS)
    def state_label(self, account: BankAccount) -> tuple[str, str]:
        """The state as a coloured label."""
        return account.state, account.get_state_display()

    @display(description="Waits for", ordering="created_at")
    def waits(self, account: BankAccount) -> str:
        """Since when an officer has the next move."""
        return timesince(account.created_at, depth=1) if account.state == BankAccountState.PENDING else "—"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # Django's signature
        extra_context: dict[str, Any] | None = None,  # Django's signature
    ) -> HttpResponse:
        """The page of one account; a POST opens the masks, verifies or refuses."""
        if not has_role(request, OFFICERS):
            return HttpResponseForbidden("Only compliance officers review bank accounts.", content_type="text/plain")
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            raise Http404
        try:
            view = bank_review.look(account_pk=int(object_id), officer=officer_of(request))
        except Absent:
            raise Http404 from None
        if request.method == "POST":
            return self._act(request, view.account)
        return TemplateResponse(request, "admin/kyc/bank/account.html", self._page(request, view))

    def _act(self, request: HttpRequest, account: BankAccount) -> HttpResponse:
        officer, act, reason = officer_of(request), request.POST.get("act", ""), request.POST.get("reason", "")
        given: dict[str, Any] = {"officer": officer, "seen": request.POST.get("seen", "")[:64]}
        try:
            if act == "reveal":
                unmasking.reveal(account.user, OPENED, officer, reason[:REASON_CHARACTERS_MAX])
                return HttpResponseRedirect(request.path)
            if act == "verify":
                bank_review.verify(account_id=account.public_id, **given)
            elif act == "refuse":
                bank_review.refuse(account_id=account.public_id, reason=reason, **given)
            else:
                messages.error(request, "Choose what to do with the account.")
                return HttpResponseRedirect(request.path)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
            return HttpResponseRedirect(request.path)
        done = "verified" if act == "verify" else "refused"
        messages.success(request, f"Bank account {account.public_id} is {done}.")
        return HttpResponseRedirect(reverse("admin:kyc_bankaccount_changelist"))

    def _page(self, request: HttpRequest, view: bank_review.BankAccountView) -> dict[str, Any]:
        account, opened = view.account, unmasking.opened(view.account.user, officer_of(request))
        is_open = set(OPENED) <= set(opened)
        pending = account.state == BankAccountState.PENDING and account.case is None
        return {
            **self.admin_site.each_context(request),
            "title": f"Bank account {account.public_id}",
            "opts": self.opts,
            "view": view,
            "account": account,
            "is_open": is_open,
            "number": unmasking.account_number(view.details, opened=opened),
            "holder": unmasking.name(view.details.holder, opened=opened),
            "verified_name": unmasking.name(view.verified_name, opened=opened),
            "may_verify": is_open and pending,
            "may_refuse": is_open and (pending or account.state == BankAccountState.VERIFIED),
            "reasons": [REASONS[slug] for slug in bank_review.REFUSALS],
            "why": REASONS[account.reason].text("en") if account.reason in REASONS else "",
            "reveal_reasons": unmasking.REASONS,
        }
