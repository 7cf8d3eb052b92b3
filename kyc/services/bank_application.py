"""Applying for level 3 with the bank book in the same request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kyc.errors import BankAccountMissing
from kyc.models import Case, DocumentKind, Level
from kyc.services import applications, bank_details, documents, entitlements
from kyc.services.bank_details import BankDetails

if TYPE_CHECKING:
    from accounts.models import User


def apply(*, user: User, account: BankDetails | None, book: bytes | None) -> Case:
    """Keep the picture of the bank book, where one came, and hand the level in. Without one, one is there already.

    Nothing is kept where the account is missing or not well formed, or the level can't be applied for now.
    Raises BankAccountMissing, and what `applications.check_way`, `documents.upload` and `applications.apply` raise.
    """
    entitlements.require_own_identity(user)
    if account is None:
        raise BankAccountMissing
    bank_details.checked(account)
    applications.check_way(user, Level.BANK)
    if book is not None:
        documents.upload(user=user, kind=DocumentKind.BANK_BOOK, content=book)
    return applications.apply(user=user, level=Level.BANK, bank_account=account)
