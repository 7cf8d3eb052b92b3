"""Refusals of what stands around a customer: tiers, labels, sub-accounts, favourites, settings."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class VipTierUnknown(DomainError):
    """There is no tier of this level."""

    slug = "accounts.vip_tier_unknown"
    kind = Kind.INVALID
    field = "level"
    message = "There is no VIP tier {level}."
    level: int


class ReasonDue(DomainError):
    """Officers and operators say why, in the audit log."""

    slug = "accounts.reason_due"
    kind = Kind.INVALID
    field = "reason"
    message = "Say why, in at most {characters_max} characters."
    characters_max: int


class NotAnOfficer(DomainError):
    """The act belongs to officers of other roles."""

    slug = "accounts.not_an_officer"
    kind = Kind.FORBIDDEN
    message = "This is for officers of the roles {roles}."
    roles: str


class NotACustomer(DomainError):
    """Officers have no tier and no labels."""

    slug = "accounts.not_a_customer"
    kind = Kind.CONFLICT
    message = "This account is an officer's."


class OwnAccount(DomainError):
    """Nobody decides about the own account."""

    slug = "accounts.own_account"
    kind = Kind.FORBIDDEN
    message = "Nobody decides about the own account."


class LabelInvalid(DomainError):
    """The label's key, colour or words are not of their form; `reason` says which."""

    slug = "accounts.label_invalid"
    kind = Kind.INVALID
    message = "{reason}"
    reason: str


class LabelInUse(DomainError):
    """Customers carry the label: take it off first, so that nobody loses it unnoticed."""

    slug = "accounts.label_in_use"
    kind = Kind.CONFLICT
    message = "{customers} customers carry this label."
    customers: int


class CountryUnknown(DomainError):
    """No country has this code."""

    slug = "accounts.country_unknown"
    kind = Kind.INVALID
    field = "country"
    message = "There is no country {country}."
    country: str


class CountryWithoutPhones(DomainError):
    """The territory has no calling code: there is nothing to open."""

    slug = "accounts.country_without_phones"
    kind = Kind.CONFLICT
    message = "{country} has no calling code, so no phone of it can open an account."
    country: str


class NotForSubAccounts(DomainError):
    """The act is the parent account's."""

    slug = "accounts.not_for_sub_accounts"
    kind = Kind.FORBIDDEN
    message = "A sub-account can't do this; its parent account can."


class TooManySubAccounts(DomainError):
    """The account has as many sub-accounts as it may have."""

    slug = "accounts.too_many_sub_accounts"
    kind = Kind.CONFLICT
    message = "At most {maximum} sub-accounts are possible."
    maximum: int


class SubAccountFrozen(DomainError):
    """The sub-account is frozen already."""

    slug = "accounts.sub_account_frozen"
    kind = Kind.CONFLICT
    message = "This sub-account is frozen."


class SubAccountNotFrozen(DomainError):
    """There is no freeze to end."""

    slug = "accounts.sub_account_not_frozen"
    kind = Kind.CONFLICT
    message = "This sub-account is not frozen."


class SubAccountStopped(DomainError):
    """An officer stopped the sub-account, and only officers let it go on."""

    slug = "accounts.sub_account_stopped"
    kind = Kind.CONFLICT
    message = "This sub-account is {account_status}. Write to support."
    account_status: str


class SubAccountNotEmpty(DomainError):
    """There is money on the sub-account: move it away first."""

    slug = "accounts.sub_account_not_empty"
    kind = Kind.CONFLICT
    message = "There is still {amount} {coin} on this sub-account."
    coin: str
    amount: str


class FavouriteInvalid(DomainError):
    """The market's name is not of the form of one."""

    slug = "accounts.favourite_invalid"
    kind = Kind.INVALID
    field = "symbol"
    message = "A symbol has 1 to 32 capital letters, digits and . _ / -; an exchange as many letters, digits and . _ -."


class TooManyFavourites(DomainError):
    """The list is full."""

    slug = "accounts.too_many_favourites"
    kind = Kind.CONFLICT
    message = "At most {maximum} favourites are possible."
    maximum: int


class FavouriteTwice(DomainError):
    """One market stands twice in the list."""

    slug = "accounts.favourite_twice"
    kind = Kind.INVALID
    field = "favourites"
    message = "{symbol} stands twice in the list."
    symbol: str
