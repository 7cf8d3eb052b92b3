"""What a bank account looks like: shapes per country, IBANs by the library, and whose it is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import pycountry
from schwifty import IBAN, registry
from schwifty.exceptions import SchwiftyException

from config.kit import crypto
from kyc.catalogue import banks
from kyc.errors import BankAccountInvalid
from kyc.services import bank_branches, blind_indexes
from kyc.services.blind_indexes import Indexes

HOLDER_LENGTH_MAX = 200
TAIL_DIGITS = 4
"""Digits of a number that are shown."""


@dataclass(frozen=True)
class BankDetails:
    """A bank account as the customer names it. Its holder is always the verified customer; empty means just that."""

    country: str
    bank_code: str
    account_number: str
    branch_code: str = ""
    holder: str = ""

    def __repr__(self) -> str:
        return "BankDetails(…)"


def checked(details: BankDetails) -> BankDetails:
    """The account in its normal form. An IBAN names its bank itself; a branch must be among those of its bank that are loaded.

    Raises BankAccountInvalid.
    """
    country = details.country.upper()
    if len(country) != 2 or not country.isascii() or pycountry.countries.get(alpha_2=country) is None:
        raise BankAccountInvalid(part="country")
    bank, branch, number = (_joined(text) for text in (details.bank_code, details.branch_code, details.account_number))
    if _has_iban(country):
        bank, branch = _of_iban(country, number, bank)
    else:
        scheme = banks.of(country)
        for part, shape, text in (
            ("bank_code", scheme.bank, bank),
            ("branch_code", scheme.branch, branch or None),
            ("account_number", scheme.number, number),
        ):
            if text is not None and not shape.fullmatch(text):
                raise BankAccountInvalid(part=part)
        if branch and not bank_branches.is_known(country, bank, branch):
            raise BankAccountInvalid(part="branch_code")
    return BankDetails(country=country, bank_code=bank, branch_code=branch, account_number=number, holder=details.holder)


def indexes(details: BankDetails) -> Indexes:
    """The blind indexes: equal for one account, whoever names it. Of checked details."""
    return blind_indexes.of_bank_account(details.country, details.bank_code, details.account_number)


def tag(details: BankDetails) -> bytes:
    """A keyed hash (32 bytes) that outlives the keys of indexes: by it proofs and approvals name the account."""
    return crypto.keyed_hash("kyc.bank_account", details.country, details.bank_code, details.account_number)


def same_holder(holder: str, *, first_name: str, last_name: str) -> bool:
    """Whether the name is the verified one, in either order; case, width, accents, spaces and marks do not count."""
    given = _letters(holder)
    return bool(given) and given in {_letters(f"{first_name}{last_name}"), _letters(f"{last_name}{first_name}")}


def mask(number: str) -> str:
    """`****8901`."""
    return f"****{tail(number)}"


def tail(number: str) -> str:
    """The last digits; fewer of a short number."""
    return number[-min(TAIL_DIGITS, len(number) // 2) :]


def swift_code_of(details: BankDetails) -> str:
    """The bank's BIC where the library knows it for the IBAN, else empty."""
    if not _has_iban(details.country):
        return ""
    return str(IBAN(details.account_number, allow_invalid=True).bic or "")


def _has_iban(country: str) -> bool:
    try:
        return not registry.get_iban_spec(country).aspirational
    except (SchwiftyException, KeyError):
        return False


def _of_iban(country: str, number: str, bank: str) -> tuple[str, str]:
    try:
        iban = IBAN(number)
    except (SchwiftyException, ValueError):
        raise BankAccountInvalid(part="account_number") from None
    if iban.country_code != country:
        raise BankAccountInvalid(part="country")
    known = str(iban.bank_code or "")
    if bank and bank not in {known, str(iban.bic or "")}:
        raise BankAccountInvalid(part="bank_code")
    return known[:16] or country, str(iban.branch_code or "")[:16]


def _joined(text: str) -> str:
    return re.sub(r"[\s-]+", "", text).upper()


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name))
    return "".join(character for character in plain.casefold() if unicodedata.category(character)[0] in "LN")
