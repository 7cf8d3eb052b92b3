"""The officers' view of deposits, deposit addresses and the watcher. What becomes of a held one is proposed from its page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from unfold.admin import TabularInline

from accounts.admin_site import ReadOnlyAdmin, site
from config.kit.money import to_text
from wallet.models.deposit_resolutions import DepositResolution
from wallet.models.deposits import Deposit, DepositAddress, DepositEvent, DepositState, WatcherCursor
from wallet.models.pairs import PairState
from wallet.services.deposits import history

ROLES = ("treasury", "auditor")
LINK = '<a class="underline" href="{}">{}</a>'


class DepositEventInline(TabularInline):
    """What happened to the deposit."""

    model = DepositEvent
    fields = readonly_fields = ("created_at", "state_before", "state_after", "actor", "reason")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the deposit."""
        return True


@admin.register(Deposit, site=site)
class DepositAdmin(ReadOnlyAdmin):
    """Deposits: those held for staff by the filter on state; contradicted ones by theirs."""

    icon = "south_west"
    view_roles = ROLES
    list_display = ("public_id", "customer", "coin_network", "exact_amount", "state", "held_because", "depth", "seen_at")
    list_filter = ("state", "held_because", "network", ("contradicted_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer", "coin_network__coin", "coin_network__network", "network")
    search_fields = ("public_id__exact", "tx_hash__exact", "deposit_address__address__exact", "customer__uid__exact")
    search_help_text = "Id, transaction hash, address or customer uid, in full"
    ordering = ("-id",)
    inlines = (DepositEventInline,)
    fields = (
        "public_id", "customer", "coin_network", "exact_amount", "state", "held_because", "decision", "credited_to",
        "deposit_address", "sender", "tx_hash", "output_index", "block_height", "block_hash", "depth", "posting",
        "seen_at", "credited_at", "contradicted_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deposit]:
        """Each with its confirmations."""
        return history.with_confirmations(super().get_queryset(request))

    @admin.display(description="amount")
    def exact_amount(self, deposit: Deposit) -> str:
        """Without trailing zeros."""
        return f"{to_text(deposit.amount)} {deposit.coin_network.coin.code}"

    @admin.display(description="decision")
    def decision(self, deposit: Deposit) -> str:
        """The way to decide about one that is held, or to what was decided."""
        found = DepositResolution.objects.filter(deposit=deposit).order_by("-id").first()
        if found is not None and found.state in (PairState.PROPOSED, PairState.DONE):
            page = reverse("admin:wallet_depositresolution_change", args=[found.public_id])
            return format_html(LINK, page, f"{found.get_outcome_display()}: {found.get_state_display()}")
        if deposit.state != DepositState.HELD:
            return "-"
        page = f"{reverse('admin:wallet_depositresolution_propose')}?{urlencode({'deposit': deposit.public_id})}"
        return format_html(LINK, page, "Decide about it")

    @admin.display(description="confirmations")
    def depth(self, deposit: Any) -> str:
        """So far, of those needed."""
        return f"{deposit.confirmations} of {deposit.coin_network.confirmations}"


@admin.register(DepositAddress, site=site)
class DepositAddressAdmin(ReadOnlyAdmin):
    """Whose address is whose."""

    icon = "location_on"
    view_roles = ROLES
    list_display = ("address", "network", "customer", "derivation_index", "created_at")
    list_filter = ("network",)
    list_select_related = ("network", "customer")
    search_fields = ("address__exact", "customer__uid__exact")
    search_help_text = "Address or customer uid, in full"
    ordering = ("-id",)


@admin.register(WatcherCursor, site=site)
class WatcherCursorAdmin(ReadOnlyAdmin):
    """How far the watcher has read each network, and whether it was halted."""

    icon = "visibility"
    view_roles = ROLES
    list_display = ("network", "height", "block_hash", "read_at", "halted_because")
    list_select_related = ("network",)
    ordering = ("network_id",)
