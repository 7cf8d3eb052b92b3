"""How each party of a transfer knows the other one.

The sender named the receiver and sees the uid, or the name that they used. The receiver named nobody: of the sender they
see what a friend would recognise, and a number that stays the same between the two of them and tells nobody else anything.
Source: gaps.md, spot (`fromAddress` is stable per pair and not the sender's uid).
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.services.receivers import Named
from config.kit.crypto import equal, keyed_hash
from config.kit.fields import mask_email, mask_phone
from wallet.models.transfers import Transfer
from wallet.services.transfers.payload import fingerprint

NUMBER_DIGITS = 12
"""Digits of the number by which a receiver knows a sender."""


@dataclass(frozen=True, repr=False)
class Called:
    """A receiver by one of their names: `way` is uid, phone or email."""

    way: str
    text: str


def as_named(transfer: Transfer) -> Called:
    """The receiver by the phone or email that the sender used: what the sender knew of them already, and no more.

    It is nowhere kept but in the fingerprint of the body, with which the receiver's names of now are compared. The uid stands
    for a user name, for several names at once, for one that is the receiver's no more, and for what an erasure took part of.
    """
    receiver = transfer.receiver
    for way, text in (("phone", receiver.phone), ("email", receiver.email)):
        if text and _was_named(transfer, Named(**{way: text})):
            return Called(way, text)
    return Called("uid", str(receiver.uid))


def _was_named(transfer: Transfer, named: Named) -> bool:
    said = fingerprint(coin=transfer.coin.code, amount=transfer.amount, named=named.counted, remark=transfer.remark)
    return equal(bytes(transfer.fingerprint), said)


def sender_number(*, sender_id: int, receiver_id: int) -> int:
    """The sender as a number of its own for this receiver: always the same, and not the uid."""
    digest = keyed_hash("wallet.transfer.sender", str(sender_id), str(receiver_id))
    first = 10 ** (NUMBER_DIGITS - 1)
    return int(first + int.from_bytes(digest[:8], "big") % (9 * first))


def sender_words(sender: User, *, receiver_id: int) -> str:
    """The sender in the receiver's words: a masked address or phone where there is one, and the pair's number."""
    number = str(sender_number(sender_id=sender.pk, receiver_id=receiver_id))
    known = mask_email(sender.email) or mask_phone(sender.phone)
    return f"{known} ({number})" if known else number


def receiver_words(receiver: User) -> str:
    """The receiver in the sender's words: the uid."""
    return str(receiver.uid)


def words_of_other(transfer: Transfer, *, reader: User) -> str:
    """The other party in the words of this one."""
    if transfer.receiver_id == reader.pk:
        return sender_words(transfer.sender, receiver_id=reader.pk)
    return receiver_words(transfer.receiver)
