"""Filters of the queue. None of them counts or scans the table of all cases."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from kyc.models import Case, CaseState
from kyc.models.cases import WAITING


class QueueFilter(SimpleListFilter):
    """Where the cases stand; those that wait for an officer unless told otherwise."""

    title = "state"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each state, and all."""
        return [*CaseState.choices, ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """The choices, the first being the queue itself."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "Waiting for review"} if choice["query_string"] == "?" else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """The cases of the chosen state."""
        value = self.value()
        if value == "all":
            return queryset
        return queryset.filter(state=value) if value in CaseState.values else queryset.filter(state__in=WAITING)


class WaitingCountryFilter(SimpleListFilter):
    """The nationalities of which somebody waits."""

    title = "country"
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The countries in the queue."""
        found = Case.objects.filter(state__in=WAITING).exclude(country="").values_list("country", flat=True).distinct()
        return [(country, country) for country in sorted(found[:300])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """The cases of the chosen country."""
        return queryset.filter(country=self.value()) if self.value() else queryset
