"""What the desk's own pages have in common: one shape of queues, and answering nobody who may not look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts.admin_site import ReadOnlyAdmin, has_role
from accounts.exporting import Table
from config.kit.clock import now
from wallet.services import desk_claims, desk_queues, officers
from wallet.services.withdrawals.dossier import age_since

SEARCH_CHARACTERS_MAX = 128


class QueueForm(forms.Form):
    """What the address of a queue may say; anything else is as if it said nothing. Subclasses add filters."""

    queue = forms.CharField(required=False, max_length=16)
    search = forms.CharField(required=False, max_length=SEARCH_CHARACTERS_MAX)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


@dataclass(frozen=True)
class Asked:
    """Which queue, what is looked for in it, by which further filters, and after which row."""

    queue: Any
    search: str
    after: int | None
    filters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, queues: type[StrEnum], form: type[QueueForm] = QueueForm) -> Asked:
        """What the request asks for; the first queue where it names none."""
        read = form(request.GET)
        read.is_valid()
        given = read.cleaned_data
        named = given.pop("queue", "")
        queue = queues(named) if named in set(queues) else next(iter(queues))
        search, after = given.pop("search", "").strip(), given.pop("after", None)
        return cls(queue, search, after, {name: value for name, value in given.items() if value})

    def address(self, **more: Any) -> str:
        """Where the same is to be seen, with or without a row to begin after."""
        said = {"queue": self.queue, "search": self.search, **self.filters, **more}
        return f"?{urlencode({name: '1' if value is True else value for name, value in said.items() if value})}"


class DeskAdmin(ReadOnlyAdmin):
    """Pages that read through services and act through services; there is no form over the model."""

    view_roles: ClassVar[tuple[str, ...]] = (officers.ROLE, "auditor")

    def page(self, request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
        """The context of every page. Raises Http404 where the officer may not look."""
        if not self.has_view_permission(request):
            raise Http404
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **more}

    def address(self, view: str, *args: Any) -> str:
        """The address of one of the model's pages."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}", args=args)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The page itself tells the history."""
        return HttpResponseRedirect(self.address("change", object_id))


class QueueAdmin(DeskAdmin):
    """A queue of things to decide: tabs, search, filters in the address, claims, a page by key, the same as a file.

    A subclass names its queues and their rows, and what a line shows beside customer, claim and age.
    """

    heading: ClassVar[str]
    queues: ClassVar[type[StrEnum]]
    tab_titles: ClassVar[Mapping[Any, str]]
    hint: ClassVar[str] = "Id, or the customer's uid"
    queue_template: ClassVar[str]
    queue_form: ClassVar[type[QueueForm]] = QueueForm
    columns: ClassVar[Sequence[tuple[str, Callable[[Any], Any]]]]
    """Of the file: each heading, and what it reads of a row."""

    def rows(self, asked: Asked) -> QuerySet[Any]:
        """What stands in the queue and fits what is asked for."""
        raise NotImplementedError

    def counts(self) -> Mapping[Any, str]:
        """How many stand in the queues that somebody waits for, as the tabs show it."""
        raise NotImplementedError

    def subject(self, row: Any) -> str:
        """Under which name the desk claims a row; nothing for rows that nobody claims."""
        raise NotImplementedError

    def line(self, row: Any) -> dict[str, Any]:
        """What else the queue shows of a row."""
        return {}

    def asked(self, request: HttpRequest) -> Asked:
        """What the page's address says."""
        return Asked.of(request, self.queues, self.queue_form)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue."""
        context, asked = self.page(request, self.heading), self.asked(request)
        page = desk_queues.paged(self.rows(asked), asked.queue, after=asked.after)
        claims, moment = self._claims(page.rows), now()
        context |= {
            "asked": asked,
            "hint": self.hint,
            "tabs": self._tabs(asked),
            "rows": [
                {
                    "it": row,
                    "age": age_since(row.state_since, until=moment),
                    "address": self.address("change", row.public_id),
                    "claimed_by": claims.get(self.subject(row), ""),
                    **self.line(row),
                }
                for row in page.rows
            ],
            "takes": has_role(request, officers.ROLE),
            "first_address": asked.address() if asked.after else "",
            "next_address": asked.address(after=page.next_after) if page.next_after else "",
            "export_address": f"{self.address('export')}{asked.address()}",
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.queue_template, context)

    def table(self, request: HttpRequest) -> Table:
        """The same queue with the same filters, whole."""
        asked = self.asked(request)
        return Table(desk_queues.ordered(self.rows(asked), asked.queue), self.columns)

    def _claims(self, rows: Iterable[Any]) -> dict[str, str]:
        found = desk_claims.among([self.subject(row) for row in rows])
        return {subject: claim.officer.get_full_name() for subject, claim in found.items()}

    def _tabs(self, asked: Asked) -> list[dict[str, Any]]:
        counts = self.counts()
        return [
            {
                "title": self.tab_titles[one],
                "address": f"?{urlencode({'queue': one, **asked.filters})}" if asked.filters else f"?queue={one}",
                "is_active": one == asked.queue,
                "count": counts.get(one, ""),
                "is_urgent": one == "stuck" and bool(counts.get(one)),
            }
            for one in self.queues
        ]
