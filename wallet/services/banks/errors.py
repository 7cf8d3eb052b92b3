"""What can be refused about our bank accounts and the lines of their statements."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class UnknownNostro(DomainError):
    """We have no such account, it is in another coin, or it is closed."""

    slug = "wallet.unknown_nostro"
    kind = Kind.UNPROCESSABLE
    message = "There is no open account of ours called {code} in {coin}."
    field = "nostro"
    code: str
    coin: str


class NostroInvalid(DomainError):
    """What was to be set is no account of ours."""

    slug = "wallet.nostro_invalid"
    kind = Kind.INVALID
    message = "The account is not valid: {reason}."
    reason: str


class BankReferenceInvalid(DomainError):
    """The text can't be a bank's reference."""

    slug = "wallet.bank_reference_invalid"
    kind = Kind.INVALID
    message = "A bank's reference has 3 to 64 of A-Z, 0-9 and / . : + _ -."
    field = "reference"


class BankReferenceTaken(DomainError):
    """The line with this reference is in the books already: nothing is booked twice."""

    slug = "wallet.bank_reference_taken"
    kind = Kind.CONFLICT
    message = "The bank's reference {reference} of {nostro} is in the books already."
    field = "reference"
    reference: str
    nostro: str
