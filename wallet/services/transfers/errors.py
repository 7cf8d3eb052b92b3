"""What can be refused about a transfer to another customer."""

from __future__ import annotations

from config.kit.errors import DomainError, Kind


class TransfersClosed(DomainError):
    """Nothing of this coin changes hands now, or this account lets nothing out."""

    slug = "wallet.transfers_closed"
    kind = Kind.CONFLICT
    message = "Transfers of {coin} are closed."
    coin: str


class TransferHeld(DomainError):
    """An account, or the coin, stops it for now; nothing was moved."""

    slug = "wallet.transfer_held"
    kind = Kind.CONFLICT
    message = "This transfer is stopped: {because}."
    because: str


class TransferToOneself(DomainError):
    """Sender and receiver are the same customer."""

    slug = "wallet.transfer_to_oneself"
    kind = Kind.UNPROCESSABLE
    field = "receiver"
    message = "The receiver is you."


class ReceiverIsFamily(DomainError):
    """Money between an account and its sub-accounts has its own way, without limits and waiting."""

    slug = "wallet.receiver_is_family"
    kind = Kind.UNPROCESSABLE
    field = "receiver"
    message = "The receiver is your own sub-account. Use the transfer between your accounts."


class ReceiverUnavailable(DomainError):
    """The receiver's account takes nothing now: not verified, restricted, frozen or locked. Which of it is theirs to know."""

    slug = "wallet.receiver_unavailable"
    kind = Kind.UNPROCESSABLE
    field = "receiver"
    message = "This receiver can't take transfers now."


class TransferLimitUnset(DomainError):
    """No limit is set for this level and coin, so nothing may be transferred."""

    slug = "wallet.transfer_limit_unset"
    kind = Kind.FORBIDDEN
    message = "Transfers of {coin} are not open at level {level}."
    coin: str
    level: int


class TooManyOpenTransfers(DomainError):
    """So many transfers of this customer are under way that another must wait."""

    slug = "wallet.too_many_open_transfers"
    kind = Kind.CONFLICT
    message = "{maximum} transfers are under way. Wait until one ends, or cancel one."
    maximum: int


class TransferExpired(DomainError):
    """The time for confirming is over."""

    slug = "wallet.transfer_expired"
    kind = Kind.CONFLICT
    message = "This transfer was not confirmed in time."


class LinkNotOpened(DomainError):
    """The link in the mail proves the mailbox; without it the transfer waits."""

    slug = "wallet.transfer_link_not_opened"
    kind = Kind.FORBIDDEN
    message = "Open the link in the mail about this transfer first."


class TransferLinkInvalid(DomainError):
    """No open transfer has this link; a newer mail voids the links of the earlier ones."""

    slug = "wallet.transfer_link_invalid"
    kind = Kind.UNPROCESSABLE
    field = "token"
    message = "This link is not complete, or a newer mail has replaced it."


class TransferLinkNotDue(DomainError):
    """This transfer is confirmed without a link."""

    slug = "wallet.transfer_link_not_due"
    kind = Kind.CONFLICT
    message = "No link is due for this transfer."


class TransferLinkTooSoon(DomainError):
    """The last mail has only just left."""

    slug = "wallet.transfer_link_too_soon"
    kind = Kind.LIMITED
    message = "The mail was sent a moment ago. Ask again in {retry_after} s."
    retry_after: int


class TransferLinksUsedUp(DomainError):
    """One transfer is worth so many mails and no more."""

    slug = "wallet.transfer_links_used_up"
    kind = Kind.CONFLICT
    message = "{maximum} mails were sent for this transfer. Cancel it and ask for another."
    maximum: int


class OfficerIsParty(DomainError):
    """Nobody decides about their own money, coming or going."""

    slug = "wallet.officer_is_party"
    kind = Kind.FORBIDDEN
    message = "An officer can't decide about a transfer of their own."
