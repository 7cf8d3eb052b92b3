"""The officers' desk for whatever takes two of them: a queue, and a page on which the second one decides."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from accounts import step_up
from accounts.admin_site import has_role
from accounts.exporting import Table
from config.kit.clock import now
from config.kit.errors import Absent
from messaging.services.codes import Purpose
from wallet.admin.decisions import DecisionForm, officer_of, take_or_claim
from wallet.admin.queues import Asked, QueueAdmin
from wallet.models.pairs import PairState
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


class PairAdmin(QueueAdmin):
    """Proposals of one kind. A subclass names the kind and says what a page shows of a row."""

    kind: ClassVar[PairKind[Any]]
    titles: ClassVar[tuple[str, str]]
    """Of the queue, and of one of its rows."""
    purpose: ClassVar[Purpose] = Purpose.WITHDRAWAL
    queues, tab_titles = Queue, desk.TITLES
    queue_template = "admin/wallet/pair/queue.html"
    columns = (
        ("proposal", lambda row: row.public_id),
        ("proposed", lambda row: row.created_at),
        ("customer", lambda row: row.owner.uid),
        ("amount", lambda row: row.money[0]),
        ("coin", lambda row: row.money[1].code),
        ("proposed by", lambda row: row.proposer.get_full_name()),
        ("state", lambda row: row.state),
        ("in this state since", lambda row: row.state_since),
    )

    def lines(self, row: Any) -> list[Line]:
        """What is decided about, a line each."""
        raise NotImplementedError

    def ways(self, row: Any) -> list[Line]:
        """Where one goes on from a row, as buttons; nowhere unless a subclass says so."""
        return []

    def summary(self, row: Any) -> str:
        """What tells one row of the queue from another, beside customer and amount."""
        raise NotImplementedError

    @property
    def heading(self) -> str:  # type: ignore[override]  # the same words as above
        """Of the queue."""
        return self.titles[0]

    def rows(self, asked: Asked) -> QuerySet[Any]:
        """See desk.rows."""
        return desk.rows(self.kind, asked.queue, search=asked.search)

    def counts(self) -> dict[Queue, str]:
        """What waits for a second officer."""
        return {Queue.DECIDE: desk_queues.count(self.kind.rows().filter(desk.RULES[Queue.DECIDE]))}

    def subject(self, row: Any) -> str:
        """As the desk claims it."""
        return self.kind.subject(row)

    def line(self, row: Any) -> dict[str, Any]:
        """Amount and words, of what is proposed."""
        return {"money": row.money, "summary": self.summary(row), "claims": row.state == PairState.PROPOSED}

    def table(self, request: HttpRequest) -> Table:
        """The queue's file, with the kind's own words for each proposal."""
        columns = (*self.columns[:5], ("what", self.summary), *self.columns[5:])
        return replace(super().table(request), columns=columns)

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
        acts = {"confirm": partial(deciding.confirm, self.kind), "reject": partial(deciding.reject, self.kind)}
        return take_or_claim(request, object_id, form, claim_as=self.kind.matter.value, acts=acts, purpose=self.purpose)
