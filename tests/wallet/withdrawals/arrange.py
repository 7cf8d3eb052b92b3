"""Arranging withdrawals through the services: customers with money, officers, and each state on the way."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group

from accounts.models import RegisterType, User
from accounts.services.second_factor import Proof
from config.kit.clock import now
from tests import levels
from tests.database import triggers_asleep
from tests.factories_messaging import pass_time_for_resend, read_code
from tests.wallet.withdrawals.outside import Network, sign
from wallet.models import Coin, Withdrawal
from wallet.models.ledger import AccountKind
from wallet.models.outgoing import OutgoingTransaction
from wallet.services import balances, ledger
from wallet.services.ledger import AccountRef, Leg
from wallet.services.withdrawals import cancel, confirm, pipeline, request, review, signing
from wallet.services.withdrawals.payload import payload_hash_of

ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7"
IP = "127.0.0.1"
OTHER_ADDRESS = "0x8617E340B3D01FA5F11F306F4090FD50E238070D"
_numbers = itertools.count(1)


def customer(*, level: int = 2, days_old: int = 400, funds: str = "10") -> User:
    """A customer of a level, with ether. Identity review itself is told in kyc's tests."""
    moment = now() - timedelta(days=days_old)
    user = User.objects.create(
        email=f"customer{next(_numbers)}@example.com", register_type=RegisterType.EMAIL, registered_at=moment
    )
    levels.give(user, level, at=moment)
    if Decimal(funds):
        fund(user, funds)
    return user


def fund(user: User, amount: str, *, coin: str = "ETH") -> None:
    """Credit the customer, as a deposit does."""
    value = Decimal(amount)
    ledger.post(
        kind="deposit",
        scope="test",
        key=f"fund {next(_numbers)} {user.uid}",
        legs=[
            Leg(AccountRef(None, coin, AccountKind.EXTERNAL_IN), -value),
            Leg(AccountRef(user, coin, AccountKind.SPOT_AVAILABLE), value),
        ],
        actor="test",
    )


def officer(*more: str, role: str = "treasury") -> User:
    """An officer of a role, and of more."""
    user = User.objects.create(
        email=f"officer{next(_numbers)}@example.com",
        register_type=RegisterType.STAFF,
        registered_at=now(),
        is_staff=True,
    )
    user.groups.add(*Group.objects.filter(name__in=(role, *more)))
    return user


@dataclass(frozen=True)
class Money:
    """A customer's balance in one coin."""

    available: Decimal | int
    held: Decimal | int


def money(user: User, coin: str = "ETH") -> Money:
    """What the ledger says now."""
    found = balances.of_coin(user, Coin.objects.get(code=coin))
    return Money(found.available, found.held)


def ask(user: User, *, amount: Any = "1", **more: Any) -> Withdrawal:
    """A withdrawal in verification."""
    more.setdefault("address", ADDRESS)
    more.setdefault("ip", IP)
    more.setdefault("coin", "ETH")
    more.setdefault("network", "ETHEREUM")
    return request.request(customer=user, amount=amount, **more).withdrawal


def confirmed(user: User, **more: Any) -> Withdrawal:
    """Confirmed by its mailed code: under review, or approved where no officer is needed."""
    pass_time_for_resend()
    return confirm_it(user, ask(user, **more))


def confirm_it(user: User, withdrawal: Withdrawal) -> Withdrawal:
    """Confirmed by the code that was mailed for it."""
    return confirm.confirm(customer=user, public_id=withdrawal.public_id, proof=Proof("", read_code(user.email or "")), ip=IP)


def approve(withdrawal: Withdrawal, officer: User) -> Withdrawal:
    """Approved by the officer, who saw what stands there now."""
    return review.approve(
        public_id=withdrawal.public_id, officer=officer, reason="looks right", seen_hash=payload_hash_of(withdrawal)
    )


def approved(user: User, **more: Any) -> Withdrawal:
    """Approved by as many officers as it takes."""
    withdrawal = confirmed(user, **more)
    while withdrawal.state != "approved":
        withdrawal = approve(withdrawal, officer())
    return fresh(withdrawal)


def signed(user: User, **more: Any) -> Withdrawal:
    """Through the gate and signed, not sent."""
    withdrawal = approved(user, **more)
    pipeline.advance(withdrawal.pk)
    sign_all()
    return fresh(withdrawal)


def sign_all() -> int:
    """What the signer process does; how many were signed."""
    waiting = list(signing.waiting_for_signature().values_list("pk", flat=True))
    return sum(signing.sign(identity, signer=sign) for identity in waiting)


def sent(user: User, **more: Any) -> Withdrawal:
    """Handed to the network."""
    withdrawal = signed(user, **more)
    step(withdrawal)
    return fresh(withdrawal)


def step(withdrawal: Withdrawal) -> Withdrawal:
    """The next step, whatever pause the last one left."""
    Withdrawal.objects.filter(pk=withdrawal.pk).update(lease_until=None)
    pipeline.advance(withdrawal.pk)
    return fresh(withdrawal)


def transaction_of(withdrawal: Withdrawal) -> OutgoingTransaction:
    """Its transaction; the newest, where its fee was raised."""
    return OutgoingTransaction.objects.filter(withdrawal=withdrawal, abandoned_at=None).latest("id")


def mine(network: Network, withdrawal: Withdrawal, **facts: Any) -> None:
    """Put its transaction into a block."""
    network.mine(transaction_of(withdrawal).tx_hash or "", **facts)


def by_hand(withdrawal: Withdrawal, **changes: Any) -> None:
    """Changed past the table's own guard, as only the owner of the database can: what stands behind must hold alone."""
    with triggers_asleep():
        Withdrawal.objects.filter(pk=withdrawal.pk).update(**changes)


def fresh(withdrawal: Withdrawal) -> Withdrawal:
    """The row as it is now."""
    return Withdrawal.objects.select_related("customer", "coin_network__coin", "coin_network__network").get(pk=withdrawal.pk)


def take_back(user: User, withdrawal: Withdrawal) -> Withdrawal:
    """Cancelled by its customer."""
    return cancel.cancel(customer=user, public_id=withdrawal.public_id)
