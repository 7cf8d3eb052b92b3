"""A customer's file at the desk: what holds it, until when it is kept, and its export for a regulator."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib import admin, messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.admin_site import ReadOnlyAdmin, has_role, site
from accounts.models import LegalHold, User
from accounts.services import legal_holds
from accounts.services.officers import REASON_CHARACTERS_MAX, Act
from config.kit.errors import Absent, DomainError
from config.kit.ids import read_public_id
from kyc.admin.cases import OFFICERS, officer_of
from kyc.admin.noted import NotedPages
from kyc.models import Retention
from kyc.services import export, looks


@admin.register(LegalHold, site=site)
class LegalHoldAdmin(NotedPages, ReadOnlyAdmin):
    """Legal holds, and beside them the page of one customer's file."""

    icon = "gavel"
    view_roles = (OFFICERS,)
    list_display = ("public_id", "customer", "reason", "placed_by", "since", "lift_asked_by", "lifted_at")
    list_select_related = ("customer", "placed_by", "lift_asked_by")
    search_fields = ("=public_id", "=customer__uid")
    search_help_text = "Number of a hold, or uid of a customer"
    ordering = ("-id",)
    exclude = ()

    def get_urls(self) -> list[URLPattern]:
        """The page of one customer's file."""
        page = path("customers/<int:uid>/", self.admin_site.admin_view(self.file_view), name="kyc_customer_file")
        return [page, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # Django's signature
        extra_context: dict[str, Any] | None = None,  # Django's signature
    ) -> HttpResponse:
        """The hold as it stands, and a record of the look at it."""
        answer: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        if answer.status_code == 200 and (hold := self.get_object(request, object_id)) is not None:
            facts = {"customer": str(hold.customer.uid)}
            looks.note(officer_of(request), "accounts.legal_hold_viewed", f"accounts.legalhold:{hold.public_id}", facts)
        return answer

    def file_view(self, request: HttpRequest, uid: int) -> HttpResponse | FileResponse:
        """The page; a POST places a hold, asks to lift one, agrees to that, or exports."""
        if not has_role(request, OFFICERS):
            return HttpResponseForbidden("Only compliance officers see a customer's file.", content_type="text/plain")
        customer = get_object_or_404(User, uid=uid, is_staff=False)
        if request.method != "POST":
            facts = {"customer": str(customer.uid)}
            looks.note(officer_of(request), "kyc.customer_file_viewed", f"kyc.customer:{customer.uid}", facts)
            return TemplateResponse(request, "admin/kyc/file/page.html", self._page(request, customer))
        reason = request.POST.get("reason", "")[: REASON_CHARACTERS_MAX + 1]
        try:
            return self._act(request, customer, Act(reason=reason, officer=officer_of(request)))
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return HttpResponseRedirect(request.path)

    def _act(self, request: HttpRequest, customer: User, act: Act) -> HttpResponse | FileResponse:
        wanted = request.POST.get("act", "")
        if wanted == "export":
            target = tempfile.TemporaryFile()  # noqa: SIM115  # nameless; the answer closes it when it is sent
            try:
                export.write(customer=customer, act=act, target=target)
            except BaseException:
                target.close()
                raise
            target.seek(0)
            answer = FileResponse(target, as_attachment=True, filename=f"customer-{customer.uid}.zip")
            answer["Cache-Control"] = "no-store, private"
            return answer
        if wanted == "hold":
            legal_holds.place(customer=customer, act=act)
            messages.success(request, "Nothing of this customer is erased while the hold stands.")
        else:
            hold_id = read_public_id(request.POST.get("hold", "")) or 0
            if not LegalHold.objects.filter(public_id=hold_id, customer=customer).exists():
                raise Absent(thing="legal hold")
            lift = legal_holds.agree_lift if wanted == "agree" else legal_holds.ask_lift
            lift(hold_id=hold_id, act=act)
            messages.success(request, "The hold is lifted." if wanted == "agree" else "Another officer has to agree.")
        return HttpResponseRedirect(request.path)

    def _page(self, request: HttpRequest, customer: User) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": f"File of customer {customer.uid}",
            "opts": self.opts,
            "customer": customer,
            "holds": legal_holds.in_force(customer),
            "clocks": Retention.objects.filter(user=customer).select_related("case").order_by("pk"),
            "is_erased": legal_holds.is_erased(customer),
            "reason_length_max": REASON_CHARACTERS_MAX,
        }
