"""What a monitor reads of identity checks."""

from __future__ import annotations

from config.kit.gauges import follow, queue, register
from kyc.models import BankAccount, Case, Document, DocumentHints
from kyc.models.bank_accounts import BANK_ACCOUNT_FLOW, BankAccountState
from kyc.models.cases import CASE_FLOW, WAITING
from kyc.models.documents import DOCUMENT_FLOW
from kyc.models.hints import HINT_FLOW, HintState


def register_all() -> None:
    """Let them be read."""
    follow(CASE_FLOW, Case)
    follow(DOCUMENT_FLOW, Document)
    follow(BANK_ACCOUNT_FLOW, BankAccount)
    follow(HINT_FLOW, DocumentHints)
    register(
        *queue("kyc_cases", "Identity cases that wait for an officer", Case.objects.all, states=WAITING, since="submitted_at"),
        *queue(
            "bank_accounts",
            "Bank accounts that wait for an officer",
            BankAccount.objects.all,
            states=(BankAccountState.PENDING,),
            since="created_at",
        ),
        *queue(
            "document_hints",
            "Documents whose hints are due",
            DocumentHints.objects.all,
            states=(HintState.DUE, HintState.RUNNING),
            since="due_at",
        ),
    )
