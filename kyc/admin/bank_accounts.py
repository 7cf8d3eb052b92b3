"""Bank accounts at the desk: the queue of those that wait, and a page on which to verify or refuse one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timesince import timesince
from unfold.decorators import display

from accounts.admin_site import PageAdmin, site
from accounts.services.officers import REASON_CHARACTERS_MAX
from config.kit.errors import DomainError
from kyc.admin.cases import OFFICERS, officer_of
from kyc.admin.noted import NotedPages
from kyc.catalogue.reasons import REASONS
from kyc.models import BankAccount, BankAccountState
from kyc.services import bank_review, unmasking

LABELS = {
    BankAccountState.PENDING.value: "info",
    BankAccountState.VERIFIED.value: "success",
    BankAccountState.REFUSED.value: "danger",
}


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
class BankAccountAdmin(NotedPages, PageAdmin):
    """Bank accounts that customers added: oldest first."""

    icon = "account_balance"
    view_roles = (OFFICERS,)
    refusal = "Only compliance officers review bank accounts."
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

    def page_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """The page of one account; a POST opens the masks, verifies or refuses."""
        view = bank_review.look(account_pk=row_id, officer=officer_of(request))
        if request.method == "POST":
            return self._act(request, view.account)
        return TemplateResponse(request, "admin/kyc/bank/account.html", self._page(request, view))

    def _act(self, request: HttpRequest, account: BankAccount) -> HttpResponse:
        officer, act, reason = officer_of(request), request.POST.get("act", ""), request.POST.get("reason", "")
        given: dict[str, Any] = {"officer": officer, "seen": request.POST.get("seen", "")[:64]}
        try:
            if act == "reveal":
                unmasking.reveal(account.user, bank_review.OPENED, officer, reason[:REASON_CHARACTERS_MAX])
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
        account = view.account
        return {
            **self.admin_site.each_context(request),
            "title": f"Bank account {account.public_id}",
            "opts": self.opts,
            "view": view,
            "account": account,
            "reasons": [REASONS[slug] for slug in bank_review.REFUSALS],
            "why": REASONS[account.reason].text("en") if account.reason in REASONS else "",
            "reveal_reasons": unmasking.REASONS,
        }
