"""Applications that customers may let in, read-only: operators register and stop them at the console."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from accounts.admin_site import EVERY_ROLE, ReadOnlyAdmin, site
from accounts.models import OAuthApplication


@admin.register(OAuthApplication, site=site)
class OAuthApplicationAdmin(ReadOnlyAdmin):
    """Who may ask for what, where answers go, and how many customers let it in. Nothing of its secret."""

    view_roles = EVERY_ROLE
    icon = "apps"
    view_on_site = False
    list_display = ("name", "client_id", "client_type", "is_enabled", "customers", "created")
    list_filter = ("client_type", "is_enabled")
    search_fields = ("name__istartswith", "=client_id")
    search_help_text = "name or client id"
    ordering = ("-id",)
    fields = (
        "name",
        "client_id",
        "client_type",
        "redirect_uris",
        "functions",
        "requires_pkce",
        "is_enabled",
        "customers",
        "created",
        "updated",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OAuthApplication]:
        """With the number of consents that stand."""
        standing = Count("consents", filter=Q(consents__revoked_at__isnull=True))
        return super().get_queryset(request).annotate(standing=standing)

    @admin.display(description="customers")
    def customers(self, application: Any) -> int:
        """How many let it in."""
        return int(application.standing)
