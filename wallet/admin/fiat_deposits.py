"""The officers' desk for fiat deposits: recorded from the bank's statement by one, credited by another; and undone by two."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from accounts.admin_site import site
from accounts.models import User
from config.kit.money import to_text
from messaging.services.codes import Purpose
from wallet.admin.pairs import Line
from wallet.admin.proposing import PLAIN, ProposalForm, ProposingAdmin, amount_field, customer_field
from wallet.models.banks import REFERENCE_CHARACTERS_MAX, NostroAccount
from wallet.models.fiat_deposits import FiatDeposit, FiatReversal
from wallet.services.banks import nostro
from wallet.services.fiat_deposits import crediting, desk, reversing

PUBLIC_ID_CHARACTERS = 16


class NostroField(forms.ChoiceField):
    """One of our open accounts; read anew for each form."""

    def __init__(self) -> None:
        super().__init__(label="Received on", choices=nostro_choices)


def nostro_choices() -> list[tuple[str, str]]:
    """Our open accounts by code."""
    return [(one.code, f"{one.code}: {one.bank}, {one.coin.code}") for one in nostro.opened()]


def reference_field(*, label: str, is_due: bool) -> forms.CharField:
    """The reference of a line of the bank's statement."""
    widget = forms.TextInput(attrs={**PLAIN, "placeholder": "As the bank's statement says"})
    return forms.CharField(label=label, required=is_due, max_length=2 * REFERENCE_CHARACTERS_MAX, widget=widget)


class FiatDepositForm(ProposalForm):
    """The bank's line, and whose it is."""

    nostro = NostroField()
    reference = reference_field(label="The bank's reference", is_due=True)
    amount = amount_field("As the bank's statement says")
    customer = customer_field()
    field_order = ("nostro", "reference", "amount", "customer")


@admin.register(FiatDeposit, site=site)
class FiatDepositAdmin(ProposingAdmin):
    """What banks received for customers."""

    icon = "move_to_inbox"
    kind = crediting.KIND
    titles = ("Fiat deposits", "Fiat deposit")
    purpose = Purpose.FIAT_WITHDRAWAL
    form_class = FiatDepositForm
    propose_title = "Record a fiat deposit"
    hint = (
        "One line of the bank's statement, whole. The payer must be the customer under the verified name; "
        "what somebody else paid goes back to their bank."
    )

    def propose(self, officer: User, given: dict[str, Any]) -> FiatDeposit:
        """See ProposingAdmin."""
        account = NostroAccount.objects.select_related("coin").get(code=given.pop("nostro"))
        return crediting.propose(nostro_code=account.code, coin=account.coin.code, officer=officer, **given)

    def lines(self, row: FiatDeposit) -> list[Line]:
        """See PairAdmin."""
        told = [
            Line("Received on", f"{row.nostro.code} ({row.nostro.bank})"),
            Line("The bank's reference", row.reference),
            Line("Amount", f"{to_text(row.amount)} {row.coin.code}"),
            Line("Customer", str(row.customer.uid), reverse("admin:accounts_user_change", args=[row.customer_id])),
            Line("Identity level", str(desk.level_of(row))),
            *(Line("Verified bank account", one) for one in desk.bank_accounts_of(row)),
        ]
        if row.line is not None and row.line.correction:
            told.append(Line("Entered anew", "This line was credited by mistake before, and that was undone."))
        for one in desk.reversals_of(row):
            page = reverse("admin:wallet_fiatreversal_change", args=[one.public_id])
            told.append(Line("Reversal", one.get_state_display(), page))
        return told

    def ways(self, row: FiatDeposit) -> list[Line]:
        """See PairAdmin."""
        if not desk.can_be_undone(row):
            return []
        address = reverse("admin:wallet_fiatreversal_propose")
        return [Line("", "Propose to undo it", f"{address}?{urlencode({'deposit': row.public_id})}")]

    def summary(self, row: FiatDeposit) -> str:
        """See PairAdmin."""
        return f"{row.nostro.code} {row.reference}"


class FiatReversalForm(ProposalForm):
    """Which deposit is undone, and by which line the bank took it back, if it did."""

    deposit = forms.CharField(label="Fiat deposit (id)", max_length=PUBLIC_ID_CHARACTERS, widget=forms.TextInput(attrs=PLAIN))
    reference = reference_field(label="The bank's reference, where it took the money back", is_due=False)
    field_order = ("deposit", "reference")


@admin.register(FiatReversal, site=site)
class FiatReversalAdmin(ProposingAdmin):
    """Credited fiat deposits that are undone."""

    icon = "undo"
    kind = reversing.KIND
    titles = ("Reversals of fiat deposits", "Reversal of a fiat deposit")
    purpose = Purpose.FIAT_WITHDRAWAL
    form_class = FiatReversalForm
    propose_title = "Undo a fiat deposit"
    hint = (
        "With the bank's reference: the bank took the money back. Without one: the credit was our mistake, and the same line "
        "may then be recorded anew, for the right customer or amount."
    )

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """The deposit from whose page one came."""
        return {"deposit": request.GET.get("deposit", "")[:PUBLIC_ID_CHARACTERS]}

    def propose(self, officer: User, given: dict[str, Any]) -> FiatReversal:
        """See ProposingAdmin."""
        return reversing.propose(officer=officer, **given)

    def lines(self, row: FiatReversal) -> list[Line]:
        """See PairAdmin."""
        deposit = row.deposit
        page = reverse("admin:wallet_fiatdeposit_change", args=[deposit.public_id])
        return [
            Line("Deposit", str(deposit.public_id), page),
            Line("Credited by", f"{deposit.nostro.code} {deposit.reference}"),
            Line("Amount", f"{to_text(deposit.amount)} {deposit.coin.code}"),
            Line("The customer has", desk.available_to(row)),
            Line("Why", f"the bank took it back by {row.reference}" if row.reference else "credited by our mistake"),
        ]

    def summary(self, row: FiatReversal) -> str:
        """See PairAdmin."""
        return f"{row.deposit.nostro.code} {row.deposit.reference}"
