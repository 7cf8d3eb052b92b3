"""The desk of recovery cases: a queue, and a page with the selfie beside the verified documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.timesince import timesince, timeuntil
from unfold.decorators import display

from accounts import step_up
from accounts.admin_site import PageAdmin, site
from accounts.models import RecoveryCase
from accounts.models.recovery import CaseState, Verdict
from accounts.services import recovery_desk, recovery_reasons
from accounts.services.officers import REASON_CHARACTERS_MAX
from config.kit.errors import Absent, DomainError
from kyc.admin.cases import IMAGE_HEADERS, REVEAL, officer_of, viewer_of
from kyc.admin.noted import NotedPages
from kyc.models import Document, IdType
from kyc.services import links, recovery_view, unmasking
from messaging.models import Purpose

OFFICERS = recovery_desk.ROLE
CODE_LENGTH_MAX = 8
LABELS = {
    CaseState.SUBMITTED.value: "info",
    CaseState.SECOND_REVIEW.value: "info",
    CaseState.SENT_BACK.value: "warning",
    CaseState.WAITING.value: "warning",
    CaseState.COMPLETED.value: "success",
    CaseState.REJECTED.value: "danger",
}


class DecisionForm(forms.Form):
    """A decision: what the officer saw, what the customer is told, the code where one is due, and the picture's hash."""

    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Verdict.choices)
    reason = forms.CharField(
        min_length=recovery_desk.REASON_LENGTH_MIN,
        max_length=recovery_desk.REASON_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "minlength": recovery_desk.REASON_LENGTH_MIN}),
    )
    told = forms.ChoiceField(choices=[(slug, slug) for slug in recovery_reasons.REASONS], required=False)
    code = forms.CharField(required=False, max_length=CODE_LENGTH_MAX)


class StateFilter(SimpleListFilter):
    """Where the cases stand; those that wait for an officer unless told otherwise."""

    title = "state"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each state, and all."""
        return [*[(state.value, str(state.label).capitalize()) for state in CaseState], ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """The choices, the first being the queue itself."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "Waiting for an officer"} if choice["query_string"] == "?" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[RecoveryCase]) -> QuerySet[RecoveryCase]:
        """The cases of the chosen state."""
        value = self.value()
        if value == "all":
            return queryset
        states = [value] if value in CaseState.values else [state.value for state in recovery_desk.DECIDABLE]
        return queryset.filter(state__in=states)


