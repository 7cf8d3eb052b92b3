"""Customers: found by uid, email, phone or name; shown with their sessions, sign-ins and holds."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import TabularInline
from unfold.decorators import display

from accounts.admin.customer_acts import CustomerActs
from accounts.admin.masks import MaskedContacts, opened
from accounts.admin.safety import SafetyPage
from accounts.admin_site import EVERY_ROLE, site
from accounts.models import LoginRecord, SecurityHold, Session, User
from accounts.services import labels, unmasking, vip
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
    owner: ClassVar[str] = "user"
    """The field that names the customer."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The newest ROWS_SHOWN_MAX rows of the customer whose page this is."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        customer = match.kwargs.get("object_id") if match else None
        if not str(customer or "").isdigit():
            return rows.none()
        newest = rows.filter(**{f"{self.owner}_id": customer}).order_by("-id").values("pk")[:ROWS_SHOWN_MAX]
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


class RowsWithAddresses(NewestRows):
    """Rows that tell from which address something was done: masked like the contacts."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows, knowing whether places are open to this officer."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        customer = User.objects.filter(pk=match.kwargs["object_id"]).first() if match and "object_id" in match.kwargs else None
        whole = customer is not None and "places" in opened(request, customer)
        return rows.annotate(shows_address=Value(whole))

    @admin.display(description="IP")
    def address(self, row: Any) -> str:
        """`203.0.113.*`."""
        return (row.ip if getattr(row, "shows_address", False) else unmasking.masked_address(row.ip)) or "—"


class SessionRows(RowsWithAddresses):
    """Sessions, without anything of their tokens."""

    model = Session
    verbose_name_plural = "sessions"
    fields = ("created_at", "last_used_at", "level", "state", "device", "browser", "place", "address")
    readonly_fields = fields

    @admin.display(description="state")
    def state(self, session: Session) -> str:
        """Open, expired, or how it ended."""
        if session.ended_at is not None:
            return session.get_end_cause_display()
        return "open" if session.expires_at > now() else "expired"


class LoginRows(RowsWithAddresses):
    """The customer's log."""

    model = LoginRecord
    verbose_name_plural = "activity"
    fields = ("at", "act", "device", "browser", "place", "address")
    readonly_fields = fields


class HoldRows(NewestRows):
    """Security holds."""

    model = SecurityHold
    verbose_name_plural = "security holds"
    fields = ("started_at", "until", "cause")
    readonly_fields = fields


class SubAccountRows(NewestRows):
    """Sub-accounts, removed ones too."""

    model = User
    fk_name = owner = "parent"
    verbose_name_plural = "sub-accounts"
    fields = ("page", "username", "called", "status", "registered_at")
    readonly_fields = fields

    @admin.display(description="uid")
    def page(self, user: User) -> SafeString:
        """The way to its own page."""
        return _link(user)

    @admin.display(description="called")
    def called(self, user: User) -> str:
        """What its parent calls it."""
        return user.sub_account_label or "—"


@admin.register(User, site=site)
class UserAdmin(SafetyPage, CustomerActs, MaskedContacts):
    """Customers and officers. Acts on them are services'."""

    view_roles = EVERY_ROLE
    icon = "group"
    list_display = ("uid", "email_shown", "phone_shown", "username_shown", "status_shown", "kind", "registered_at")
    list_display_links = ("uid",)
    list_filter = ("status", "register_type")
    search_fields = ("=uid", "=email", "=phone", "=username")
    search_help_text = "whole uid, email, phone or user name"
    ordering = ("-id",)
    inlines = (SessionRows, LoginRows, HoldRows, SubAccountRows)
    list_select_related = ("parent",)
    fieldsets = (
        ("Account", {"fields": (("uid", "status"), ("email_shown", "phone_shown", "username_shown"), ("kind", "roles"))}),
        ("Opened", {"fields": (("registered_at", "register_type", "registered_from"),)}),
        ("Safety", {"fields": (("authenticator", "login_code", "language"), ("api_keys",))}),
        ("Settings", {"fields": (("allows_many_devices", "checks_other_places"),)}),
        ("Around", {"fields": (("belongs_to", "tier", "labels_shown"), ("referral_code", "referred_by"))}),
    )
    readonly_fields = (
        "uid",
        "status",
        "email_shown",
        "phone_shown",
        "username_shown",
        "kind",
        "roles",
        "registered_at",
        "register_type",
        "registered_from",
        "authenticator",
        "login_code",
        "language",
        "api_keys",
        "allows_many_devices",
        "checks_other_places",
        "belongs_to",
        "tier",
        "labels_shown",
        "referral_code",
        "referred_by",
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
        """Customer, sub-account or officer."""
        if user.is_staff:
            return "officer"
        return "customer" if user.parent_id is None else "sub-account"

    @admin.display(description="belongs to")
    def belongs_to(self, user: User) -> SafeString | str:
        """The parent of a sub-account."""
        return _link(user.parent) if user.parent else "—"

    @admin.display(description="VIP tier")
    def tier(self, user: User) -> str:
        """Its name and spread; a sub-account's is its parent's."""
        tier = vip.tier_of(user)
        return f"{tier.name}, spread {tier.spread_percent.normalize():f} %"

    @admin.display(description="labels")
    def labels_shown(self, user: User) -> SafeString | str:
        """With their colours; those that the customer does not see say so."""
        rows = (
            (label.color, label.text_en, "" if label.is_shown_to_customer else " (officers only)")
            for label in labels.of_customer(user)
        )
        patch = '<span style="display:inline-block;width:.8em;height:.8em;border-radius:3px;background:{}"></span> {}{}'
        return format_html_join(mark_safe("<br>"), patch, rows) or "—"  # a constant

    @admin.display(description="referred by")
    def referred_by(self, user: User) -> SafeString | str:
        """Who brought this customer."""
        return _link(user.referrer) if user.referrer else "—"

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

    @admin.display(description="API keys")
    def api_keys(self, user: User) -> SafeString:
        """The way to the keys that act for this account, with their last use and what was refused."""
        return format_html('<a class="underline" href="{}?q={}">show</a>', reverse("admin:apikeys_apikey_changelist"), user.uid)


def _link(user: User) -> SafeString:
    """The way to another customer's page."""
    return format_html('<a class="underline" href="{}">{}</a>', reverse("admin:accounts_user_change", args=[user.pk]), user.uid)
