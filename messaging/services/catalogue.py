"""Which messages there are, and which facts each of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from messaging.models import Channel, Purpose

LANGUAGES: Final = ("en", "zh-CN", "zh-TW")
FACT_LENGTH_MAX = 200
"""Characters of a fact in a message; longer ones are cut."""


@dataclass(frozen=True)
class Template:
    """One kind of message: `needs` are the facts without which it makes no sense.

    An urgent one goes to every channel that the customer has bound, the others to the best one.
    """

    name: str
    needs: tuple[str, ...] = ()
    urgent: bool = False


_WITHDRAWAL = ("amount", "coin", "address_tail")
_TRANSFER = ("amount", "coin", "receiver")
_BANK_ACCOUNT = ("bank", "account_tail")
_PAYMENT = ("amount", "coin", "service")
_FIAT = ("amount", "coin", *_BANK_ACCOUNT)

_CODE_NEEDS: Final[dict[Purpose, tuple[str, ...]]] = {
    Purpose.WITHDRAWAL: _WITHDRAWAL,
    Purpose.FIAT_WITHDRAWAL: _FIAT,
    Purpose.TRUSTED_ADDRESS: ("coin", "address_tail"),
    Purpose.TRANSFER: ("amount", "coin"),
    Purpose.PAYMENT: ("amount", "coin"),
}

CODES: Final[dict[str, Template]] = {
    purpose.value: Template(f"code_{purpose.value}", _CODE_NEEDS.get(purpose, ())) for purpose in Purpose
}


def code_template(purpose: str, *, names_a_thing: bool) -> Template:
    """The message of a code. One that is bound to no thing needs no facts of it, and its message says nothing of one."""
    bound = CODES[purpose]
    return bound if names_a_thing else Template(bound.name)


_SECURITY = (
    Template("password_set", urgent=True),
    Template("password_changed", urgent=True),
    Template("password_recovered", urgent=True),
    Template("totp_bound", urgent=True),
    Template("totp_unbound", urgent=True),
    Template("totp_changed", urgent=True),
    Template("passkey_added", ("name",), urgent=True),
    Template("passkey_removed", ("name",), urgent=True),
    Template("passkey_suspended", ("name",), urgent=True),
    Template("recovery_codes_drawn", urgent=True),
    Template("recovery_code_used", urgent=True),
    Template("login_code_chosen", ("channel",), urgent=True),
    Template("email_bound", ("email",), urgent=True),
    Template("email_changed", ("email",), urgent=True),
    Template("email_unbound", ("email",), urgent=True),
    Template("phone_bound", ("phone",), urgent=True),
    Template("phone_changed", ("phone",), urgent=True),
    Template("phone_unbound", ("phone",), urgent=True),
    Template("username_set", ("name",)),
    Template("trade_password_set", urgent=True),
    Template("trade_password_reset", urgent=True),
    Template("anti_phishing_set", urgent=True),
    Template("account_frozen", urgent=True),
    Template("account_thawed", ("until",), urgent=True),
    Template("hold_set", ("until",), urgent=True),
    Template("hold_shortened", ("until",), urgent=True),
    Template("recovery_opened", urgent=True),
    Template("recovery_sent_back", ("reason",), urgent=True),
    Template("recovery_approved", ("until",), urgent=True),
    Template("recovery_rejected", ("reason",), urgent=True),
    Template("recovery_cancelled", urgent=True),
    Template("recovery_completed", ("until",), urgent=True),
    Template("sub_account_added", ("name",), urgent=True),
    Template("sub_account_removed", ("name",), urgent=True),
    Template("sub_account_password", ("name",), urgent=True),
    Template("app_token_issued", urgent=True),
    Template("app_token_reused", urgent=True),
    Template("app_authorized", ("name",), urgent=True),
    Template("api_key_created", ("name",), urgent=True),
    Template("api_key_changed", ("name",), urgent=True),
    Template("api_key_deleted", ("name",), urgent=True),
    Template("trusted_address_added", ("coin", "address_tail"), urgent=True),
    Template("trusted_address_removed", ("coin", "address_tail")),
)
"""What was done to the account's safety."""

