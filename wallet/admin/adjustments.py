"""The officers' desk for adjustments of customers' balances."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse

from accounts.admin_site import site
from accounts.models import User
from config.kit.money import to_text
from wallet.admin.pairs import Line
from wallet.admin.proposing import PLAIN, ProposalForm, ProposingAdmin, amount_field, customer_field
from wallet.models.adjustments import AGAINST, Adjustment, AdjustmentCause
from wallet.models.coins import CODE_CHARACTERS_MAX
from wallet.services import adjustments, balances


class AdjustmentForm(ProposalForm):
    """Who gets how much of what, and at whose cost."""

    customer = customer_field()
    coin = forms.CharField(max_length=CODE_CHARACTERS_MAX, widget=forms.TextInput(attrs={**PLAIN, "placeholder": "Its code"}))
    amount = amount_field("With a minus where it is taken")
    cause = forms.ChoiceField(choices=AdjustmentCause.choices)
    field_order = ("customer", "coin", "amount", "cause")


@admin.register(Adjustment, site=site)
class AdjustmentAdmin(ProposingAdmin):
    """What customers are given or lose outside every movement."""

    icon = "balance"
    kind = adjustments.KIND
    titles = ("Adjustments", "Adjustment")
    form_class = AdjustmentForm
    propose_title = "Propose an adjustment"
    hint = "It is undone by another one, the other way round. The customer is told amount and number, and asks support why."

    def propose(self, officer: User, given: dict[str, Any]) -> Adjustment:
        """See ProposingAdmin."""
        return adjustments.propose(officer=officer, **given)

    def lines(self, row: Adjustment) -> list[Line]:
        """See PairAdmin."""
        available = to_text(balances.of_coin(row.customer, row.coin).available)
        return [
            Line("Customer", str(row.customer.uid), reverse("admin:accounts_user_change", args=[row.customer_id])),
            Line("Gains" if row.amount > 0 else "Loses", f"{to_text(abs(row.amount))} {row.coin.code}"),
            Line("Available now", f"{available} {row.coin.code}"),
            Line("Cause", row.get_cause_display()),
            Line("The house's account", AGAINST[row.cause].label),
        ]

    def summary(self, row: Adjustment) -> str:
        """See PairAdmin."""
        return row.get_cause_display()
