"""What the desk's own pages have in common: reading the queue's address, and answering nobody who may not look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.admin_site import ReadOnlyAdmin
from wallet.services import desk_claims, officers

SEARCH_CHARACTERS_MAX = 64


class QueueForm(forms.Form):
    """What the address of a queue may say; anything else is as if it said nothing."""

    queue = forms.CharField(required=False, max_length=16)
    search = forms.CharField(required=False, max_length=SEARCH_CHARACTERS_MAX)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


@dataclass(frozen=True)
class Asked:
    """Which queue, what is looked for in it, and after which row."""

    queue: Any
    search: str
    after: int | None

    @classmethod
    def of(cls, request: HttpRequest, queues: type[StrEnum]) -> Asked:
        """What the request asks for; the first queue where it names none."""
        form = QueueForm(request.GET)
        form.is_valid()
        given = form.cleaned_data
        named = given.get("queue")
        queue = queues(named) if named in set(queues) else next(iter(queues))
        return cls(queue, given.get("search", "").strip(), given.get("after"))

    def next_address(self, after: int | None) -> str:
        """Where the next page is, or nothing."""
        return f"?{urlencode({'queue': self.queue, 'search': self.search, 'after': after})}" if after else ""


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

    def tabs(self, queues: Iterable[StrEnum], titles: Mapping[Any, str], asked: Asked, counts: Mapping[Any, str]) -> list[Any]:
        """The queues as tabs."""
        return [
            {"title": titles[one], "address": f"?queue={one}", "is_active": one == asked.queue, "count": counts.get(one, "")}
            for one in queues
        ]

    def claims(self, subjects: Iterable[str]) -> dict[str, str]:
        """Who has which of these on the desk."""
        found = desk_claims.among(list(subjects))
        return {subject: claim.officer.get_full_name() for subject, claim in found.items()}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The page itself tells the history."""
        return HttpResponseRedirect(self.address("change", object_id))
