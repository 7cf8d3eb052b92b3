"""The officers' view of rates. Reads only: the source tells them, and `manage.py load_rates` accepts a jump."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_site import ReadOnlyAdmin, site
from config.kit.money import to_text
from wallet.models.rates import Rate
from wallet.services.rates import reads

ROLES = ("treasury", "auditor")


@admin.register(Rate, site=site)
class RateAdmin(ReadOnlyAdmin):
    """What coins are worth in each other, and which prices are too old to be used."""

    icon = "currency_exchange"
    view_roles = ROLES
    list_display = ("base", "quote", "exact_price", "exact_change", "source", "taken_at", "usable")
    list_filter = ("source", "quote")
    list_select_related = ("base", "quote")
    ordering = ("base__position", "quote__position", "id")
    fields = readonly_fields = (
        "base", "quote", "exact_price", "exact_change", "source", "taken_at", "stored_at", "usable",
    )  # fmt: skip

    @admin.display(description="price", ordering="price")
    def exact_price(self, rate: Rate) -> str:
        """Without trailing zeros."""
        return to_text(rate.price)

    @admin.display(description="24 h, percent")
    def exact_change(self, rate: Rate) -> str:
        """Empty where the source doesn't say."""
        return "" if rate.change_percent is None else to_text(rate.change_percent)

    @admin.display(description="fresh", boolean=True)
    def usable(self, rate: Rate) -> bool:
        """Whether money may be exchanged at it now."""
        return not reads.is_stale(rate.taken_at)