NOTICES: Final[dict[str, Template]] = {
    template.name: template
    for template in (
        Template("registration_done"),
        Template("account_exists"),
        Template("no_account"),
        Template("new_login", ("time", "ip")),
        *_SECURITY,
        Template("kyc_sent_back", ("level", "reason")),
        Template("kyc_approved", ("level",)),
        Template("kyc_rejected", ("level", "reason")),
        Template("kyc_submitted", ("level",)),
        Template("kyc_resubmitted", ("level",)),
        Template("kyc_lowered", ("level", "reason")),
        Template("kyc_expiring", ("level", "date")),
        Template("kyc_expired", ("level", "date")),
        Template("bank_account_added", _BANK_ACCOUNT, urgent=True),
        Template("bank_account_verified", _BANK_ACCOUNT),
        Template("bank_account_refused", (*_BANK_ACCOUNT, "reason")),
        Template("bank_account_replaced", _BANK_ACCOUNT),
        Template("bank_account_removed", _BANK_ACCOUNT, urgent=True),
        Template("deposit_credited", ("amount", "coin")),
        Template("deposit_sent_back", ("amount", "coin", "network", "address"), urgent=True),
        Template("withdrawal_requested", _WITHDRAWAL, urgent=True),
        Template("withdrawal_approved", _WITHDRAWAL),
        Template("withdrawal_rejected", (*_WITHDRAWAL, "reason")),
        Template("withdrawal_sent", _WITHDRAWAL),
        Template("withdrawal_success", _WITHDRAWAL),
        Template("withdrawal_failed", _WITHDRAWAL),
        Template("withdrawal_cancelled", _WITHDRAWAL),
        Template("withdrawal_expired", _WITHDRAWAL),
        Template("fiat_withdrawal_requested", _FIAT, urgent=True),
        Template("fiat_withdrawal_paid", (*_FIAT, "reference")),
        Template("fiat_withdrawal_returned", _FIAT),
        Template("fiat_withdrawal_rejected", (*_FIAT, "reason")),
        Template("fiat_withdrawal_cancelled", _FIAT),
        Template("fiat_withdrawal_expired", _FIAT),
        Template("fiat_deposit_credited", ("amount", "coin", "reference")),
        Template("fiat_deposit_reversed", ("amount", "coin", "reference"), urgent=True),
        Template("balance_adjusted", ("amount", "coin", "number")),
        Template("payment_held", _PAYMENT, urgent=True),
        Template("payment_captured", _PAYMENT, urgent=True),
        Template("payment_voided", _PAYMENT),
        Template("payment_expired", _PAYMENT),
        Template("payment_refunded", _PAYMENT),
        Template("conversion_done", ("source", "target")),
        Template("dust_converted", ("coins", "target")),
        Template("transfer_requested", _TRANSFER, urgent=True),
        Template("transfer_done", _TRANSFER),
        Template("transfer_received", ("amount", "coin", "sender")),
        Template("transfer_rejected", (*_TRANSFER, "reason")),
        Template("transfer_cancelled", _TRANSFER),
        Template("transfer_expired", _TRANSFER),
    )
}

TEMPLATES: Final[dict[str, Template]] = {template.name: template for template in CODES.values()} | NOTICES

PURPOSE_CHANNELS: Final[dict[str, frozenset[str]]] = {purpose.value: frozenset(Channel.values) for purpose in Purpose} | {
    Purpose.KYC_PHONE.value: frozenset({Channel.SMS.value}),
    Purpose.PHONE_BIND.value: frozenset({Channel.SMS.value}),
    Purpose.EMAIL_BIND.value: frozenset({Channel.EMAIL.value}),
}
"""The channels by which a code of each purpose may travel. What is to be bound is proven by its own channel only."""


def language_or_default(language: str) -> str:
    """The language, if messages are written in it; else English."""
    return language if language in LANGUAGES else LANGUAGES[0]


def cleaned(template: Template, facts: dict[str, str]) -> dict[str, str]:
    """The facts as they may stand in a message: one line each, cut at FACT_LENGTH_MAX.

    Raises ValueError where one is missing: that is a defect of the caller.
    """
    clean = {name: " ".join(str(value).split())[:FACT_LENGTH_MAX] for name, value in facts.items()}
    if "address" in clean:
        clean.setdefault("address_tail", clean["address"][-6:])
    if missing := [name for name in template.needs if not clean.get(name)]:
        raise ValueError(f"a message {template.name!r} needs the facts {', '.join(missing)}")
    return clean
