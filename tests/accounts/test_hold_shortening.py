"""Shortening a security hold takes two officers who see the same: proposals, decisions, races, and what the database holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.errors import NotACustomer, NotAnOfficer, OwnAccount, ReasonDue
from accounts.errors.holds import (
    HoldChanged,
    HoldEndInvalid,
    HoldOver,
    ShorteningAsked,
    ShorteningExpired,
    ShorteningNotSeen,
)
from accounts.errors.privacy import SameOfficer
from accounts.models import AuditRecord, HoldShortening, SecurityHold
from accounts.models.shortenings import SHORTENING_FLOW, ShorteningState
from accounts.services import hold_desk, hold_shortening, holds
from accounts.services.officers import Act
from accounts.tasks import prune
from config.kit.clock import now
from config.kit.errors import Absent, DomainError
from config.kit.flow import IllegalMove
from tests.accounts.threads import at_once
from tests.client import Api
from tests.factories_accounts import customer, officer, token_of
from tests.factories_messaging import read_message

pytestmark = pytest.mark.django_db


def by(*roles: str, reason: str = "proved who they are by video") -> Act:
    return Act(reason=reason, officer=officer(*(roles or ("compliance",)))[0])


def held(hours: int = 72) -> SecurityHold:
    return holds.start(user=customer(), cause="recovery", hours=hours)


def proposed(hold: SecurityHold, *, until: datetime | None = None, act: Act | None = None) -> HoldShortening:
    return hold_shortening.propose(hold_id=hold.public_id, until=until, seen_until=hold.until, act=act or by())


def confirm(row: HoldShortening, act: Act | None = None, seen: bytes | None = None) -> HoldShortening:
    return hold_shortening.confirm(public_id=row.public_id, seen_hash=seen or bytes(row.payload_hash), act=act or by())


def reject(row: HoldShortening, act: Act | None = None) -> HoldShortening:
    return hold_shortening.reject(public_id=row.public_id, seen_hash=bytes(row.payload_hash), act=act or by())


def end_of(hold: SecurityHold) -> datetime:
    return SecurityHold.objects.get(pk=hold.pk).until


def test_two_officers_shorten_a_hold_and_the_customer_is_told(api: Api) -> None:
    hold = held()
    wanted = now() + timedelta(hours=6)
    row = proposed(hold, until=wanted)
    assert end_of(hold) == hold.until
    assert confirm(row).state == "done"
    assert end_of(hold) == wanted
    (shown,) = api.get("/api/v1/me", token=token_of(hold.user)).json()["security_holds"]
    assert shown["until"].startswith(f"{wanted:%Y-%m-%dT%H:%M}")
    assert read_message(hold.user.email or "", "hold_shortened").facts == {"until": hold_desk.text(wanted)}
    acts = list(AuditRecord.objects.filter(act__startswith="accounts.hold_shortening").order_by("id"))
    assert [record.act for record in acts] == ["accounts.hold_shortening_proposed", "accounts.hold_shortening_done"]
    assert {record.actor_id for record in acts} == {row.proposer_id, HoldShortening.objects.get().decider_id}
    assert acts[1].facts == {
        "customer": str(hold.user.uid),
        "hold": str(hold.public_id),
        "until_before": hold_desk.text(hold.until),
        "until_after": hold_desk.text(wanted),
        "payload_hash": bytes(row.payload_hash).hex(),
    }


def test_a_hold_can_end_at_once(api: Api) -> None:
    hold = held()
    confirm(proposed(hold))
    holds.require_none(hold.user)
    assert api.get("/api/v1/me", token=token_of(hold.user)).json()["security_holds"] == []


def test_who_proposed_it_does_not_confirm_it_but_takes_it_back() -> None:
    hold, act = held(), by()
    row = proposed(hold, act=act)
    with pytest.raises(SameOfficer):
        confirm(row, act)
    assert reject(row, act).state == "withdrawn"
    assert end_of(hold) == hold.until


def test_another_officer_rejects_and_the_hold_stays() -> None:
    hold = held()
    assert reject(proposed(hold)).state == "rejected"
    assert end_of(hold) == hold.until
    assert AuditRecord.objects.filter(act="accounts.hold_shortening_rejected").exists()
    assert proposed(hold).state == "proposed"


def test_who_may_not_propose_or_confirm() -> None:
    hold = held()
    row = proposed(hold)
    for role in ("support", "treasury", "auditor", "operator", "compliance_lead"):
        with pytest.raises(NotAnOfficer):
            proposed(hold, act=by(role))
        with pytest.raises(NotAnOfficer):
            confirm(row, by(role))
        with pytest.raises(NotAnOfficer):
            reject(row, by(role))
    for act in (by(reason=""), by(reason="…")):
        with pytest.raises(ReasonDue):
            confirm(row, act)
    with pytest.raises(ValueError, match="two persons"):
        confirm(row, Act(reason="at the console", by="Bo Li"))
    assert end_of(hold) == hold.until


def test_nobody_decides_about_the_own_hold_or_an_officers() -> None:
    own, other = by(), by()
    assert own.officer is not None
    hold = holds.start(user=own.officer, cause="email")
    with pytest.raises(OwnAccount):
        proposed(hold, act=own)
    with pytest.raises(NotACustomer):
        proposed(hold, act=other)


def test_one_proposal_waits_at_a_time() -> None:
    hold = held()
    row = proposed(hold)
    with pytest.raises(ShorteningAsked) as refused:
        proposed(hold)
    assert str(row.public_id) in refused.value.detail


def test_a_proposal_that_nobody_decides_is_over_and_another_may_be_made() -> None:
    hold = held(hours=200)
    row = proposed(hold)
    with time_machine.travel(row.expires_at, tick=False):
        with pytest.raises(ShorteningExpired):
            confirm(row)
        assert proposed(hold).state == "proposed"
        row.refresh_from_db()
        assert (row.state, row.decider) == ("expired", None)
        record = AuditRecord.objects.get(act="accounts.hold_shortening_expired")
        assert (record.actor, record.actor_kind) == (None, "system")


def test_the_clock_ends_what_nobody_decided_once() -> None:
    row, young = proposed(held(hours=200)), held(hours=200)
    with time_machine.travel(row.expires_at, tick=False):
        proposed(young)
        prune()
        assert hold_shortening.expire_due() == 0
    assert sorted(HoldShortening.objects.values_list("state", flat=True)) == ["expired", "proposed"]


def test_a_hold_that_changed_meanwhile_is_not_shortened() -> None:
    hold = held()
    row = proposed(hold)
    hold_desk.lengthen(hold_id=hold.public_id, hours=1, seen_until=hold.until, act=by("support"))
    with pytest.raises(HoldChanged):
        confirm(row)
    assert end_of(hold) == hold.until + timedelta(hours=1)
    assert reject(row).state == "rejected"


def test_a_proposal_names_the_end_that_was_seen() -> None:
    hold = held()
    with pytest.raises(HoldChanged):
        hold_shortening.propose(hold_id=hold.public_id, until=None, seen_until=hold.until - timedelta(hours=1), act=by())


def test_the_new_end_lies_between_now_and_the_old_one() -> None:
    hold = held()
    for until in (hold.until, hold.until + timedelta(hours=1), now() - timedelta(minutes=1)):
        with pytest.raises(HoldEndInvalid):
            proposed(hold, until=until)
    with time_machine.travel(hold.until, tick=False), pytest.raises(HoldOver):
        proposed(hold)


def test_a_hold_that_ended_by_itself_is_not_shortened() -> None:
    hold = held(hours=2)
    row = proposed(hold)
    with time_machine.travel(hold.until, tick=False), pytest.raises(HoldOver):
        confirm(row)


def test_what_was_seen_is_what_is_confirmed() -> None:
    hold = held()
    row = proposed(hold)
    for seen in (b"", bytes(32), bytes(row.payload_hash)[:-1]):
        with pytest.raises(ShorteningNotSeen):
            hold_shortening.confirm(public_id=row.public_id, seen_hash=seen, act=by())
    assert end_of(hold) == hold.until


@pytest.mark.parametrize("number", ["", "1", "9" * 16, "x" * 16, None])
def test_no_such_proposal(number: object) -> None:
    for act in (hold_shortening.confirm, hold_shortening.reject):
        with pytest.raises(Absent):
            act(public_id=number, seen_hash=bytes(32), act=by())


def test_what_ended_is_not_decided_again() -> None:
    for end in (confirm, reject):
        row = end(proposed(held()))
        for act in (confirm, reject):
            with pytest.raises(IllegalMove):
                act(row)


@pytest.mark.parametrize(("state", "target"), SHORTENING_FLOW.illegal())
def test_no_illegal_move_is_made(state: str, target: str) -> None:
    assert not SHORTENING_FLOW.allows(state, target)
    assert ShorteningState(state)


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ if isinstance(result, DomainError) else result.state for result in results)


@pytest.mark.django_db(transaction=True)
def test_of_many_proposals_at_once_one_is_made() -> None:
    hold, acts = held(), [by() for _ in range(6)]
    results = at_once(6, lambda index: proposed(hold, act=acts[index]))
    assert kinds(results) == ["ShorteningAsked"] * 5 + ["proposed"]
    assert HoldShortening.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_rejected_at_once_ends_once() -> None:
    hold = held()
    row, acts = proposed(hold, until=now() + timedelta(hours=5)), [by() for _ in range(8)]
    results = at_once(8, lambda index: (confirm if index % 2 else reject)(row, acts[index]))
    ended = [result for result in results if not isinstance(result, DomainError)]
    assert len(ended) == 1
    assert all(isinstance(result, IllegalMove) for result in results if isinstance(result, DomainError))
    assert end_of(hold) == (row.until_after if ended[0].state == "done" else hold.until)
    assert (
        AuditRecord.objects.filter(act__in=("accounts.hold_shortening_done", "accounts.hold_shortening_rejected")).count() == 1
    )


@pytest.mark.django_db(transaction=True)
def test_lengthened_and_shortened_at_once_never_loses_the_longer_end() -> None:
    hold = held()
    row, longer, second = proposed(hold, until=now() + timedelta(hours=5)), by("support"), by()

    def act(index: int) -> Any:
        if index:
            return confirm(row, second)
        hold_desk.lengthen(hold_id=hold.public_id, hours=1, seen_until=hold.until, act=longer)
        return row

    results = at_once(2, act)
    refused = [result for result in results if isinstance(result, DomainError)]
    assert [type(result) for result in refused] == [HoldChanged]
    assert end_of(hold) in {hold.until + timedelta(hours=1), row.until_after}
