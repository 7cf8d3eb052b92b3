"""The officers' view of transfers between wallets and of their limits. Reads only."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_site import ReadOnlyAdmin, site
from config.kit.money import to_text
from wallet.admin.paging import CappedPaginator
from wallet.models.funds_transfers import FundsTransfer, FundsTransferLimit

ROLES = ("treasury", "auditor")


@admin.register(FundsTransfer, site=site)
class FundsTransferAdmin(ReadOnlyAdmin):
    """What went into futures, and what came home."""

    icon = "sync_alt"
    view_roles = ROLES
    list_display = ("public_id", "customer", "direction", "exact_amount", "created_at")
    list_filter = ("direction", "coin")
    list_select_related = ("customer", "coin")
    search_fields = ("public_id__exact", "customer__uid__exact")
    search_help_text = "Id or customer uid, in full"
    ordering = ("-id",)
    paginator = CappedPaginator
    fields = readonly_fields = ("public_id", "customer", "direction", "exact_amount", "posting", "api_key_id", "created_at")

    @admin.display(description="amount")
    def exact_amount(self, row: FundsTransfer) -> str:
        """Without trailing zeros."""
        return f"{to_text(row.amount)} {row.coin.code}"


@admin.register(FundsTransferLimit, site=site)
class FundsTransferLimitAdmin(ReadOnlyAdmin):
    """How much a customer of a level may move into futures."""

    icon = "speed"
    view_roles = ROLES
    list_display = ("coin", "level", "window_hours", "most")
    list_filter = ("coin", "level")
    list_select_related = ("coin",)
    ordering = ("coin__position", "level", "window_hours", "id")
    fields = readonly_fields = ("coin", "level", "window_hours", "most")

    @admin.display(description="at most")
    def most(self, row: FundsTransferLimit) -> str:
        """Exact."""
        return to_text(row.maximum)
