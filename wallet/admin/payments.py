"""The officers' view of payments and of what is sold. Reads only: `manage.py settle_payment` acts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin_site import ReadOnlyAdmin, site
from config.kit.money import to_text
from wallet.admin.paging import CappedPaginator
from wallet.models.payments import PaidService, Payment, PaymentEvent

ROLES = ("treasury", "auditor")


class PaymentEventInline(TabularInline):
    """What happened to the payment."""

    model = PaymentEvent
    fields = readonly_fields = ("created_at", "state_before", "state_after", "actor_kind", "actor", "reason")
    ordering = ("id",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the payment."""
        return True


@admin.register(Payment, site=site)
class PaymentAdmin(ReadOnlyAdmin):
    """Payments: those that are held by the filter on state."""

    icon = "payments"
    view_roles = ROLES
    list_display = ("public_id", "customer", "service", "exact_amount", "taken", "state", "created_at", "expires_at")
    list_filter = ("state", "service", "coin")
    list_select_related = ("customer", "service", "coin")
    search_fields = ("public_id__exact", "customer__uid__exact")
    search_help_text = "Id or customer uid, in full"
    ordering = ("-id",)
    paginator = CappedPaginator
    inlines = (PaymentEventInline,)
    fields = readonly_fields = (
        "public_id", "customer", "service", "exact_amount", "taken", "state", "state_since", "api_key_id", "created_at",
        "expires_at", "finished_at",
    )  # fmt: skip

    @admin.display(description="amount")
    def exact_amount(self, payment: Payment) -> str:
        """Without trailing zeros."""
        return f"{to_text(payment.amount)} {payment.coin.code}"

    @admin.display(description="captured")
    def taken(self, payment: Payment) -> str:
        """What the house took, if anything."""
        return "" if payment.captured_amount is None else to_text(payment.captured_amount)


@admin.register(PaidService, site=site)
class PaidServiceAdmin(ReadOnlyAdmin):
    """What customers may pay for."""

    icon = "storefront"
    view_roles = ROLES
    list_display = ("code", "name", "is_open", "hold_hours")
    ordering = ("code",)
