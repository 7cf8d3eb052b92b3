"""The officers' view of our bank accounts and their lines. Reads only: `manage.py set_nostro_account` sets accounts."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_site import ReadOnlyAdmin, site
from config.kit.money import to_text
from wallet.admin.paging import CappedPaginator
from wallet.models.banks import BankLine, NostroAccount

ROLES = ("treasury", "auditor")


@admin.register(NostroAccount, site=site)
class NostroAccountAdmin(ReadOnlyAdmin):
    """Where fiat money comes in and goes out."""

    icon = "account_balance"
    view_roles = ROLES
    list_display = ("code", "coin", "bank", "holder", "account_number", "swift_code", "is_open")
    list_select_related = ("coin",)
    ordering = ("coin__position", "code")


@admin.register(BankLine, site=site)
class BankLineAdmin(ReadOnlyAdmin):
    """What is in the books of our bank statements, each line once."""

    icon = "receipt"
    view_roles = ROLES
    list_display = ("reference", "nostro", "direction", "exact_amount", "officer", "created_at")
    list_filter = ("direction", "nostro")
    list_select_related = ("nostro", "coin", "officer")
    search_fields = ("reference__exact",)
    search_help_text = "The bank's reference, in full, in capitals and without spaces"
    ordering = ("-id",)
    paginator = CappedPaginator
    fields = readonly_fields = ("nostro", "direction", "reference", "exact_amount", "officer", "created_at")

    @admin.display(description="amount")
    def exact_amount(self, line: BankLine) -> str:
        """Without trailing zeros."""
        return f"{to_text(line.amount)} {line.coin.code}"
