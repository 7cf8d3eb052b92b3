"""The database's refusals, by the names of its constraints, as refusals of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from accounts.errors import SelfieNotFresh
from config.kit.errors import DomainError
from kyc import errors

BY_CONSTRAINT: dict[str, Callable[[], DomainError]] = {
    "kyc_identity_number_unique": errors.IdNumberTaken,
    "kyc_identity_second_number_unique": errors.IdNumberTaken,
    "kyc_decision_officer_is_not_customer": errors.OwnCase,
    "kyc_decision_reason_unless_approved": errors.ReasonUnknown,
    "kyc_recovery_selfie_fresh": SelfieNotFresh,
    "kyc_bank_account_once_in_a_state": errors.BankAccountKnown,
    "kyc_bank_account_once_in_a_state_2": errors.BankAccountKnown,
    "kyc_bank_account_officer_is_not_customer": errors.OwnBankAccount,
    "accounts_user_phone_unique": errors.PhoneTaken,
}


@contextmanager
def spoken() -> Iterator[None]:
    """Turn an IntegrityError of a known constraint into its refusal. Stand it outside the transaction that breaks."""
    try:
        yield
    except IntegrityError as problem:
        name = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", None)
        make = BY_CONSTRAINT.get(name or "")
        if make is None:
            raise
        raise make() from None
