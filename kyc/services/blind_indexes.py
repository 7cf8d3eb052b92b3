"""The blind indexes of this app: keyed hashes in which equal numbers meet, and from which nobody reads them."""

from __future__ import annotations

from config.kit import crypto


def of_id_number(country: str, number: str) -> bytes:
    """The index of a document number in its one spelling: equal for equal numbers of one issuing country."""
    return crypto.keyed_hash("kyc.id_number", country, number)


def of_bank_account(country: str, bank_code: str, number: str) -> bytes:
    """The index of a bank account in its normal form: equal for one account, whoever names it."""
    return crypto.keyed_hash("kyc.bank_account", country, bank_code, number)