@admin.register(RecoveryCase, site=site)
class RecoveryCaseAdmin(NotedPages, PageAdmin):
    """Recovery cases: the queue, oldest first, and a page on which to decide."""

    icon = "lock_reset"
    view_roles = (OFFICERS,)
    refusal = "Only compliance officers review recovery cases."
    list_display = ("case_number", "customer", "cause_name", "state_label", "approvals", "waits", "looked_at")
    list_display_links = ("case_number",)
    list_filter = (StateFilter, "cause")
    search_fields = ("=public_id", "=user__uid")
    search_help_text = "Number of a case or of a customer"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecoveryCase]:
        """Every case, with all that a line shows."""
        return RecoveryCase.objects.select_related("user", "claimed_by").prefetch_related("decisions")

    def get_ordering(self, request: HttpRequest) -> Any:
        """Who has waited longest comes first; drafts come last."""
        return (F("submitted_at").asc(nulls_last=True), "id")

    @display(description="Case", ordering="id")
    def case_number(self, case: RecoveryCase) -> str:
        """The case's public id."""
        return str(case.public_id)

    @display(description="Customer")
    def customer(self, case: RecoveryCase) -> str:
        """The customer's uid: names are shown on the case page only."""
        return str(case.user.uid)

    @display(description="Cause", ordering="cause")
    def cause_name(self, case: RecoveryCase) -> str:
        """Why it was opened."""
        return str(case.get_cause_display()).capitalize()

    @display(description="State", label=LABELS)
    def state_label(self, case: RecoveryCase) -> tuple[str, str]:
        """The state as a coloured label."""
        return case.state, case.get_state_display()

    @display(description="Officers")
    def approvals(self, case: RecoveryCase) -> str:
        """How many have approved the picture of now."""
        digest = bytes(case.selfie_sha256 or b"")
        count = sum(d.verdict == Verdict.APPROVE and bytes(d.selfie_sha256) == digest for d in case.decisions.all())
        return f"{count} of 2"

    @display(description="Waits for", ordering="submitted_at")
    def waits(self, case: RecoveryCase) -> str:
        """Since when an officer has the next move."""
        if case.submitted_at is None or case.state not in recovery_desk.DECIDABLE:
            return "—"
        return timesince(case.submitted_at, depth=1)

    @display(description="Looked at by")
    def looked_at(self, case: RecoveryCase) -> str:
        """Who has the case open."""
        other = recovery_desk.claimed_by(case)
        return other.get_full_name() if other is not None else "—"

    def get_urls(self) -> list[URLPattern]:
        """The pictures stand beside the cases."""
        picture = path("selfies/<int:selfie_id>.jpg", self.admin_site.admin_view(self.picture_view), name="kyc_recovery_selfie")
        return [picture, *super().get_urls()]

    def page_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """The case page; a POST decides, or opens what is masked."""
        if request.method == "POST" and request.POST.get("act") == REVEAL:
            return self._reveal(request, row_id)
        form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
        if request.method == "POST" and self._decide(request, row_id, form):
            return HttpResponseRedirect(reverse("admin:accounts_recoverycase_changelist"))
        view = recovery_view.look(case_pk=row_id, officer=officer_of(request))
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/kyc/recovery/desk.html", self._page(request, view, form), status=status)

    def _reveal(self, request: HttpRequest, row_id: int) -> HttpResponse:
        case = RecoveryCase.objects.select_related("user").filter(pk=row_id).first()
        if case is None:
            raise Http404
        try:
            reason = request.POST.get("reason", "")[:REASON_CHARACTERS_MAX]
            unmasking.reveal(case.user, recovery_view.OPENED, officer_of(request), reason)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return HttpResponseRedirect(request.path)

    def picture_view(self, request: HttpRequest, selfie_id: int) -> HttpResponse:
        """One selfie, by a link made for this officer's session a few minutes ago."""
        given = {"expires": request.GET.get("e", ""), "signature": request.GET.get("s", "")}
        try:
            links.check(request.path, viewer=viewer_of(request), **given)
            content = recovery_view.look_at_selfie(selfie_id=selfie_id, officer=officer_of(request))
        except Absent:
            raise Http404 from None
        except DomainError as refusal:
            return HttpResponseForbidden(refusal.detail, content_type="text/plain; charset=utf-8")
        return HttpResponse(content, content_type="image/jpeg", headers=IMAGE_HEADERS)

    def _decide(self, request: HttpRequest, case_pk: int, form: DecisionForm) -> bool:
        """Whether the decision was taken; a refusal is a sentence above the page, which keeps what was written."""
        case = RecoveryCase.objects.filter(pk=case_pk).first()
        if case is None:
            raise Http404
        if not form.is_valid():
            messages.error(request, f"Say in {recovery_desk.REASON_LENGTH_MIN} characters or more what you saw.")
            return False
        given, officer = form.cleaned_data, officer_of(request)
        words = {"case_id": case.public_id, "officer": officer, "reason": given["reason"], "seen": bytes.fromhex(given["seen"])}
        try:
            context = f"recovery:{case.public_id}"
            step_up.require(request, officer, given["code"], purpose=Purpose.ACCOUNT_RECOVERY, context=context)
            if given["verdict"] == Verdict.APPROVE:
                case = recovery_desk.approve(**words)
            elif given["verdict"] == Verdict.SEND_BACK:
                case = recovery_desk.send_back(**words, reason_slug=given["told"])
            else:
                case = recovery_desk.reject(**words, reason_slug=given["told"])
        except DomainError as refusal:
            messages.error(request, refusal.detail)
            return False
        messages.success(request, f"Noted. Case {case.public_id}: {case.get_state_display()}.")
        return True

    def _page(self, request: HttpRequest, view: recovery_view.RecoveryView, form: DecisionForm) -> dict[str, Any]:
        case = view.case
        place = f"{self.admin_site.name}:kyc_recovery_selfie"
        return {
            **self.admin_site.each_context(request),
            "title": f"Recovery case {case.public_id}",
            "opts": self.opts,
            "view": view,
            "case": case,
            "form": form,
            "selfies": [
                (selfie, "" if view.is_masked else self._signed(request, place, selfie.public_id)) for selfie in view.selfies
            ],
            "documents": [(document, [] if view.is_masked else self._pages(request, document)) for document in view.documents],
            "decisions": [(d, recovery_reasons.text_of(d.reason_slug, "en")) for d in view.decisions],
            "can_decide": case.state in recovery_desk.DECIDABLE,
            "can_reject": case.state in (*recovery_desk.DECIDABLE, CaseState.WAITING),
            "has_approved": recovery_desk.has_approved(view.decisions, case, officer_of(request)),
            "is_own": case.user_id == request.user.pk,
            "waits": timesince(case.submitted_at, depth=1) if case.submitted_at else "",
            "opens_in": timeuntil(case.waits_until, depth=2) if case.waits_until else "",
            "id_type": IdType(view.person.id_type).label if view.person else "",
            "back_reasons": recovery_reasons.reasons_for(Verdict.SEND_BACK),
            "end_reasons": recovery_reasons.reasons_for(Verdict.REJECT),
            "code_is_due": step_up.is_due(request),
            "reveal_reasons": unmasking.REASONS,
            "link_seconds": links.LINK_SECONDS,
        }

    def _pages(self, request: HttpRequest, document: Document) -> list[str]:
        place = f"{self.admin_site.name}:kyc_document_page"
        return [self._signed(request, place, document.public_id, number) for number in range(1, document.page_count + 1)]

    def _signed(self, request: HttpRequest, place: str, *arguments: int) -> str:
        return links.signed(reverse(place, args=arguments), viewer=viewer_of(request))
