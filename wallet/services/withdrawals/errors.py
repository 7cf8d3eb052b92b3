"""What can be refused about a withdrawal."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class WithdrawalsClosed(DomainError):
    """Nothing may leave in this coin over this network now."""

    slug = "wallet.withdrawals_closed"
    kind = Kind.CONFLICT
    message = "Withdrawals of {coin} over {network} are closed."
    coin: str
    network: str


class WithdrawalHeld(DomainError):
    """The customer's account is stopped, or was frozen by its owner after this was asked for."""

    slug = "wallet.withdrawal_held"
    kind = Kind.CONFLICT
    message = "This withdrawal is stopped: {because}."
    because: str


class AmountBelowMinimum(DomainError):
    """The amount is under what this coin and network send."""

    slug = "wallet.amount_below_minimum"
    kind = Kind.INVALID
    message = "The amount is less than the minimum of {minimum}."
    field = "amount"
    minimum: str


class OwnAddress(DomainError):
    """The destination is the customer's own deposit address: the network fee would buy nothing."""

    slug = "wallet.own_address"
    kind = Kind.INVALID
    message = "This address belongs to your own account here."
    field = "address"


class HouseAddress(DomainError):
    """The destination is the wallet that pays."""

    slug = "wallet.house_address"
    kind = Kind.INVALID
    message = "This address belongs to the exchange itself."
    field = "address"


class MemoRequired(DomainError):
    """The network credits by memo; without one the money is lost."""

    slug = "wallet.memo_required"
    kind = Kind.INVALID
    message = "{coin} over {network} needs a memo."
    field = "memo"
    coin: str
    network: str


class LimitUnset(DomainError):
    """No limit is set for this level and coin, so nothing may leave."""

    slug = "wallet.limit_unset"
    kind = Kind.FORBIDDEN
    message = "Withdrawals of {coin} are not open at level {level}."
    coin: str
    level: int


class LimitExceeded(DomainError):
    """The amount is more than what is left of a limit."""

    slug = "wallet.limit_exceeded"
    kind = Kind.UNPROCESSABLE
    message = "At level {level}, {maximum} {coin} may leave in {window_hours} h; {remaining} are left."
    field = "amount"
    coin: str
    level: int
    maximum: str
    remaining: str
    window_hours: int


class TooManyOpen(DomainError):
    """So many withdrawals of this customer are under way that another must wait."""

    slug = "wallet.too_many_open_withdrawals"
    kind = Kind.CONFLICT
    message = "{maximum} withdrawals are under way. Wait until one ends, or cancel one."
    maximum: int


class ReferenceTaken(DomainError):
    """The same client reference came with another body."""

    slug = "wallet.reference_taken"
    kind = Kind.UNPROCESSABLE
    message = "This client reference was used for another request."


class WithdrawalExpired(DomainError):
    """The time for confirming is over."""

    slug = "wallet.withdrawal_expired"
    kind = Kind.CONFLICT
    message = "This withdrawal was not confirmed in time."


class AddressNotTrusted(DomainError):
    """A signed key may send to trusted addresses only."""

    slug = "wallet.address_not_trusted"
    kind = Kind.FORBIDDEN
    message = "The address is not among the trusted addresses."
    field = "address"


class AddressCoolingDown(DomainError):
    """The trusted address is too new."""

    slug = "wallet.address_cooling_down"
    kind = Kind.FORBIDDEN
    message = "The trusted address may be used from {usable_from} on."
    field = "address"
    usable_from: str


class TrustedAddressKnown(DomainError):
    """The address (with this memo) is in the book already."""

    slug = "wallet.trusted_address_known"
    kind = Kind.CONFLICT
    message = "This address is among the trusted addresses already."
    field = "address"


class TrustedAddressesFull(DomainError):
    """The address book is full."""

    slug = "wallet.trusted_addresses_full"
    kind = Kind.CONFLICT
    message = "An address book holds {maximum} addresses."
    maximum: int


