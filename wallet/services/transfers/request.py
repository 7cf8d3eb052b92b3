"""Asking for a transfer: everything checked under the locks, hold and row and event in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import holds, receivers
from accounts.services.receivers import Named
from accounts.services.second_factor import Proof
from config.kit import crypto, money
from config.kit.clock import now
from kyc.services import entitlements
from messaging.services.codes import Purpose
from wallet.models.coins import Coin
from wallet.models.transfers import ENDS, Transfer
from wallet.services import actors, coins, key_caps, limits, proofs, standing
from wallet.services.retries import retried
from wallet.services.transfers import books, completion, confirm, links, messages, policy
from wallet.services.transfers.errors import (
    ReceiverIsFamily,
    ReceiverUnavailable,
    TooManyOpenTransfers,
    TransfersClosed,
    TransferToOneself,
)
from wallet.services.transfers.manner import OURS, Manner
from wallet.services.transfers.payload import fingerprint, payload_hash
from wallet.services.transfers.states import begin, locked
from wallet.services.withdrawals.errors import ReferenceTaken

VERIFICATION_MINUTES = 30
"""How long a transfer waits for its sender."""
OPEN_PER_CUSTOMER_MAX = 100
"""Transfers of one customer that may be under way at once."""


@dataclass(frozen=True)
class Wish:
    """What a client asked for, read and checked."""

    sender: User
    named: Named
    coin: Coin
    amount: Decimal
    remark: str
    client_reference: str | None
    api_key_id: str
    ip: str
    manner: Manner
    verified_by: str = ""

    @property
    def fingerprint(self) -> bytes:
        """Of the body that a client reference stands for."""
        return fingerprint(coin=self.coin.code, amount=self.amount, named=self.named.counted, remark=self.remark)


@dataclass(frozen=True)
class Requested:
    """A transfer that stands: the new one, or the one that the same reference made before."""

    transfer: Transfer
    replayed: bool


def request(
    *,
    customer: User,
    receiver: Named,
    coin: str,
    amount: object,
    remark: str = "",
    client_reference: str | None = None,
    api_key_id: str = "",
    ip: str,
    proof: Proof | None = None,
    manner: Manner = OURS,
    language: str = "en",
) -> Requested:
    """Reserve the amount and open a transfer, all or nothing; the same reference and body give the same one.

    By session it waits for the customer's confirmation, and a mail with a link is sent where there is a mailbox. A signed
    key confirms by itself. With `manner.proof_at_request` a second factor that the confirmation would ask for is due
    here; it is spent whatever follows.
    Raises UnknownCoin, AmountInvalid, NotForSubAccounts, NotEntitled, SecurityHoldActive, ReceiverNotNamed,
    ReceiverUnknown, ReceiversDiffer, ReceiverLocked, ReceiverUnavailable, ReceiverIsFamily, TransferToOneself,
    TransfersClosed, TransferLimitUnset, LimitExceeded, KeyCapExceeded, TooManyOpenTransfers, TransferHeld,
    InsufficientFunds, ReferenceTaken, what `proofs.require` raises; RuntimeError inside a transaction.
    """
    known = _standing(customer, client_reference)
    held_coin = known.coin if known is not None and known.coin.code == coin else coins.get(coin)
    scale = held_coin.scale if known is None else money.AMOUNT_PLACES
    wish = Wish(
        sender=customer, named=receiver, coin=held_coin, amount=money.parse(amount, scale=scale), remark=remark,
        client_reference=client_reference or None, api_key_id=api_key_id, ip=ip, manner=manner,
    )  # fmt: skip
    if known is not None:
        return _same(known, wish)
    if wish.amount <= 0:
        raise money.AmountInvalid(reason="an amount above zero is due")
    # Asked before anybody is looked up: who may not send has no business in learning who is a customer.
    _require_may_send(customer, held_coin)
    if manner.proof_at_request and not api_key_id and confirm.proof_is_due(customer):
        wish = replace(wish, verified_by=_proven(wish, proof, language=language))
    return _once(wish, _receiver(wish))


def _proven(wish: Wish, proof: Proof | None, *, language: str) -> str:
    """By which factor; a code that is sent is bound to what is asked for."""
    named = wish.named
    return proofs.require(
        customer=wish.sender,
        proof=proof,
        purpose=Purpose.TRANSFER,
        context=f"transfer asked for:{wish.fingerprint.hex()}",
        facts={
            "amount": money.to_text(wish.amount),
            "coin": wish.coin.code,
            "receiver": named.uid or named.username or named.email or named.phone,
        },
        language=language,
        ip=wish.ip,
    )


def _require_may_send(sender: User, coin: Coin) -> None:
    entitlements.require(sender, entitlements.Act.INSIDE_TRANSFER)
    if not policy.is_open(coin) or not standing.is_good(sender):
        raise TransfersClosed(coin=coin.code)
    holds.require_none(sender)


def _receiver(wish: Wish) -> User:
    found = receivers.find(sender=wish.sender, named=wish.named)
    if found.pk == wish.sender.pk:
        raise TransferToOneself
    if found.parent_id == wish.sender.pk:
        raise ReceiverIsFamily
    return found


@retried
def _once(wish: Wish, receiver: User) -> Requested:
    try:
        with transaction.atomic():
            limits.lock_allowance(wish.sender, wish.coin)
            known = _standing(wish.sender, wish.client_reference)
            if known is not None:
                return _same(known, wish)
            return Requested(transfer=_open(wish, receiver), replayed=False)
    except IntegrityError:
        # The same reference in another coin is not under the same lock: the constraint decided.
        known = _standing(wish.sender, wish.client_reference)
        if known is None:
            raise
        return _same(known, wish)


def _standing(customer: User, client_reference: str | None) -> Transfer | None:
    """What the customer's reference made before."""
    if not client_reference:
        return None
    rows = Transfer.objects.select_related("sender", "receiver", "coin")
    return rows.filter(sender=customer, client_reference=client_reference).first()


