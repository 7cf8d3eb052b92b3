"""Who stands on the other side of a line of a statement, in words that its reader may know."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from accounts.models import User
from wallet.models.ledger import Entry, Posting, PostingKind
from wallet.models.transfers import Transfer
from wallet.services.transfers import books, parties

OF_TRANSFERS = (PostingKind.TRANSFER_HOLD, PostingKind.TRANSFER_RELEASE, PostingKind.TRANSFER)


def of_lines(reader: User, kinds: Mapping[int, str]) -> dict[int, str]:
    """Posting id → the other customer, for those of these postings (id → kind) that have one. Two queries for each sort."""
    found = _of_transfers(reader, [posting for posting, kind in kinds.items() if kind in OF_TRANSFERS])
    return found | _of_family(reader, [posting for posting, kind in kinds.items() if kind == PostingKind.SUB_ACCOUNT_TRANSFER])


def _of_transfers(reader: User, postings: Collection[int]) -> dict[int, str]:
    """By the transfer that the posting's key names: a hold has no entry of the other side."""
    if not postings:
        return {}
    keys = dict(Posting.objects.filter(pk__in=postings, scope=books.SCOPE).values_list("id", "key"))
    numbers = {posting: int(key.partition(":")[0]) for posting, key in keys.items()}
    rows = Transfer.objects.filter(public_id__in=numbers.values()).select_related("sender", "receiver")
    transfers = {transfer.public_id: transfer for transfer in rows}
    return {
        posting: parties.words_of_other(transfers[number], reader=reader)
        for posting, number in numbers.items()
        if number in transfers
    }


def _of_family(reader: User, postings: Collection[int]) -> dict[int, str]:
    """Accounts of one owner know each other by uid."""
    if not postings:
        return {}
    others = Entry.objects.filter(posting__in=postings, account__owner__isnull=False).exclude(account__owner=reader)
    return {posting: str(uid) for posting, uid in others.values_list("posting_id", "account__owner__uid")}
