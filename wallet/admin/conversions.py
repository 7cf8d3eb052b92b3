"""The officers' view of conversions, their terms and limits. Reads only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.admin_site import ReadOnlyAdmin, site
from config.kit.money import to_text
from wallet.admin.paging import CappedPaginator
from wallet.models.conversions import Conversion, ConversionLimit, ConversionTerms

ROLES = ("treasury", "auditor")


@admin.register(Conversion, site=site)
class ConversionAdmin(ReadOnlyAdmin):
    """What was exchanged, at which price, and what each part became."""

    icon = "swap_horiz"
    view_roles = ROLES
    list_display = ("public_id", "customer", "given", "received", "price", "spread", "created_at")
    list_filter = ("quote__source_coin", "quote__target_coin")
    list_select_related = ("customer", "quote__source_coin", "quote__target_coin")
    search_fields = ("public_id__exact", "quote__public_id__exact", "customer__uid__exact")
    search_help_text = "Id, id of the quote, or customer uid, in full"
    ordering = ("-id",)
    paginator = CappedPaginator
    fields = readonly_fields = (
        "public_id", "customer", "given", "received", "price", "spread", "fee", "dust", "remainder", "origin", "rate_taken_at",
        "posting", "api_key_id", "created_at",
    )  # fmt: skip

    @admin.display(description="given")
    def given(self, row: Conversion) -> str:
        """Exact."""
        return f"{to_text(row.quote.source_amount)} {row.quote.source_coin.code}"

    @admin.display(description="received")
    def received(self, row: Conversion) -> str:
        """Exact."""
        return f"{to_text(row.quote.target_amount)} {row.quote.target_coin.code}"

    @admin.display(description="price")
    def price(self, row: Conversion) -> str:
        """Exact."""
        return to_text(row.quote.price)

    @admin.display(description="spread, percent")
    def spread(self, row: Conversion) -> str:
        """Exact."""
        return to_text(row.quote.spread_percent)

    @admin.display(description="spread, amount")
    def fee(self, row: Conversion) -> str:
        """Exact, in the target."""
        return to_text(row.quote.fee)

    @admin.display(description="dust")
    def dust(self, row: Conversion) -> str:
        """Exact, in the target."""
        return to_text(row.quote.dust)

    @admin.display(description="below the smallest unit")
    def remainder(self, row: Conversion) -> str:
        """Exact, in the target."""
        return to_text(row.quote.remainder)

    @admin.display(description="made of")
    def origin(self, row: Conversion) -> str:
        """The prices, and who told them."""
        return row.quote.rate_origin

    @admin.display(description="rate of")
    def rate_taken_at(self, row: Conversion) -> Any:
        """When the oldest of them was taken."""
        return row.quote.rate_taken_at


@admin.register(ConversionTerms, site=site)
class ConversionTermsAdmin(ReadOnlyAdmin):
    """Which coins are exchanged, and how much at once."""

    icon = "tune"
    view_roles = ROLES
    list_display = ("coin", "least", "most", "is_open")
    list_select_related = ("coin",)
    ordering = ("coin__position", "coin_id")
    fields = readonly_fields = ("coin", "least", "most", "is_open")

    @admin.display(description="at least")
    def least(self, row: ConversionTerms) -> str:
        """Exact."""
        return to_text(row.minimum)

    @admin.display(description="at most")
    def most(self, row: ConversionTerms) -> str:
        """Exact."""
        return to_text(row.maximum)


@admin.register(ConversionLimit, site=site)
class ConversionLimitAdmin(ReadOnlyAdmin):
    """How much a customer of a level may give."""

    icon = "speed"
    view_roles = ROLES
    list_display = ("coin", "level", "window_hours", "most")
    list_filter = ("coin", "level")
    list_select_related = ("coin",)
    ordering = ("coin__position", "level", "window_hours", "id")
    fields = readonly_fields = ("coin", "level", "window_hours", "most")

    @admin.display(description="at most")
    def most(self, row: ConversionLimit) -> str:
        """Exact."""
        return to_text(row.maximum)
