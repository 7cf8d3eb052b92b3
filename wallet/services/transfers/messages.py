"""What both parties are told, from the transaction in which it happened."""

from __future__ import annotations

from accounts.models.logins import LoginAct
from accounts.services import clients, logins
from config.kit.money import to_text
from messaging.models import Channel
from messaging.services.notices import notify
from wallet.models.transfers import Transfer, TransferState
from wallet.services.transfers import parties

_ENDINGS = {
    TransferState.CANCELLED: "transfer_cancelled",
    TransferState.EXPIRED: "transfer_expired",
}


def facts(transfer: Transfer) -> dict[str, str]:
    """What a message to the sender says: amount, coin, and to whom."""
    return {**_money(transfer), "receiver": parties.receiver_words(transfer.receiver)}


def requested(transfer: Transfer) -> None:
    """By every bound channel: the owner must hear of a request that a thief made. Without a link."""
    _note_request(transfer)
    notify(user=transfer.sender, template="transfer_requested", facts=facts(transfer))


def requested_with_link(transfer: Transfer, link: str) -> None:
    """The same, with the link in the mail and nowhere else."""
    _note_request(transfer)
    mail_link(transfer, link)
    notify(
        user=transfer.sender,
        template="transfer_requested",
        facts=facts(transfer),
        channels=(Channel.SMS,),
        to_inbox=False,
    )


def mail_link(transfer: Transfer, link: str, *, again: bool = False) -> None:
    """The mail with the link."""
    notify(
        user=transfer.sender,
        template="transfer_requested",
        facts={**facts(transfer), "link": link},
        channels=(Channel.EMAIL,),
        to_inbox=not again,
    )


def done(transfer: Transfer) -> None:
    """The money has changed hands: both hear of it."""
    logins.note(user=transfer.sender, act=LoginAct.TRANSFER_COMPLETED)
    notify(user=transfer.sender, template="transfer_done", facts=facts(transfer))
    logins.note(user=transfer.receiver, act=LoginAct.TRANSFER_RECEIVED)
    sender = parties.sender_words(transfer.sender, receiver_id=transfer.receiver_id)
    told = {**_money(transfer), "sender": sender, "remark": transfer.remark}
    notify(user=transfer.receiver, template="transfer_received", facts={name: fact for name, fact in told.items() if fact})


def rejected(transfer: Transfer, *, reason: str) -> None:
    """An officer said no, and why; the money is available again."""
    logins.note(user=transfer.sender, act=LoginAct.TRANSFER_ENDED)
    notify(user=transfer.sender, template="transfer_rejected", facts={**facts(transfer), "reason": reason})


def ended(transfer: Transfer) -> None:
    """Cancelled or expired: the money is available again."""
    logins.note(user=transfer.sender, act=LoginAct.TRANSFER_ENDED)
    notify(user=transfer.sender, template=_ENDINGS[TransferState(transfer.state)], facts=facts(transfer))


def _money(transfer: Transfer) -> dict[str, str]:
    return {"amount": to_text(transfer.amount), "coin": transfer.coin.code}


def _note_request(transfer: Transfer) -> None:
    ip = transfer.requested_from
    client = clients.describe(ip=ip, user_agent="") if ip else None
    logins.note(user=transfer.sender, act=LoginAct.TRANSFER_REQUESTED, client=client)
