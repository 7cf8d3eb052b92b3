"""What a monitor reads of identity checks."""

from __future__ import annotations

from config.kit.gauges import queue, register
from kyc.models import BankAccount, Case
from kyc.models.bank_accounts import BankAccountState
from kyc.models.cases import WAITING


def register_all() -> None:
    """Let them be read."""
    register(
        *queue("kyc_cases", "Identity cases that wait for an officer", Case.objects.all, states=WAITING, since="submitted_at"),
        *queue(
            "bank_accounts",
            "Bank accounts that wait for an officer",
            BankAccount.objects.all,
            states=(BankAccountState.PENDING,),
            since="created_at",
        ),
    )
