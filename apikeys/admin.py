"""API keys at the desk: each customer's keys, why requests were refused, and the button that stops a key."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from accounts.admin_site import ReadOnlyAdmin, has_role, site
from accounts.models import User
from apikeys.models import ApiKey, RefusedRequest, State
from apikeys.services import keys
from config.kit import money
from config.kit.clock import now
from config.kit.errors import DomainError

REFUSALS_SHOWN = 50
REASON_LENGTH_MAX = 1000
DISABLING_ROLES = ("compliance", "treasury")


class RefusedRequestInline(TabularInline):
    """The latest refused requests of a key, with the text that should have been signed."""

    model = RefusedRequest
    fields = ("at", "reason", "address", "text")
    readonly_fields = fields
    ordering = ("-id",)
    extra = 0
    can_delete = False
    verbose_name_plural = "refused requests"

    @admin.display(description="reason")
    def reason(self, refused: RefusedRequest) -> str:
        """Its stable name, as the integrator was told it."""
        return refused.slug

    @admin.display(description="from")
    def address(self, refused: RefusedRequest) -> str:
        """The sender's address."""
        return refused.ip

    @admin.display(description="what should have been signed")
    def text(self, refused: RefusedRequest) -> SafeString:
        """Line by line and space by space: those are what integrators get wrong."""
        return format_html('<pre class="whitespace-pre-wrap break-all font-mono text-xs">{}</pre>', refused.signed_text)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefusedRequest]:
        """The latest of this key."""
        found: QuerySet[RefusedRequest] = super().get_queryset(request)
        number = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        latest = found.filter(api_key_id=number or 0).order_by("-id").values("pk")[:REFUSALS_SHOWN]
        return found.filter(pk__in=list(latest.values_list("pk", flat=True)))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may open the key."""
        return has_role(request, *ApiKeyAdmin.view_roles)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(ApiKey, site=site)
class ApiKeyAdmin(ReadOnlyAdmin):
    """A customer's keys; the sealed secret is not among what is shown."""

    icon = "key"
    view_roles: ClassVar = ("compliance", "treasury", "auditor")
    list_display = ("key", "user", "label", "may", "standing_now", "created_at", "last_used_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    search_fields = ("=key", "=user__uid", "=user__email")
    search_help_text = "Whole key, uid or email"
    ordering = ("-id",)
    fields = (
        "public_id", "key", "user", "label", "scheme", "may", "withdraws_at", "networks", "caps", "standing_now",
        "created_at", "last_used_at", "expires_at", "ended_at",
    )  # fmt: skip
    inlines = (RefusedRequestInline,)
    change_form_outer_before_template = "admin/apikeys/disable.html"

    @admin.display(description="scopes")
    def may(self, api_key: ApiKey) -> str:
        """What the key may do."""
        return ", ".join(api_key.scopes)

    @admin.display(description="withdraws from")
    def withdraws_at(self, api_key: ApiKey) -> datetime | None:
        """From when on the scope withdraw counts."""
        return api_key.withdraws_from

    @admin.display(description="daily caps")
    def caps(self, api_key: ApiKey) -> str:
        """The most that may leave in 24 hours, fees included."""
        found = api_key.daily_caps.order_by("coin")
        return ", ".join(f"{money.to_text(cap.amount)} {cap.coin}" for cap in found) or "none"

    @admin.display(description="state")
    def standing_now(self, api_key: ApiKey) -> str:
        """What the key is now."""
        return api_key.standing(now())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All of them."""
        return tuple(str(field) for field in self.fields)

    def get_urls(self) -> list[URLPattern]:
        """The pages and the button."""
        stop = path("<int:number>/disable/", self.admin_site.admin_view(self.disable), name="apikeys_apikey_disable")
        return [stop, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The key's page, with the button where the officer may press it."""
        known = object_id.isascii() and object_id.isdigit()
        stoppable = known and ApiKey.objects.filter(pk=object_id, state__in=(State.ACTIVE, State.PAUSED)).exists()
        stop = {"may_disable": stoppable and has_role(request, *DISABLING_ROLES), "reason_length_max": REASON_LENGTH_MAX}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **stop})
        return page

    def disable(self, request: HttpRequest, number: int) -> HttpResponse:
        """POST with a reason: the key is refused from now on."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (isinstance(request.user, User) and has_role(request, *DISABLING_ROLES)):
            raise PermissionDenied
        api_key = get_object_or_404(ApiKey, pk=number)
        reason = " ".join(request.POST.get("reason", "").split())[:REASON_LENGTH_MAX]
        try:
            if reason:
                keys.disable(api_key=api_key, officer=request.user, reason=reason)
                messages.success(request, f"The key {api_key} is disabled.")
            else:
                messages.error(request, "Say why: a key is disabled with a reason.")
        except DomainError as refusal:
            messages.error(request, refusal.detail)
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:apikeys_apikey_change", args=[number]))
