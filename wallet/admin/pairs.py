"""The officers' desk for whatever takes two of them: a queue, and a page on which the second one decides."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from accounts import step_up
from accounts.admin_site import has_role
from config.kit.clock import now
from config.kit.errors import Absent
from messaging.services.codes import Purpose
from wallet.admin.decisions import DecisionForm, claim, officer_of, take
from wallet.admin.queues import Asked, DeskAdmin
from wallet.services import desk_queues, officers
from wallet.services.pairs import deciding, desk
from wallet.services.pairs.deciding import PairKind
from wallet.services.pairs.desk import Queue
from wallet.services.withdrawals.dossier import age_since


class Line(NamedTuple):
    """One line of what is decided about; `address` is where more is to be read."""

    label: str
    text: str
    address: str = ""


class PairAdmin(DeskAdmin):
    """Proposals of one kind. A subclass names the kind and says what a page shows of a row."""

    kind: ClassVar[PairKind[Any]]
    titles: ClassVar[tuple[str, str]]
    """Of the queue, and of one of its rows."""
    purpose: ClassVar[Purpose] = Purpose.WITHDRAWAL

    def lines(self, row: Any) -> list[Line]:
        """What is decided about, a line each."""
        raise NotImplementedError

    def ways(self, row: Any) -> list[Line]:
        """Where one goes on from a row, as buttons; nowhere unless a subclass says so."""
        return []

    def summary(self, row: Any) -> str:
        """What tells one row of the queue from another, beside customer and amount."""
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue."""
        context = self.page(request, self.titles[0])
        asked = Asked.of(request, Queue)
        page = desk.page(self.kind, asked.queue, search=asked.search, after=asked.after)
        waiting = self.kind.rows().filter(desk.RULES[Queue.DECIDE])
        claims, moment = self.claims(self.kind.subject(row) for row in page.rows), now()
        context |= {
            "asked": asked,
            "titles": self.titles,
            "tabs": self.tabs(Queue, desk.TITLES, asked, {Queue.DECIDE: desk_queues.count(waiting)}),
            "rows": [
                {
                    "pair": row,
                    "money": row.money,
                    "summary": self.summary(row),
                    "age": age_since(row.state_since, until=moment),
                    "address": self.address("change", row.public_id),
                    "claimed_by": claims.get(self.kind.subject(row), ""),
                }
                for row in page.rows
            ],
            "next_address": asked.next_address(page.next_after),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/wallet/pair/queue.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one proposal, by its public id; a POST decides about it."""
        context = self.page(request, self.titles[1])
        form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
        if request.method == "POST" and self._acted(request, object_id, form):
            return HttpResponseRedirect(request.path)
        try:
            found = desk.open_dossier(self.kind, object_id)
        except Absent as refusal:
            raise Http404(refusal.detail) from refusal
        officer, is_treasury = officer_of(request), has_role(request, officers.ROLE)
        context |= {
            "title": f"{self.titles[1]} {found.row.public_id}",
            "dossier": found,
            "pair": found.row,
            "money": found.row.money,
            "lines": self.lines(found.row),
            "age": age_since(found.row.state_since, until=now()),
            "ways": self.ways(found.row) if is_treasury and found.row.owner.pk != officer.pk else [],
            "choices": desk.choices(found, officer, is_treasury=is_treasury),
            "is_mine": found.claim is not None and found.claim.officer_id == officer.pk,
            "form": form,
            "code_is_due": step_up.is_due(request),
            "back": self.address("changelist"),
        }
        status = 409 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/wallet/pair/case.html", context, status=status)

    def _acted(self, request: HttpRequest, object_id: str, form: DecisionForm) -> bool:
        if object_id.isascii() and object_id.isdigit() and claim(request, f"{self.kind.matter.value}:{object_id}"):
            return True
        acts = {"confirm": partial(deciding.confirm, self.kind), "reject": partial(deciding.reject, self.kind)}
        return take(request, object_id, form, acts=acts, purpose=self.purpose)