class OfficerIsCustomer(DomainError):
    """Nobody decides about their own withdrawal."""

    slug = "wallet.officer_is_customer"
    kind = Kind.FORBIDDEN
    message = "An officer can't decide about their own withdrawal."


class LeadDue(DomainError):
    """Two officers are not enough: one of them has to be a lead."""

    slug = "wallet.lead_due"
    kind = Kind.FORBIDDEN
    message = "One of the two officers has to be a treasury lead."


class NotAnOfficer(DomainError):
    """The decider lacks the role."""

    slug = "wallet.not_an_officer"
    kind = Kind.FORBIDDEN
    message = "Only a treasury officer decides about money on its way."


class AlreadyDecided(DomainError):
    """One officer speaks once about one matter."""

    slug = "wallet.already_decided"
    kind = Kind.CONFLICT
    message = "You have decided about this already; another officer is due."


class ReasonMissing(DomainError):
    """A decision without a reason is none."""

    slug = "wallet.reason_missing"
    kind = Kind.INVALID
    message = "A decision needs a reason of at most {characters_max} characters."
    field = "reason"
    characters_max: int


class PayloadChanged(DomainError):
    """What was decided about is not what stands there now."""

    slug = "wallet.payload_changed"
    kind = Kind.CONFLICT
    message = "It is not what it was when it was looked at: the parties, coin, address, memo, amount or fee differ."


class KeyCapExceeded(DomainError):
    """The API key may not withdraw so much of the coin in a day."""

    slug = "wallet.key_cap_exceeded"
    kind = Kind.UNPROCESSABLE
    field = "amount"
    message = "This API key may let out {maximum} {coin} in 24 hours, fees included; {remaining} are left."
    coin: str
    maximum: str
    remaining: str


class GateClosed(DomainError):
    """The one gate before signing did not open."""

    slug = "wallet.gate_closed"
    kind = Kind.CONFLICT
    message = "The withdrawal may not be signed: {reason}."
    reason: str


class AbsenceUnproven(DomainError):
    """The money may still leave, so nothing is released."""

    slug = "wallet.absence_unproven"
    kind = Kind.CONFLICT
    message = "The transaction may still be mined; nothing can be released."


class AbsenceTooEarly(DomainError):
    """It was tried too short a time ago to be given up."""

    slug = "wallet.absence_too_early"
    kind = Kind.CONFLICT
    message = "It was last tried less than {minutes} minutes ago; a transaction can't be given up so early."
    minutes: int


class NonceNotConsumed(DomainError):
    """The signed bytes could still be sent by anyone who has them, and every later payment waits behind them."""

    slug = "wallet.nonce_not_consumed"
    kind = Kind.CONFLICT
    message = (
        "The nonce must be consumed first: until another transaction of {sender} has used nonce {nonce}, "
        "{confirmations} blocks deep, this one may still be mined, so nothing can be released."
    )
    nonce: int
    sender: str
    confirmations: int


class WithdrawalBusy(DomainError):
    """A worker holds the lease, or took it over meanwhile."""

    slug = "wallet.withdrawal_busy"
    kind = Kind.CONFLICT
    message = "A worker is asking the network about this withdrawal. Try again in a minute."


class NetworkFeeTooHigh(DomainError):
    """The network asks for more than the signer may pay it. Tried again later; nothing is reserved meanwhile."""

    slug = "wallet.network_fee_too_high"
    kind = Kind.UNPROCESSABLE
    message = "The network asks for a fee above the maximum of {maximum}."
    maximum: str


class NotStuck(DomainError):
    """There is no payment out that waits for a block: nothing to hurry."""

    slug = "wallet.not_stuck"
    kind = Kind.CONFLICT
    message = "No payment of this withdrawal waits for a block with its fee as it stands."


class FeeRaisedTooOften(DomainError):
    """A payment that is still stuck after so many raises is stuck for another reason."""

    slug = "wallet.fee_raised_too_often"
    kind = Kind.CONFLICT
    message = "The network fee was raised {maximum} times already; find out what else is in the way."
    maximum: int


class LeaseLost(Exception):
    """Another worker has taken the work over; whatever this one learned is void."""
