"""Arranging transfers through the services: two customers, and each state on the way."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.services.receivers import Named
from accounts.services.second_factor import Proof
from tests.factories_messaging import read_message
from tests.wallet.withdrawals import arrange as withdrawals
from wallet.models import Transfer, TransferPolicy
from wallet.services.transfers import cancel, confirm, links, request, review
from wallet.services.transfers.payload import payload_hash_of

IP = "127.0.0.1"
customer = withdrawals.customer
officer = withdrawals.officer
money = withdrawals.money
Money = withdrawals.Money
fund = withdrawals.fund


def to(user: User) -> Named:
    """The customer, named by uid."""
    return Named(uid=str(user.uid))


def ask(sender: User, receiver: User, *, amount: Any = "1", **more: Any) -> Transfer:
    """A transfer that waits for its sender."""
    return asked(sender, receiver, amount=amount, **more).transfer


def asked(
    sender: User, receiver: User, *, amount: Any = "1", coin: str = "ETH", named: Named | None = None, **more: Any
) -> request.Requested:
    """What the request answers."""
    more.setdefault("ip", IP)
    return request.request(customer=sender, receiver=named or to(receiver), coin=coin, amount=amount, **more)


def token_of(sender: User) -> str:
    """The token of the link in the newest mail about a transfer."""
    return read_message(sender.email or "", "transfer_requested").facts["link"].partition("#")[2]


def opened(sender: User, receiver: User, **more: Any) -> Transfer:
    """Its link was opened."""
    ask(sender, receiver, **more)
    return links.open_link(token_of(sender))


def confirm_it(sender: User, transfer: Transfer, *, proof: Proof | None = None, token: str = "") -> Transfer:
    """The sender's own word."""
    return confirm.confirm(customer=sender, public_id=transfer.public_id, proof=proof, token=token, ip=IP)


def given(sender: User, receiver: User, **more: Any) -> Transfer:
    """Confirmed and, as no officer is due, completed."""
    return confirm_it(sender, opened(sender, receiver, **more))


def reviewed(sender: User, receiver: User, *, officers: int = 2, **more: Any) -> Transfer:
    """Confirmed, and waiting for so many officers."""
    from_amount = "100" if officers == 1 else "0.1"
    TransferPolicy.objects.filter(coin__code="ETH").update(second_officer_from=from_amount, automatic_up_to=0)
    return given(sender, receiver, **more)


def decide(act: Any, transfer: Transfer, officer: User, *, reason: str = "looks right") -> Transfer:
    """An officer's decision about what stands there now."""
    decided: Transfer = act(
        public_id=transfer.public_id, officer=officer, reason=reason, seen_hash=payload_hash_of(fresh(transfer))
    )
    return decided


def approve(transfer: Transfer, officer: User) -> Transfer:
    """Approved by the officer."""
    return decide(review.approve, transfer, officer)


def reject(transfer: Transfer, officer: User) -> Transfer:
    """Refused by the officer."""
    return decide(review.reject, transfer, officer)


def take_back(sender: User, transfer: Transfer) -> Transfer:
    """Cancelled by its sender."""
    return cancel.cancel(customer=sender, public_id=transfer.public_id)


def fresh(transfer: Transfer) -> Transfer:
    """The row as it is now."""
    return Transfer.objects.select_related("sender", "receiver", "coin").get(pk=transfer.pk)
