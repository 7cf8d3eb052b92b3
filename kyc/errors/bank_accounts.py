"""The refusals of bank accounts."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class BankAccountHolderDiffers(DomainError):
    """The account must be the customer's own."""

    slug = "kyc.bank_account_holder_differs"
    kind = Kind.UNPROCESSABLE
    message = "The holder of the bank account must be the verified customer."
    field = "holder"


class BranchesInvalid(DomainError):
    """A list of bank branches that can't be loaded; `line` is 0 where the file as a whole is meant."""

    slug = "kyc.branches_invalid"
    kind = Kind.INVALID
    message = "Line {line}: {reason}."
    field = "file"
    line: int
    reason: str


class BranchesClosing(DomainError):
    """A list would close so many branches that it is probably not whole."""

    slug = "kyc.branches_closing"
    kind = Kind.CONFLICT
    message = "The list would close {closed} of {known} branches. Say that this is meant (--close-many) if it is whole."
    closed: int
    known: int


class BankAccountKnown(DomainError):
    """The customer has this account already."""

    slug = "kyc.bank_account_known"
    kind = Kind.CONFLICT
    message = "This bank account is among yours already."
    field = "account_number"


class BankAccountsFull(DomainError):
    """The customer has as many as may be."""

    slug = "kyc.bank_accounts_full"
    kind = Kind.CONFLICT
    message = "At most {maximum} bank accounts are kept. Remove one first."
    example = {"maximum": 5}
    maximum: int


class BankAccountPending(DomainError):
    """An account waits for its verification: no change meanwhile."""

    slug = "kyc.bank_account_pending"
    kind = Kind.CONFLICT
    message = "A bank account of yours is being verified. Wait for the outcome."


class BankAccountInUse(DomainError):
    """A payment to the account is under way."""

    slug = "kyc.bank_account_in_use"
    kind = Kind.CONFLICT
    message = "A withdrawal of money to the bank account is under way. Wait until it has ended."


class BankAccountNotVerified(DomainError):
    """Money goes to verified accounts only."""

    slug = "kyc.bank_account_not_verified"
    kind = Kind.CONFLICT
    message = "The bank account is not verified."
    state: str


class BankAccountCoolingDown(DomainError):
    """The account is too new."""

    slug = "kyc.bank_account_cooling_down"
    kind = Kind.CONFLICT
    message = "The bank account can be used from {usable_from} on."
    usable_from: str


class BankAccountChanged(DomainError):
    """The account is not what the officer looked at any more."""

    slug = "kyc.bank_account_changed"
    kind = Kind.CONFLICT
    message = "The bank account has changed since you opened it. Look at it again before you decide."


class OwnBankAccount(DomainError):
    """Nobody decides about oneself."""

    slug = "kyc.own_bank_account"
    kind = Kind.FORBIDDEN
    message = "You can't verify your own bank account."


class BankAccountWithCase(DomainError):
    """The account belongs to a case under review, and is decided with it."""

    slug = "kyc.bank_account_with_case"
    kind = Kind.CONFLICT
    message = "This bank account is decided with case {case}."
    example = {"case": "4203918275640192"}
    case: str


class BankAccountMasked(DomainError):
    """Nobody decides about what is masked."""

    slug = "kyc.bank_account_masked"
    kind = Kind.CONFLICT
    message = "Open the account with a reason before you decide about it."
