"""The officers' desk for held deposits: credited after all, credited to whose it is, or sent back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin_site import site
from accounts.models import User
from config.kit.money import to_text
from wallet.admin.pairs import Line
from wallet.admin.proposing import PLAIN, ProposalForm, ProposingAdmin, customer_field
from wallet.models.deposit_resolutions import DepositResolution, ResolutionOutcome
from wallet.models.deposits import ADDRESS_CHARACTERS_MAX, MEMO_CHARACTERS_MAX
from wallet.services.deposits import history, resolving

PUBLIC_ID_CHARACTERS = 16


def text_field(label: str, length: int, **attributes: str) -> forms.CharField:
    """A line of text that may stay empty."""
    widget = forms.TextInput(attrs={**PLAIN, **attributes})
    return forms.CharField(label=label, required=False, max_length=length, widget=widget)


class ResolutionForm(ProposalForm):
    """Which deposit, what becomes of it, and whose it is or where it goes."""

    deposit = forms.CharField(label="Deposit (id)", max_length=PUBLIC_ID_CHARACTERS, widget=forms.TextInput(attrs=PLAIN))
    outcome = forms.ChoiceField(label="What becomes of it", choices=ResolutionOutcome.choices)
    customer = customer_field()
    address = text_field("Address to send it back to", ADDRESS_CHARACTERS_MAX)
    memo = text_field("Memo, where the network has one", MEMO_CHARACTERS_MAX)
    field_order = ("deposit", "outcome", "customer", "address", "memo")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].required = False
        self.fields["customer"].label = "The other customer (uid), whose it is"


@admin.register(DepositResolution, site=site)
class DepositResolutionAdmin(ProposingAdmin):
    """What becomes of deposits that were held."""

    icon = "call_split"
    kind = resolving.KIND
    titles = ("Resolutions of deposits", "Resolution of a deposit")
    form_class = ResolutionForm
    propose_title = "Decide about a held deposit"
    hint = (
        "What is sent back leaves as a withdrawal of the customer's, less the network's fee, and passes review like every "
        "other. An exchange's sending address may not take money back: ask the sender for one."
    )

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """The deposit from whose page one came."""
        return {"deposit": request.GET.get("deposit", "")[:PUBLIC_ID_CHARACTERS]}

    def propose(self, officer: User, given: dict[str, Any]) -> DepositResolution:
        """See ProposingAdmin."""
        return resolving.propose(officer=officer, **given)

    def lines(self, row: DepositResolution) -> list[Line]:
        """See PairAdmin."""
        held, coin = row.deposit, row.deposit.coin_network.coin.code
        told = [
            Line("Deposit", str(held.public_id), reverse("admin:wallet_deposit_change", args=[held.pk])),
            Line("Amount", f"{to_text(held.amount)} {coin} over {held.network.name}"),
            Line("Held because", held.get_held_because_display()),
            Line("Confirmations", history.depth_of(held)),
            Line("From", held.sender or "unknown"),
            Line("Address of", str(held.customer.uid), reverse("admin:accounts_user_change", args=[held.customer_id])),
            Line("What becomes of it", row.get_outcome_display()),
        ]
        if row.outcome == ResolutionOutcome.ANOTHER:
            page = reverse("admin:accounts_user_change", args=[row.customer_id])
            told.append(Line("Credited to", str(row.customer.uid), page))
        if row.address:
            told.append(Line("Sent back to", f"{row.address} {row.memo}".strip()))
        if row.withdrawal is not None:
            page = reverse("admin:wallet_withdrawal_change", args=[row.withdrawal.public_id])
            told.append(Line("Withdrawal", str(row.withdrawal.public_id), page))
        return told

    def summary(self, row: DepositResolution) -> str:
        """See PairAdmin."""
        return row.get_outcome_display()
