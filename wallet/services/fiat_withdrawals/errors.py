"""What can be refused about a fiat withdrawal."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class FiatWithdrawalsClosed(DomainError):
    """Nothing of this coin is paid to banks now, or this account lets nothing out."""

    slug = "wallet.fiat_withdrawals_closed"
    kind = Kind.CONFLICT
    message = "Withdrawals of {coin} to bank accounts are closed."
    coin: str


class NotAFiatCoin(DomainError):
    """Banks carry fiat coins."""

    slug = "wallet.not_a_fiat_coin"
    kind = Kind.INVALID
    message = "{coin} is not paid to bank accounts."
    field = "coin"
    coin: str


class BankAccountOfAnotherCoin(DomainError):
    """The bank account is kept in another currency."""

    slug = "wallet.bank_account_of_another_coin"
    kind = Kind.UNPROCESSABLE
    message = "This bank account is kept in {currency}."
    field = "bank_account"
    currency: str


class FiatLimitUnset(DomainError):
    """No limit is set for this level and coin, so nothing is paid."""

    slug = "wallet.fiat_limit_unset"
    kind = Kind.FORBIDDEN
    message = "Withdrawals of {coin} to bank accounts are not open at level {level}."
    coin: str
    level: int


class TooManyOpenFiat(DomainError):
    """So many fiat withdrawals of this customer are under way that another must wait."""

    slug = "wallet.too_many_open_fiat_withdrawals"
    kind = Kind.CONFLICT
    message = "{maximum} withdrawals to bank accounts are under way. Wait until one ends, or cancel one."
    maximum: int


class FiatWithdrawalExpired(DomainError):
    """The time for confirming is over."""

    slug = "wallet.fiat_withdrawal_expired"
    kind = Kind.CONFLICT
    message = "This withdrawal was not confirmed in time."


class FiatWithdrawalHeld(DomainError):
    """The customer's account, bank account or coin stops it for now."""

    slug = "wallet.fiat_withdrawal_held"
    kind = Kind.CONFLICT
    message = "This withdrawal is stopped: {because}."
    because: str


class PayerNeedsAnother(DomainError):
    """Who alone approved it can't also pay it."""

    slug = "wallet.payer_needs_another"
    kind = Kind.CONFLICT
    message = "You alone approved this withdrawal; another officer has to pay it."


class NotThePayer(DomainError):
    """Another officer went to the bank with it."""

    slug = "wallet.not_the_payer"
    kind = Kind.CONFLICT
    message = "{officer} is paying this withdrawal; nobody else says what the bank did."
    officer: str


class ApprovalMissing(DomainError):
    """Thresholds were lowered since, or an approval is of something else."""

    slug = "wallet.approval_missing"
    kind = Kind.CONFLICT
    message = "{needed} officers must have approved it as it stands; {standing} did."
    needed: int
    standing: int


class ReturnProposedAlready(DomainError):
    """One return of a withdrawal at a time."""

    slug = "wallet.return_proposed_already"
    kind = Kind.CONFLICT
    message = "A return of this withdrawal is proposed already."
