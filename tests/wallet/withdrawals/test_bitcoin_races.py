"""Many workers and few outputs, and a chain that takes a block back: each output pays once, each payment arrives once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.wallet.chains.bitcoin import node, running
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.crowd import at_once
from tests.wallet.withdrawals.test_bitcoin import approved, finish, held, network, owner, recipient, sign_all, signer
from tests.wallet.withdrawals.test_pipeline import resend
from wallet.models import OutgoingTransaction, Posting
from wallet.models.outgoing import ReservedOutput
from wallet.services import audit
from wallet.services.withdrawals import pipeline, reservation, review
from wallet.services.withdrawals.payload import payload_hash_of

__all__ = ["network", "node", "owner", "running", "signer"]


def live() -> list[tuple[str, int]]:
    """Outputs that a payment has now."""
    return list(ReservedOutput.objects.filter(released_at=None).values_list("tx_hash", "output_index"))


@pytest.mark.django_db(transaction=True)
def test_of_eight_payments_that_want_the_one_large_output_one_has_it_and_no_money_is_let_go(
    real_db: None, owner: Any, node: Any, signer: Any
) -> None:
    owners = [owner, *(arrange.customer() for _ in range(7))]
    for one in owners[1:]:
        arrange.fund(one, "2", coin="BTC")
    waiting = [approved(one, "0.8", recipient()) for one in owners]
    results = at_once([partial(pipeline.advance, withdrawal.pk) for withdrawal in waiting])
    assert not [result for result in results if isinstance(result, Exception)]
    states = [arrange.fresh(withdrawal).state for withdrawal in waiting]
    assert sorted(set(states)) == ["approved", "signing"]
    assert states.count("signing") == 1
    assert len(live()) == len(set(live()))
    assert [held(one) for one in owners] == [withdrawal.total for withdrawal in waiting]
    assert sign_all(signer) == 1
    (paid,) = [withdrawal for withdrawal in waiting if arrange.fresh(withdrawal).state == "signing"]
    assert finish(node, arrange.step(paid)).state == "success"
    assert audit.run(stop=False).findings == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_look_is_old_reserves_nothing_that_another_has_taken(
    real_db: None, owner: Any, node: Any, signer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = approved(owner, "0.8", recipient()), approved(owner, "0.8", recipient())
    seen = reservation.spendable

    def overtaken(*args: Any) -> Any:
        found = seen(*args)
        monkeypatch.setattr(reservation, "spendable", seen)
        arrange.step(second)  # another worker takes what this one has just seen free
        return found

    monkeypatch.setattr(reservation, "spendable", overtaken)
    arrange.step(first)
    assert (arrange.fresh(first).state, arrange.fresh(second).state) == ("approved", "signing")
    assert len(live()) == len(set(live()))


def test_an_approval_that_is_taken_back_before_anything_is_reserved_leaves_the_outputs_to_others(
    owner: Any, node: Any, signer: Any
) -> None:
    withdrawal = approved(owner, "0.8")
    review.reject(public_id=withdrawal.public_id, officer=arrange.officer(), reason="no", seen_hash=payload_hash_of(withdrawal))
    assert (arrange.step(withdrawal).state, live(), held(owner)) == ("rejected", [], 0)
    other = approved(owner, "0.8", recipient())
    assert arrange.step(other).state == "signing"


@pytest.mark.parametrize("dropped", [False, True], ids=["mined again", "dropped from the pool"])
def test_a_block_that_the_chain_takes_back_pays_nobody_twice_and_ends_well(
    owner: Any, node: Any, signer: Any, dropped: bool
) -> None:
    address = recipient()
    withdrawal = approved(owner, "0.3", address)
    arrange.step(withdrawal)
    sign_all(signer)
    arrange.step(withdrawal)
    node.mine()
    resend(withdrawal)
    assert arrange.step(withdrawal).state == "confirming"
    sent = arrange.transaction_of(withdrawal)
    node.reorganise(depth=1, dropped=(sent.tx_hash,) if dropped else ())
    resend(withdrawal)
    back = arrange.step(withdrawal)
    assert back.state in {"broadcast", "confirming"}
    assert held(owner) == withdrawal.total
    ended = finish(node, back)
    assert (ended.state, node.received(address), held(owner)) == ("success", Decimal("0.3"), 0)
    assert OutgoingTransaction.objects.filter(withdrawal=withdrawal).count() == 1
    assert not Posting.objects.filter(kind="withdrawal_release").exists()


def test_once_it_is_paid_its_outputs_are_never_free_again(owner: Any, node: Any, signer: Any) -> None:
    withdrawal = approved(owner, "0.3")
    arrange.step(withdrawal)
    sign_all(signer)
    spent = set(live())
    finish(node, arrange.step(withdrawal))
    other = approved(owner, "0.3", recipient())
    assert arrange.step(other).state == "signing"
    assert not spent & reservation.reserved_for(arrange.transaction_of(other))
