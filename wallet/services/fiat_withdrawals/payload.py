"""The payload of a fiat withdrawal: what an approval is bound to."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

from config.kit.money import to_text
from kyc.models import BankAccount
from kyc.services import bank_accounts, bank_details
from wallet.models.fiat_withdrawals import FiatWithdrawal


def payload_hash(*, customer_id: int, coin: str, account: BankAccount | None, amount: Decimal, fee: Decimal) -> bytes:
    """SHA-256 (32 bytes) over customer, coin, bank account, amount and fee, each parted unmistakably.

    The account stands in it by its id and by a keyed hash of country, bank and number as they are sealed: an account whose
    number were exchanged under the same id would make another hash. One that is gone (its customer was erased) makes another
    too. Raises crypto.Unsealable.
    """
    tag = bank_details.tag(bank_accounts.details_of(account)).hex() if account else ""
    parts = ["fiat withdrawal", str(customer_id), coin, str(account.public_id) if account else "", tag]
    parts += [to_text(amount), to_text(fee)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()).digest()


def payload_hash_of(withdrawal: FiatWithdrawal) -> bytes:
    """The hash of what the row and its bank account say now."""
    return payload_hash(
        customer_id=withdrawal.customer_id,
        coin=withdrawal.coin_network.coin.code,
        account=account_of(withdrawal),
        amount=withdrawal.amount,
        fee=withdrawal.fee,
    )


def account_of(withdrawal: FiatWithdrawal) -> BankAccount | None:
    """The bank account that it goes to; None once the customer was erased."""
    rows = BankAccount.objects.filter(public_id=withdrawal.bank_account, user_id=withdrawal.customer_id)
    return rows.first()
