"""What stands before each example of bitgin's wallet."""

from __future__ import annotations

from datetime import timedelta

from tests.dialects.bitgin.given import Facts, given
from tests.dialects.bitgin.wallets import Mover, mover, mover_with_app
from tests.wallet.payments.arrange import sell
from tests.wallet.rates.arrange import tell, tell_all
from wallet.models import Transfer
from wallet.services.transfers import links


def _receiver() -> Facts:
    receiver = mover(funds="0")
    return {"receiver": receiver.username, "receiverEmail": receiver.email}


@given("prices of two coins")
def _prices() -> tuple[Mover, Facts]:
    tell("USDT/TWD", "32", change="0")
    tell("ETH/USDT", "3000", change="1.5")
    return mover(), {}


@given("a sender with an authenticator, and a receiver")
def _sender() -> tuple[Mover, Facts]:
    sender, app = mover_with_app()
    return sender, {**_receiver(), "totp": app.code()}


@given("a customer with dollars")
def _dollars() -> tuple[Mover, Facts]:
    tell_all()
    return mover(funds="0", USD="1000"), {}


@given("a customer with money, and a service")
def _payer() -> tuple[Mover, Facts]:
    sell()
    return mover(USDT="10"), {}


def _waiting() -> tuple[Mover, Facts]:
    sender, receiver = mover(USDT="10"), mover(funds="0")
    made = sender.sent(receiver, 1, asset="USDT")
    return sender, {"id": str(made), "code": sender.link().partition("code=")[2]}


given("a transfer that waits for its link")(_waiting)


@given("a transfer whose mail was sent a minute ago")
def _mailed() -> tuple[Mover, Facts]:
    sender, facts = _waiting()
    sent = Transfer.objects.get(public_id=facts["id"])
    Transfer.objects.update(link_sent_at=sent.created_at - timedelta(seconds=links.RESEND_SECONDS + 1))
    return sender, facts


@given("a transfer whose link was opened")
def _opened() -> tuple[Mover, Facts]:
    sender, facts = _waiting()
    sender.caller.get(sender.link())
    return sender, facts
