"""How each party of a transfer knows the other one.

The sender named the receiver and sees the uid. The receiver named nobody: of the sender they see what a friend would
recognise, and a number that stays the same between the two of them and tells nobody else anything.
Source: gaps.md, spot (`fromAddress` is stable per pair and not the sender's uid).
"""

from __future__ import annotations

from accounts.models import User
from config.kit.crypto import keyed_hash
from config.kit.fields import mask_email, mask_phone
from wallet.models.transfers import Transfer

NUMBER_DIGITS = 12
"""Digits of the number by which a receiver knows a sender."""


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
