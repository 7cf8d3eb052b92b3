"""What can be refused about a proposal that takes two officers."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class OwnMoney(DomainError):
    """Nobody proposes or decides about their own money."""

    slug = "wallet.own_money"
    kind = Kind.FORBIDDEN
    message = "This is about your own money: two other officers are due."


class SameOfficer(DomainError):
    """Who proposed it can't be the second pair of eyes."""

    slug = "wallet.same_officer"
    kind = Kind.CONFLICT
    message = "You proposed this yourself; another officer is due. You can take it back."


class ClaimedByAnother(DomainError):
    """Another officer has it on the desk."""

    slug = "wallet.claimed_by_another"
    kind = Kind.CONFLICT
    message = "{officer} has this on the desk until {until}."
    officer: str
    until: str


class NotACustomersAccount(DomainError):
    """No customer has this uid, or it is an officer's."""

    slug = "wallet.not_a_customers_account"
    kind = Kind.UNPROCESSABLE
    message = "There is no customer with this uid."
    field = "customer"
