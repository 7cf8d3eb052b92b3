"""The risk rules of fiat withdrawals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.kit.clock import now
from kyc.services import bank_review
from wallet.models.fiat_withdrawals import FiatWithdrawal, FiatWithdrawalRisk, FiatWithdrawalState
from wallet.services.fiat_withdrawals.payload import account_of
from wallet.services.risk import asking, rules
from wallet.services.risk.rules import CommonInputs, RuleSet


@dataclass(frozen=True, kw_only=True)
class Inputs(CommonInputs):
    """What the rules may look at beside what every movement has."""

    bank_account_paid_before: bool
    bank_account_age_days: int
    bank_account_named_by_others: bool


class NewBankAccount:
    """The first payment to an account that was named days ago."""

    name: ClassVar[str] = "new_bank_account"
    version: ClassVar[int] = 1
    new_days: ClassVar[int] = 7

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        if inputs.bank_account_paid_before or inputs.bank_account_age_days >= self.new_days:
            return None
        return f"The first payment to a bank account that was named {inputs.bank_account_age_days} days ago."


class SharedBankAccount:
    """Several customers naming one account is how money is gathered."""

    name: ClassVar[str] = "shared_bank_account"
    version: ClassVar[int] = 1

    def says(self, inputs: Inputs) -> str | None:
        """See Rule."""
        return "Another customer has named the same bank account." if inputs.bank_account_named_by_others else None


SETS: tuple[RuleSet[Inputs], ...] = (
    RuleSet(
        "2026-12-1",
        (
            rules.EqualRequest(),
            rules.ManyRequests(),
            rules.YoungAccount(),
            rules.RecentSecurityChange(),
            rules.ContradictedDeposit(),
            NewBankAccount(),
            SharedBankAccount(),
            rules.UnusualVolume(),
        ),
    ),
)
"""Every set that has decided, oldest first: the last one decides now, the others can be asked what they would have said."""


def assess(withdrawal: FiatWithdrawal) -> FiatWithdrawalRisk:
    """Ask the rules about a locked withdrawal and store inputs and results."""
    return asking.ask(SETS, gather(withdrawal), kept=FiatWithdrawalRisk, withdrawal=withdrawal)


def gather(withdrawal: FiatWithdrawal) -> Inputs:
    """The inputs as they are now."""
    moment = now()
    own = FiatWithdrawal.objects.filter(customer=withdrawal.customer).exclude(pk=withdrawal.pk)
    to_same = own.filter(bank_account=withdrawal.bank_account)
    history = asking.History(
        own=own,
        same_coin=own.filter(coin_network__coin=withdrawal.coin_network.coin),
        alike=to_same.filter(amount=withdrawal.amount),
        end=FiatWithdrawalState.PAID,
    )
    told = asking.of_history(history, amount=withdrawal.amount, asked_at=withdrawal.created_at, by_api_key=False, moment=moment)
    account = account_of(withdrawal)
    return Inputs(
        **rules.about_customer(withdrawal.customer, moment=moment),
        **told,
        bank_account_paid_before=to_same.filter(state=FiatWithdrawalState.PAID).exists(),
        bank_account_age_days=(moment - account.created_at).days if account else 0,
        bank_account_named_by_others=account is not None and bool(bank_review.others_with(account)),
    )
