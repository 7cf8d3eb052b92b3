"""What can be refused about transfers between wallets."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class FundsTransfersClosed(DomainError):
    """Nothing of this coin changes the wallet now, or nothing of this account."""

    slug = "wallet.funds_transfers_closed"
    kind = Kind.CONFLICT
    message = "Transfers of {coin} between wallets are closed."
    coin: str


class FundsTransferLimitUnset(DomainError):
    """No limit is set for this level and coin, so nothing is moved into futures."""

    slug = "wallet.funds_transfer_limit_unset"
    kind = Kind.FORBIDDEN
    message = "Transfers of {coin} into futures are not open at level {level}."
    coin: str
    level: int