def _same(found: Transfer, wish: Wish) -> Requested:
    if not crypto.equal(bytes(found.fingerprint), wish.fingerprint):
        raise ReferenceTaken
    return Requested(transfer=found, replayed=True)


def _open(wish: Wish, receiver: User) -> Transfer:
    sender, receiver = standing.lock(wish.sender, receiver)
    coin = coins.get(wish.coin.code)
    _require_allowed(wish, sender, receiver, coin)
    moment = now()
    transfer = Transfer.objects.create(
        sender=sender,
        receiver=receiver,
        coin=coin,
        amount=wish.amount,
        remark=wish.remark,
        payload_hash=payload_hash(sender_id=sender.pk, receiver_id=receiver.pk, coin=coin.code, amount=wish.amount),
        client_reference=wish.client_reference,
        fingerprint=wish.fingerprint,
        api_key_id=wish.api_key_id,
        requested_from=wish.ip,
        verified_by=wish.verified_by,
        expires_at=moment + timedelta(minutes=VERIFICATION_MINUTES),
        created_at=moment,
        state_since=moment,
    )
    actor = actors.customer(sender)
    begin(transfer, actor=actor, reason="asked for by API key" if wish.api_key_id else "asked for")
    books.hold(transfer)
    if links.is_due(transfer):
        messages.requested_with_link(transfer, links.draw(transfer, manner=wish.manner))
    else:
        messages.requested(transfer)
    if wish.api_key_id:
        transfer = locked(transfer.pk)
        policy.require_not_held(transfer)
        completion.enter_review(transfer, actor=actor, reason="signed key", verified_by="api_key")
    return transfer


def _require_allowed(wish: Wish, sender: User, receiver: User, coin: Coin) -> None:
    _require_may_send(sender, coin)
    if not policy.can_receive(receiver):
        raise ReceiverUnavailable
    policy.require_within_limits(customer=sender, coin=coin, amount=wish.amount)
    if wish.api_key_id:
        key_caps.require_within(api_key_id=wish.api_key_id, coin=coin, amount=wish.amount)
    if Transfer.objects.filter(sender=sender).exclude(state__in=ENDS).count() >= OPEN_PER_CUSTOMER_MAX:
        raise TooManyOpenTransfers(maximum=OPEN_PER_CUSTOMER_MAX)
