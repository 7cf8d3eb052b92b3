"""The officers' desk for fiat withdrawals that came back. They are proposed on the page of the withdrawal."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse

from accounts.admin_site import site
from config.kit.money import to_text
from wallet.admin.pairs import Line, PairAdmin
from wallet.models.fiat_returns import FiatReturn
from wallet.services.fiat_withdrawals import returns


@admin.register(FiatReturn, site=site)
class FiatReturnAdmin(PairAdmin):
    """What banks gave back."""

    icon = "undo"
    kind = returns.KIND
    titles = ("Returns of fiat withdrawals", "Return of a fiat withdrawal")

    def lines(self, row: FiatReturn) -> list[Line]:
        """See PairAdmin."""
        withdrawal = row.withdrawal
        coin = withdrawal.coin_network.coin.code
        page = reverse("admin:wallet_fiatwithdrawal_change", args=[withdrawal.public_id])
        return [
            Line("Withdrawal", str(withdrawal.public_id), page),
            Line("Paid to the bank", f"{to_text(withdrawal.amount)} {coin}"),
            Line("Fee, given back too", f"{to_text(withdrawal.fee)} {coin}"),
            Line("Came back on", row.nostro.code),
            Line("The bank's reference", row.reference),
        ]

    def summary(self, row: FiatReturn) -> str:
        """See PairAdmin."""
        return f"{row.nostro.code} {row.reference}"
