"""The officers' view of coins and books. Reads only: nobody edits a balance, and coins are set at the console."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin_site import ReadOnlyAdmin, site
from config.kit.money import to_text
from wallet.admin.paging import CappedPaginator
from wallet.models.coins import Coin, CoinNetwork
from wallet.models.ledger import Entry, LedgerAccount, Posting

ROLES = ("treasury", "auditor")


class _ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the page."""
        return True


class CoinNetworkInline(_ReadOnlyInline):
    """How networks carry the coin."""

    model = CoinNetwork
    fields = readonly_fields = (
        "network", "scale", "confirmations", "withdrawal_fee_text", "withdrawal_minimum_text", "deposit_minimum_text",
        "is_deposit_open", "is_withdrawal_open",
    )  # fmt: skip

    @admin.display(description="withdrawal fee")
    def withdrawal_fee_text(self, row: CoinNetwork) -> str:
        """Exact."""
        return to_text(row.withdrawal_fee)

    @admin.display(description="least withdrawal")
    def withdrawal_minimum_text(self, row: CoinNetwork) -> str:
        """Exact."""
        return to_text(row.withdrawal_minimum)

    @admin.display(description="least deposit")
    def deposit_minimum_text(self, row: CoinNetwork) -> str:
        """Exact."""
        return to_text(row.deposit_minimum)


@admin.register(Coin, site=site)
class CoinAdmin(ReadOnlyAdmin):
    """Coins, and whether something stopped them."""

    icon = "currency_bitcoin"
    view_roles = ROLES
    list_display = ("code", "name", "kind", "scale", "is_enabled", "withdrawals_stopped_because")
    ordering = ("position", "code")
    inlines = (CoinNetworkInline,)


@admin.register(LedgerAccount, site=site)
class LedgerAccountAdmin(ReadOnlyAdmin):
    """Balances of customers and of the house."""

    icon = "account_balance"
    view_roles = ROLES
    list_display = ("id", "owner", "coin", "kind", "exact_balance")
    list_filter = ("kind", "coin")
    list_select_related = ("owner", "coin")
    search_fields = ("owner__uid__exact",)
    search_help_text = "Customer uid, in full"
    ordering = ("-id",)
    paginator = CappedPaginator
    fields = readonly_fields = ("id", "owner", "coin", "kind", "exact_balance", "allow_negative", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        """With what waits to be folded into the balances of the house."""
        return super().get_queryset(request).annotate(waiting=Sum("pending__amount"))

    @admin.display(description="balance")
    def exact_balance(self, account: LedgerAccount) -> str:
        """Stored and waiting together."""
        waiting = getattr(account, "waiting", None)
        return to_text(account.balance + waiting if waiting is not None else account.balance)


class EntryInline(_ReadOnlyInline):
    """The legs of the posting."""

    model = Entry
    fields = readonly_fields = ("seq", "account", "owner", "coin", "exact_amount")
    ordering = ("seq",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With what the columns read."""
        return super().get_queryset(request).select_related("account__owner", "coin")

    @admin.display(description="owner")
    def owner(self, entry: Entry) -> str:
        """The customer, or the house."""
        return str(entry.account.owner or "the house")

    @admin.display(description="amount")
    def exact_amount(self, entry: Entry) -> str:
        """Signed, exact."""
        return to_text(entry.amount)


@admin.register(Posting, site=site)
class PostingAdmin(ReadOnlyAdmin):
    """Postings with their entries."""

    icon = "receipt_long"
    view_roles = ROLES
    list_display = ("id", "created_at", "kind", "scope", "key", "actor", "reason")
    list_filter = ("kind",)
    search_fields = ("id__exact", "key__exact")
    search_help_text = "Posting id or key, in full"
    ordering = ("-id",)
    paginator = CappedPaginator
    inlines = (EntryInline,)
    fields = readonly_fields = ("id", "created_at", "kind", "scope", "key", "actor", "reason", "reverses")
