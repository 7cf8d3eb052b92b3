"""The officers' view of alarms: what has to be looked at. Tasks raise and end them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_site import ReadOnlyAdmin, site
from wallet.admin.paging import CappedPaginator
from wallet.models.alarms import Alarm, AlarmKind


class IsOpen(admin.SimpleListFilter):
    """Whether the matter is over."""

    title = "state"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The two."""
        return [("1", "open"), ("0", "over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alarm]) -> QuerySet[Alarm]:
        """Those of the chosen state."""
        return queryset if self.value() is None else queryset.filter(ended_at__isnull=self.value() == "1")


class IsOfKind(admin.SimpleListFilter):
    """What is the matter."""

    title = parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All kinds."""
        return AlarmKind.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alarm]) -> QuerySet[Alarm]:
        """Those of the chosen kind."""
        return queryset if self.value() is None else queryset.filter(kind=self.value())


@admin.register(Alarm, site=site)
class AlarmAdmin(ReadOnlyAdmin):
    """Open ones first, the newest first among them."""

    icon = "notifications_active"
    view_roles = ("treasury", "auditor")
    paginator = CappedPaginator
    list_display = ("label", "subject", "detail", "since", "raised_at", "seen_at", "ended_at")
    list_filter = (IsOpen, IsOfKind)
    search_fields = ("subject",)
    fields = readonly_fields = list_display
    ordering = ("-ended_at", "-id")
