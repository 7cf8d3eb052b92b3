"""Cancel, approve, expire and broadcast at once: one of them wins, and the hold is released or consumed once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from config.kit.clock import now
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.crowd import at_once, patiently
from wallet.models import OutgoingTransaction, Posting, Withdrawal, WithdrawalEvent
from wallet.services import audit
from wallet.services.withdrawals import cancel, expiry, pipeline, review
from wallet.services.withdrawals.payload import payload_hash_of

pytestmark = pytest.mark.usefixtures("real_db")
LOOKS = 6
"""Times that the pipeline looks for something to send in one race: before, amid and after the others."""


def pushed(withdrawal: Withdrawal) -> Callable[[], None]:
    """What worker and signer do, as often as it takes to send what may be sent."""

    def push() -> None:
        for _ in range(LOOKS):
            Withdrawal.objects.filter(pk=withdrawal.pk).update(lease_until=None)
            pipeline.advance(withdrawal.pk)
            arrange.sign_all()

    return push


def race(withdrawal: Withdrawal, officer: Any, dice: random.Random) -> None:
    decide: dict[str, Any] = {"public_id": withdrawal.public_id, "officer": officer, "reason": "x"}
    acts: list[Callable[[], Any]] = [
        patiently(partial(cancel.cancel, customer=withdrawal.customer, public_id=withdrawal.public_id)),
        patiently(partial(review.approve, seen_hash=payload_hash_of(withdrawal), **decide)),
        patiently(partial(expiry.expire, withdrawal.pk)),
        patiently(pushed(withdrawal)),
    ]
    dice.shuffle(acts)
    at_once(acts)


def test_each_race_has_one_winner_and_its_hold_ends_once(pytestconfig, officers, network):
    """Rounds begin under review, and waiting for a proof that is overdue. `--four-ways` makes it long."""
    rounds = int(pytestconfig.getoption("--four-ways"))
    dice = random.Random(5)
    ended: Counter[str] = Counter()
    for place in range(rounds):
        customer = arrange.customer(funds="10")
        overdue = place % 2 == 1
        one = arrange.ask(customer) if overdue else arrange.confirmed(customer)
        if overdue:
            Withdrawal.objects.filter(pk=one.pk).update(expires_at=now() - timedelta(seconds=1))
        elif one.officers_required == 2:
            arrange.approve(one, officers[1])
        before = arrange.money(customer)
        race(arrange.fresh(one), officers[0], dice)
        state = str(arrange.fresh(one).state)
        if state in {"approved", "signing"}:  # the approval came after the pipeline's last look
            pushed(one)()
            state = str(arrange.fresh(one).state)
        ended[state] += 1
        sent = OutgoingTransaction.objects.filter(withdrawal=one)
        allowed = {"cancelled", "expired"} if overdue else {"cancelled", "broadcast"}
        assert state in allowed
        assert sent.count() == (state == "broadcast")
        back = 0 if state == "broadcast" else one.total
        assert arrange.money(customer) == arrange.Money(before.available + back, before.held - back)
        won = WithdrawalEvent.objects.filter(withdrawal=one, state_after__in=["cancelled", "expired", "approved"])
        assert won.count() == 1
        assert Posting.objects.filter(scope="withdrawal", key__startswith=f"{one.public_id}:").count() == (
            1 if state == "broadcast" else 2
        )
    assert len(network.sent) == len(set(network.sent)) == ended["broadcast"]
    assert sum(ended.values()) == rounds
    assert audit.run(full=True, stop=False).findings == []
    print(dict(ended))  # noqa: T201  # shown by `-s`: who won how often
