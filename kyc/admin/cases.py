"""The queue of cases and the page of one case. Everything it does goes through the services."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.timesince import timesince

from accounts.admin_site import PageAdmin, has_role, site
from accounts.exporting import Table
from accounts.services.officers import REASON_CHARACTERS_MAX
from config.kit.errors import Absent, DomainError
from config.kit.ids import read_public_id
from kyc.admin import case_acts, case_neighbours, case_videos
from kyc.admin.filters import AGES, STATES, QueueForm
from kyc.admin.noted import NotedPages
from kyc.catalogue import asked_again
from kyc.catalogue.reasons import REASONS, reasons_for
from kyc.errors import LinkInvalid
from kyc.models import Case, Document, IdType, Level, Verdict
from kyc.services import claims, decisions, desk, hints, links, queue, unmasking, watermark

OFFICERS = "compliance"
REVEAL = "reveal"
"""What the button that opens masked data posts as `act`, beside no verdict."""
CLAIMS = frozenset({"claim", "take_over", "release"})
"""What the buttons of a claim post as `act`."""
REFUSE = "refuse-"
"""Begins the name of each document's field, whose value is the reason to ask for it again."""
IMAGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Content-Disposition": 'inline; filename="document.jpg"',
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


@admin.register(Case, site=site)
class CaseAdmin(NotedPages, PageAdmin):
    """Cases: the queue, oldest first, and a page on which to decide."""

    icon = "badge"
    view_roles = (OFFICERS,)
    refusal = "Only compliance officers review cases."

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue."""
        if not self.has_view_permission(request):
            return HttpResponseForbidden(self.refusal, content_type="text/plain")
        filters = QueueForm(request.GET).filters()
        after = request.GET.get("after", "")
        if request.method == "POST":
            return self._take_next(request, filters)
        page = queue.look(filters, officer=officer_of(request), after=after)
        return TemplateResponse(
            request,
            "admin/kyc/case/queue.html",
            {
                **self.admin_site.each_context(request),
                "title": "Cases",
                "opts": self.opts,
                "filters": filters,
                "states": STATES,
                "levels": Level.choices,
                "ages": AGES,
                "rows": page.rows,
                "query": request.GET.urlencode(),
                "first_address": _address(request, "") if after else "",
                "next_address": _address(request, page.next_after) if page.next_after else "",
            },
        )

    def table(self, request: HttpRequest) -> Table:
        """The queue with its filters, whole: as little of each customer as the page shows."""
        columns = (
            ("case", lambda case: case.public_id),
            ("customer", lambda case: case.user.uid),
            ("level", lambda case: case.level),
            ("country", lambda case: case.country),
            ("state", lambda case: case.state),
            ("handed in", lambda case: case.submitted_at),
        )
        return Table(queue.cases(QueueForm(request.GET).filters(), officer=officer_of(request)), columns)

    def _take_next(self, request: HttpRequest, filters: queue.Filters) -> HttpResponse:
        """The first free case of these filters, taken for review."""
        case = queue.take_next(filters, officer=officer_of(request))
        if case is None:
            messages.info(request, "No case is free to take here.")
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(reverse("admin:kyc_case_change", args=(case.pk,)))

    def get_urls(self) -> list[URLPattern]:
        """The images and videos stand beside the cases."""
        images = path(
            "documents/<int:document_id>/<int:number>.jpg",
            self.admin_site.admin_view(self.image_view),
            name="kyc_document_page",
        )
        videos = path(
            "documents/<int:document_id>/video",
            self.admin_site.admin_view(self.video_view),
            name="kyc_document_video",
        )
        return [images, videos, *super().get_urls()]

    def page_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """The case page; a POST decides."""
        if request.method == "POST":
            return self._decide(request, row_id)
        view = desk.look(case_pk=row_id, officer=officer_of(request))
        return TemplateResponse(request, "admin/kyc/case/desk.html", self._page(request, view))

    def image_view(self, request: HttpRequest, document_id: int, number: int) -> HttpResponse:
        """One page of a document, by a link made for this officer's session a few minutes ago."""
        try:
            links.check(
                request.path,
                viewer=viewer_of(request),
                expires=request.GET.get("e", ""),
                signature=request.GET.get("s", ""),
            )
            content = desk.look_at_page(document_id=document_id, number=number, officer=officer_of(request))
        except Absent:
            raise Http404 from None
        except DomainError as refusal:
            return HttpResponseForbidden(refusal.detail, content_type="text/plain; charset=utf-8")
        return HttpResponse(content, content_type="image/jpeg", headers=IMAGE_HEADERS)

    def video_view(self, request: HttpRequest, document_id: int) -> HttpResponseBase:
        """A document's video, or a part of it, by a link made for this officer's session a few minutes ago."""
        return case_videos.answer(request, document_id, officer=officer_of(request), viewer=viewer_of(request))

    def _decide(self, request: HttpRequest, case_pk: int) -> HttpResponse:
        here = HttpResponseRedirect(request.path)
        case = Case.objects.select_related("user").filter(pk=case_pk).first()
        if case is None:
            raise Http404
        verdict = request.POST.get("verdict", "")
        act = request.POST.get("act", "")
        if act == REVEAL:
            return self._reveal(request, case)
        if act == case_neighbours.COMPARE:
            return case_neighbours.compare(request, case, officer_of(request))
        if act in CLAIMS:
            return self._claim(request, case, act)
        if act in case_acts.ACTS:
            case_acts.act(request, case, act)
            return here
        given: dict[str, Any] = {
            "case_id": case.public_id,
            "officer": officer_of(request),
            "seen": request.POST.get("seen", "")[:64],
        }
        try:
            if verdict == Verdict.APPROVE:
                decisions.approve(**given, read=case_acts.read_of(request))
            elif verdict == Verdict.SEND_BACK:
                decisions.send_back(**given, refused=_chosen(request), parts=case_acts.parts_of(request))
            elif verdict == Verdict.REJECT:
                decisions.reject(**given, reason=request.POST.get("reason", ""))
            else:
                messages.error(request, "Choose what to do with the case.")
                return here
        except DomainError as refusal:
            messages.error(request, refusal.detail)
            return here
        done = {Verdict.APPROVE: "approved", Verdict.SEND_BACK: "sent back", Verdict.REJECT: "rejected"}
        messages.success(request, f"Case {case.public_id} is {done[Verdict(verdict)]}.")
        return HttpResponseRedirect(reverse("admin:kyc_case_changelist"))

    def _reveal(self, request: HttpRequest, case: Case) -> HttpResponse:
        """Open the chosen fields, or all, on this page for some minutes."""
        fields = request.POST.getlist("fields")[: len(unmasking.FIELDS)] or unmasking.FIELDS
        try:
            unmasking.reveal(case, fields, officer_of(request), request.POST.get("reason", "")[:REASON_CHARACTERS_MAX])
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return HttpResponseRedirect(request.path)

    def _claim(self, request: HttpRequest, case: Case, act: str) -> HttpResponse:
        """Take the case, take it over, or give it back. Taking it for review opens the typed data to this officer."""
        officer = officer_of(request)
        if act == "release":
            claims.release(case_pk=case.pk, officer=officer)
            return HttpResponseRedirect(reverse("admin:kyc_case_changelist"))
        try:
            take = claims.take_over if act == "take_over" else claims.claim
            take(case_pk=case.pk, officer=officer)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return HttpResponseRedirect(request.path)

    def _page(self, request: HttpRequest, view: desk.CaseView) -> dict[str, Any]:
        case = view.case
        is_masked = unmasking.IMAGES not in view.opened
        beside = {} if is_masked else case_neighbours.beside(view, site=self.admin_site.name, viewer=viewer_of(request))
        return {
            **self.admin_site.each_context(request),
            "title": f"Case {case.public_id}",
            "opts": self.opts,
            "view": view,
            **case_acts.shown(request, view),
            "case": case,
            "waits": timesince(case.submitted_at, depth=1) if case.waiting and case.submitted_at else "",
            "id_type": IdType(view.person.id_type).label if view.person else "",
            "documents": [
                self._shown(request, document, view.hints[document.pk], masked=is_masked)
                | {"beside": beside.get(document.pk, ())}
                for document in view.evidence.documents
            ],
            "decisions": [(decision, _reason_text(decision.reason)) for decision in view.decisions],
            "end_reasons": reasons_for(Verdict.REJECT),
            "mark": watermark.words(officer_of(request).get_full_name(), officer_of(request)),
            "link_seconds": links.LINK_SECONDS,
            "claim_is_own": view.claim is not None and view.claim.officer_id == request.user.pk,
            "is_lead": has_role(request, claims.LEADS_GROUP),
            "claim_minutes": claims.CLAIM_MINUTES,
            "reveal_reasons": unmasking.REASONS,
            "reason_length_max": REASON_CHARACTERS_MAX,
        }

    def _shown(self, request: HttpRequest, document: Document, found: hints.Hints, *, masked: bool) -> dict[str, Any]:
        name, viewer = f"{self.admin_site.name}:kyc_document_", viewer_of(request)
        pages = (
            []
            if masked
            else [
                links.signed(reverse(f"{name}page", args=(document.public_id, number)), viewer=viewer)
                for number in range(1, document.page_count + 1)
            ]
        )
        video = ""
        if pages and document.video_name is not None:
            video = links.signed(reverse(f"{name}video", args=(document.public_id,)), viewer=viewer)
        reason = _reason_text(document.reason)
        again = asked_again.of_document(document.kind)
        return {
            "document": document,
            "number": str(document.public_id),
            "pages": pages,
            "video": video,
            "hints": found,
            "reason": reason,
            "again": again,
        }


def _address(request: HttpRequest, after: str) -> str:
    """The queue with the same filters, from a cursor on."""
    said = request.GET.copy()
    said.pop("after", None)
    if after:
        said["after"] = after
    return f"?{said.urlencode()}"


def officer_of(request: HttpRequest) -> Any:
    """The officer who asks."""
    return request.user


def viewer_of(request: HttpRequest) -> str:
    """Names the staff session without showing its key. Raises LinkInvalid where there is none."""
    if not request.session.session_key:
        raise LinkInvalid
    return f"{request.user.pk}:{hashlib.sha256(request.session.session_key.encode()).hexdigest()}"


def _chosen(request: HttpRequest) -> dict[int, str]:
    """Document → reason, of those for which a reason was chosen."""
    named = {name.removeprefix(REFUSE): reason for name, reason in request.POST.dict().items() if name.startswith(REFUSE)}
    return {number: reason for text, reason in named.items() if reason and (number := read_public_id(text)) is not None}


def _reason_text(slug: str) -> str:
    reason = REASONS.get(slug)
    return reason.text("en") if reason else ""
