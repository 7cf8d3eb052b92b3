"""Customers: found by uid, email, phone or name; shown with their sessions, sign-ins and holds."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts.admin_site import ReadOnlyAdmin, site
from accounts.models import LoginRecord, SecurityHold, Session, User
from config.kit.clock import now

ROWS_SHOWN_MAX = 20
"""Lines of each table beneath a customer: the newest."""


class NewestRows(TabularInline):
    """The newest rows of something that belongs to the customer. Shows, never writes."""

    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True
    tab = True
    ordering = ("-id",)
    newest_of: ClassVar[type[Model]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The newest ROWS_SHOWN_MAX rows of the customer whose page this is."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        customer = match.kwargs.get("object_id") if match else None
        if not str(customer or "").isdigit():
            return rows.none()
        newest = rows.filter(user_id=customer).order_by("-id").values("pk")[:ROWS_SHOWN_MAX]
        return rows.filter(pk__in=newest)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may open the customer's page."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class SessionRows(NewestRows):
    """Sessions, without anything of their tokens."""

    model = Session
    verbose_name_plural = "sessions"
    fields = ("created_at", "last_used_at", "level", "state", "device", "browser", "place", "ip")
    readonly_fields = fields

    @admin.display(description="state")
    def state(self, session: Session) -> str:
        """Open, expired, or how it ended."""
        if session.ended_at is not None:
            return session.get_end_cause_display()
        return "open" if session.expires_at > now() else "expired"


class LoginRows(NewestRows):
    """The log of sign-ins."""

    model = LoginRecord
    verbose_name_plural = "sign-ins"
    fields = ("at", "act", "device", "browser", "place", "ip")
    readonly_fields = fields


class HoldRows(NewestRows):
    """Security holds."""

    model = SecurityHold
    verbose_name_plural = "security holds"
    fields = ("started_at", "until", "cause")
    readonly_fields = fields


@admin.register(User, site=site)
class UserAdmin(ReadOnlyAdmin):
    """Customers and officers. Acts on them are services' and have pages of their own."""

    icon = "group"
    list_display = ("uid", "email", "phone", "username", "status_shown", "kind", "registered_at")
    list_display_links = ("uid",)
    list_filter = ("status", "register_type")
    search_fields = ("=uid", "=email", "=phone", "=username")
    search_help_text = "whole uid, email, phone or user name"
    ordering = ("-id",)
    inlines = (SessionRows, LoginRows, HoldRows)
    fieldsets = (
        ("Account", {"fields": (("uid", "status"), ("email", "phone", "username"), ("kind", "roles"))}),
        ("Opened", {"fields": (("registered_at", "register_type", "registered_ip"),)}),
        ("Safety", {"fields": (("authenticator", "login_code", "language"),)}),
    )
    readonly_fields = (
        "uid",
        "status",
        "email",
        "phone",
        "username",
        "kind",
        "roles",
        "registered_at",
        "register_type",
        "registered_ip",
        "authenticator",
        "login_code",
        "language",
    )

    @display(
        description="status",
        ordering="status",
        label={
            "normal": "success",
            "blocked": "warning",
            "not_activated": "info",
            "not_tradable": "warning",
            "suspended": "danger",
            "locked": "danger",
            "deleted": "danger",
        },
    )
    def status_shown(self, user: User) -> tuple[str, str]:
        """The state of the account."""
        return user.status, user.get_status_display()

    @admin.display(description="kind", ordering="is_staff")
    def kind(self, user: User) -> str:
        """Customer or officer."""
        return "officer" if user.is_staff else "customer"

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        """The officer's roles."""
        return ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "—"

    @admin.display(description="authenticator", boolean=True)
    def authenticator(self, user: User) -> bool:
        """Whether one is bound."""
        return user.authenticators.filter(confirmed_at__isnull=False).exists()

    @admin.display(description="log-in code")
    def login_code(self, user: User) -> str:
        """Where it goes."""
        return user.get_second_factor_channel_display()
