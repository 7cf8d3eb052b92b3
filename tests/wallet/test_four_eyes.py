"""Two pairs of eyes, and every way we could think of to make one do: each is refused, and nothing has moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts import step_up
from accounts.models import User
from accounts.services import officer_access, second_factor
from accounts.services.officers import Act
from accounts.services.second_factor import Method, Proof
from config.kit.errors import Absent, DomainError
from config.kit.flow import IllegalMove
from tests.wallet.fiat import arrange as fiat
from tests.wallet.fiat.test_desk import act
from tests.wallet.pairs import arrange as pairs
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from tests.wallet.withdrawals.crowd import at_once
from tests.wallet.withdrawals.test_desk import Desk
from wallet.models import Adjustment, OutflowStop, OutgoingTransaction, Withdrawal, WithdrawalDecision
from wallet.services import adjustments, audit
from wallet.services.fiat_deposits import crediting
from wallet.services.outflow import stopping
from wallet.services.pairs.errors import OwnMoney, SameOfficer
from wallet.services.withdrawals import review
from wallet.services.withdrawals.errors import AlreadyDecided, LeadDue, NotAnOfficer, OfficerIsCustomer, PayloadChanged

__all__ = ["network"]


@dataclass
class Stage:
    """A withdrawal that one of two has approved, money that one of two has proposed to give, a stop that one asked to lift."""

    customer: User
    one: User
    """Who has spoken already; a lead, so that nothing but the second pair of eyes is lacking."""
    other: User
    withdrawal: Withdrawal
    adjustment: Adjustment
    stop: OutflowStop

    def approve(self, officer: User, **changes: Any) -> Withdrawal:
        return review.approve(
            **{"public_id": self.withdrawal.public_id, "officer": officer, "reason": "again",
               "seen_hash": bytes(self.withdrawal.payload_hash), **changes}
        )  # fmt: skip

    def confirm(self, officer: User, **changes: Any) -> Adjustment:
        return adjustments.confirm(officer=officer, **pairs.seen(self.adjustment, **changes))

    def lift(self, officer: User) -> OutflowStop:
        return stopping.agree_lift(stop_id=self.stop.public_id, act=Act(reason="it is over", officer=officer))

    def told(self) -> tuple[Any, ...]:
        """All that four eyes stand before: states, money, and what was signed."""
        return (
            arrange.fresh(self.withdrawal).state,
            Adjustment.objects.get(pk=self.adjustment.pk).state,
            OutflowStop.objects.get(pk=self.stop.pk).lifted_at,
            arrange.money(self.customer),
            OutgoingTransaction.objects.exists(),
        )


@pytest.fixture
def stage(real_db: None) -> Stage:
    """Each waits for the second officer."""
    customer = arrange.customer()
    one, other = arrange.officer("treasury_lead"), arrange.officer()
    withdrawal = arrange.approve(arrange.confirmed(customer), one)
    stop = stopping.stop(scope="USDT", act=Act(reason="a key may be stolen", officer=one))
    stopping.ask_lift(stop_id=stop.public_id, act=Act(reason="it was not", officer=one))
    return Stage(customer, one, other, withdrawal, pairs.adjustment(customer, one), stop)


def every_role(user: User) -> User:
    """The same person with each role that there is."""
    user.groups.set(Group.objects.all())
    return user


def sql(statement: str, *values: Any) -> Callable[[Stage], None]:
    def run(stage: Stage) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [value(stage) if callable(value) else value for value in values])

    return run


def second_row(stage: Stage, **changes: Any) -> None:
    """A decision beside that of the first officer, past every service."""
    (said,) = WithdrawalDecision.objects.filter(withdrawal=stage.withdrawal)
    words = {name: getattr(said, name) for name in ("withdrawal", "customer", "officer", "matter", "verdict", "payload_hash")}
    with transaction.atomic():
        WithdrawalDecision.objects.create(reason="again", **{**words, **changes})


def renamed(stage: Stage) -> None:
    User.objects.filter(pk=stage.one.pk).update(email="somebody.else@example.com", officer_name="Somebody Else")
    stage.approve(User.objects.get(pk=stage.one.pk))


def disabled(stage: Stage) -> None:
    officer_access.disable(officer=stage.other, act=Act(reason="left us", by="Ada"))
    stage.confirm(User.objects.get(pk=stage.other.pk))


def without_role(stage: Stage) -> None:
    stage.other.groups.clear()
    stage.approve(stage.other)


def of_another_kind(stage: Stage) -> None:
    fiat.open_bank()
    deposit = pairs.deposit(fiat.customer(), stage.one)
    adjustments.confirm(officer=stage.other, **pairs.seen(deposit))


def hash_of_another(stage: Stage) -> None:
    other = pairs.adjustment(stage.customer, stage.other, amount="6")
    stage.confirm(stage.other, seen_hash=bytes(other.payload_hash))


def own_withdrawal(stage: Stage) -> None:
    User.objects.filter(pk=stage.customer.pk).update(is_staff=True)
    stage.approve(every_role(User.objects.get(pk=stage.customer.pk)))


def own_adjustment(stage: Stage) -> None:
    User.objects.filter(pk=stage.customer.pk).update(is_staff=True)
    stage.confirm(every_role(User.objects.get(pk=stage.customer.pk)))


def two_plain(stage: Stage) -> None:
    said = pairs.adjustment(stage.customer, stage.other, amount="6")
    adjustments.confirm(officer=arrange.officer(), **pairs.seen(said))


def taken_back_and_approved(stage: Stage) -> None:
    """The own approval deleted, to give it once more as if it were the second."""
    sql("DELETE FROM wallet_withdrawaldecision WHERE withdrawal_id = %s", lambda stage: stage.withdrawal.pk)(stage)


WAYS: dict[str, tuple[type[Exception], Callable[[Stage], Any]]] = {
    "approves a withdrawal twice": (AlreadyDecided, lambda stage: stage.approve(stage.one)),
    "approves twice with every role there is": (AlreadyDecided, lambda stage: stage.approve(every_role(stage.one))),
    "approves twice under another name": (AlreadyDecided, renamed),
    "confirms the own adjustment": (SameOfficer, lambda stage: stage.confirm(stage.one)),
    "confirms the own adjustment with every role": (SameOfficer, lambda stage: stage.confirm(every_role(stage.one))),
    "agrees to the own wish to lift a stop": (SameOfficer, lambda stage: stage.lift(stage.one)),
    "approves as the customer": (OfficerIsCustomer, own_withdrawal),
    "confirms as the customer": (OwnMoney, own_adjustment),
    "two of whom none is a lead adjust": (LeadDue, two_plain),
    "saw another payload": (PayloadChanged, lambda stage: stage.approve(stage.other, seen_hash=b"0" * 32)),
    "saw another proposal": (PayloadChanged, hash_of_another),
    "confirms by the number of something else": (Absent, of_another_kind),
    "was disabled meanwhile": (NotAnOfficer, disabled),
    "lost the role meanwhile": (NotAnOfficer, without_role),
    "is an auditor": (NotAnOfficer, lambda stage: stage.approve(arrange.officer(role="auditor"))),
    "writes a second approval of the same officer": (DatabaseError, second_row),
    "writes an approval of the customer": (DatabaseError, lambda stage: second_row(stage, officer=stage.customer)),
    "gives the own approval to another officer": (
        DatabaseError,
        sql("UPDATE wallet_withdrawaldecision SET officer_id = %s", lambda stage: stage.other.pk),
    ),
    "deletes the own approval to give it anew": (DatabaseError, taken_back_and_approved),
    "raises the amount that was approved": (DatabaseError, sql("UPDATE wallet_withdrawal SET amount = 9")),
    "raises the amount that was proposed": (DatabaseError, sql("UPDATE wallet_adjustment SET amount = 9")),
    "writes the proposer in as the second officer": (
        DatabaseError,
        sql(
            "UPDATE wallet_adjustment SET state = 'done', decider_id = proposer_id, decided_because = 'x',"
            " seen_hash = payload_hash, finished_at = now()"
        ),
    ),
    "makes another officer the proposer": (
        DatabaseError,
        sql("UPDATE wallet_adjustment SET proposer_id = %s", lambda stage: stage.other.pk),
    ),
    "writes a stop off as lifted by who asked": (
        DatabaseError,
        sql("UPDATE wallet_outflowstop SET lifted_by_id = lift_asked_by_id, lifted_at = now(), lifted_because = 'x'"),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_one_pair_of_eyes_is_refused_where_two_are_due(stage: Stage, way: str) -> None:
    refusal, attempt = WAYS[way]
    before = stage.told()
    with pytest.raises(refusal) as raised:
        attempt(stage)
    assert isinstance(raised.value, DomainError | DatabaseError)
    assert stage.told() == before
    assert audit.run(stop=False).findings == []


def test_there_are_more_than_twenty_ways() -> None:
    assert len(WAYS) >= 20


def test_written_off_as_approved_by_hand_it_is_not_signed(stage: Stage) -> None:
    sql("UPDATE wallet_withdrawal SET state = 'approved'")(stage)
    after = arrange.step(arrange.fresh(stage.withdrawal))
    assert (after.state, bool(after.blocked_because)) == ("approved", True)
    assert not OutgoingTransaction.objects.exists()


def test_a_confirmation_sent_again_gives_nothing_twice(stage: Stage) -> None:
    stage.confirm(stage.other)
    money = arrange.money(stage.customer)
    with pytest.raises(IllegalMove):
        stage.confirm(arrange.officer())
    assert arrange.money(stage.customer) == money


def test_what_was_rejected_is_not_confirmed_afterwards(stage: Stage) -> None:
    adjustments.reject(officer=stage.other, **pairs.seen(stage.adjustment))
    with pytest.raises(IllegalMove):
        stage.confirm(stage.other)


def test_one_officer_at_eight_browsers_at_once_is_one_officer(stage: Stage) -> None:
    waiting = arrange.confirmed(stage.customer)
    said = {"public_id": waiting.public_id, "officer": stage.other, "reason": "x", "seen_hash": bytes(waiting.payload_hash)}
    results = at_once([lambda: review.approve(**said) for _ in range(8)])
    assert sum(isinstance(result, Withdrawal) for result in results) == 1
    assert (arrange.fresh(waiting).state, WithdrawalDecision.objects.filter(withdrawal=waiting).count()) == ("second_review", 1)


def test_at_the_desk_neither_without_a_code_nor_with_a_spent_one_nor_after_signing_out(stage: Stage) -> None:
    desk = Desk("treasury")
    address = f"/admin/wallet/withdrawal/{stage.withdrawal.public_id}/change/"
    session = desk.client.session
    session[step_up.PROVED_AT] -= step_up.PROOF_HOLDS_SECONDS
    session.save()
    spent = desk.code()
    second_factor.require(desk.user, Proof(method=Method.TOTP, code=spent), "withdrawal", "elsewhere")
    words = {"verdict": "approve", "reason": "x", "seen_hash": bytes(stage.withdrawal.payload_hash).hex()}
    for code in ("", "000000", spent):
        assert desk.client.post(address, {**words, "code": code}).status_code == 409, code
    desk.client.logout()
    answer = desk.client.post(address, {"verdict": "approve", "reason": "x", "code": desk.code()})
    assert (answer.status_code, answer.headers["Location"].startswith("/admin/login/")) == (302, True)
    assert arrange.fresh(stage.withdrawal).state == "second_review"


def test_at_the_desk_the_proposers_raw_post_confirms_nothing(stage: Stage) -> None:
    desk = Desk("treasury", "treasury_lead")
    said = pairs.adjustment(stage.customer, desk.user)
    address = f"/admin/wallet/adjustment/{said.public_id}/change/"
    status, _ = act(desk, address, "confirm", seen_hash=bytes(said.payload_hash).hex())
    assert (status, Adjustment.objects.get(pk=said.pk).state) == (409, "proposed")


def test_two_pairs_of_eyes_are_enough_for_each(stage: Stage) -> None:
    assert stage.approve(stage.other).state == "approved"
    assert stage.confirm(stage.other).state == "done"
    assert stage.lift(stage.other).lifted_at is not None
    assert crediting.KIND.needs_lead is False
