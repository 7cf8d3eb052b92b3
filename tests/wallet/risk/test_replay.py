"""Asking the rules again: what would be decided otherwise, by whom, since when, and nothing written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from config.kit.clock import now
from tests.wallet.transfers import arrange as transfers
from tests.wallet.withdrawals import arrange
from wallet.models import RiskResult, TransferRisk, WithdrawalPolicy
from wallet.services.risk import replay
from wallet.services.risk.replay import MOVEMENTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided():
    """A withdrawal of somebody's first payment to an address (flagged), and a transfer that nothing flagged."""
    customer = arrange.customer()
    return arrange.confirmed(customer), transfers.given(customer, arrange.customer(funds="0"))


def with_rules(movement, **sets):
    """The movement, deciding by other sets."""
    return replace(movement, sets=tuple(replace(movement.sets[-1], version=name, rules=rules) for name, rules in sets.items()))


def without(name):
    return [rule for rule in MOVEMENTS[0].sets[-1].rules if rule.name != name]


class EverythingIsOdd:
    """A rule of tomorrow."""

    name = "everything_is_odd"
    version = 1

    def says(self, inputs):
        return "Odd."


def test_the_rules_that_decided_decide_the_same_again(decided):
    found = replay.replay()
    assert [(one.movements, one.asked, one.different, one.unreadable) for one in found] == [
        ("withdrawals", 1, 0, 0),
        ("transfers", 1, 0, 0),
        ("fiat withdrawals", 0, 0, 0),
    ]


def test_a_rule_that_is_gone_is_told_with_the_officers_that_it_cost(decided):
    withdrawal, _ = decided
    WithdrawalPolicy.objects.filter(coin__code="ETH").update(second_officer_from=100)
    (found,) = replay.replay(movements=[with_rules(MOVEMENTS[0], tomorrow=without("new_address"))])
    (one,) = found.differences
    assert (one.id, one.dropped, one.raised) == (str(withdrawal.public_id), ["new_address"], [])
    assert (one.officers_before, one.officers_after) == (2, 1)
    assert (found.different, found.stricter, found.looser, found.dropped) == (1, 0, 1, {"new_address": 1})


def test_a_new_rule_is_told_as_stricter(decided):
    _, transfer = decided
    (found,) = replay.replay(movements=[with_rules(MOVEMENTS[1], tomorrow=[*MOVEMENTS[1].sets[-1].rules, EverythingIsOdd()])])
    (one,) = found.differences
    assert (one.id, one.raised, one.officers_before, one.officers_after) == (
        str(transfer.public_id),
        ["everything_is_odd"],
        0,
        2,
    )
    assert (found.stricter, found.looser) == (1, 0)


def test_an_earlier_version_can_be_asked_what_it_would_have_said(decided):
    movement = with_rules(MOVEMENTS[0], earlier=without("new_address"), newest=MOVEMENTS[0].sets[-1].rules)
    assert [one.different for one in replay.replay(movements=[movement])] == [0]
    assert [one.different for one in replay.replay(movements=[movement], rules="earlier")] == [1]
    with pytest.raises(replay.UnknownRules):
        replay.replay(movements=[movement], rules="never")


def test_only_what_was_decided_in_the_time_and_by_the_version_asked_for_is_looked_at(decided):
    at = RiskResult.objects.get().created_at
    movements = [MOVEMENTS[0]]
    assert replay.replay(movements=movements, since=at)[0].asked == 1
    assert replay.replay(movements=movements, since=at + timedelta(microseconds=1))[0].asked == 0
    assert replay.replay(movements=movements, until=at)[0].asked == 0
    assert replay.replay(movements=movements, until=now())[0].asked == 1
    assert replay.replay(movements=movements, decided_by=MOVEMENTS[0].sets[-1].version)[0].asked == 1
    assert replay.replay(movements=movements, decided_by="2020-1")[0].asked == 0


def test_inputs_that_lack_something_are_counted_and_nothing_is_said_of_them(decided):
    withdrawal, _ = decided
    RiskResult.objects.create(withdrawal=withdrawal, rules_version="old", inputs={"level": 2}, results=[], is_flagged=False)
    (found,) = replay.replay(movements=[MOVEMENTS[0]])
    assert (found.asked, found.unreadable, found.different) == (1, 1, 0)


def test_the_command_tells_people_and_programs_and_writes_nothing(decided, capsys):
    withdrawal, _ = decided
    stored = RiskResult.objects.get()
    RiskResult.objects.create(
        withdrawal=withdrawal, rules_version="2026-10-1", inputs=stored.inputs, results=[], is_flagged=False
    )
    before = (RiskResult.objects.count(), TransferRisk.objects.count())
    call_command("risk_replay", "--of", "withdrawals", "--json")
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["asked"], told["different"], told["raised"]) == (2, 1, {"new_address": 1})
    (one,) = told["differences"]
    assert (one["id"], one["decided_by"], one["raised"]) == (str(withdrawal.public_id), "2026-10-1", ["new_address"])
    call_command("risk_replay", "--since", "2020-01-01", "--verbosity", "0")
    shown = capsys.readouterr().out
    assert "withdrawals by the rules 2026-11-2: 2 asked again, 1 would be decided otherwise" in shown
    assert "+new_address" in shown
    assert "transfers by the rules 2026-11-1: 1 asked again, 0 would be decided otherwise" in shown
    call_command("risk_replay", "--of", "withdrawals", "--since", now().isoformat(), "--verbosity", "0")
    assert "0 asked again" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There are no rules 1999"):
        call_command("risk_replay", "--rules", "1999")
    with pytest.raises(CommandError):
        call_command("risk_replay", "--since", "yesterday")
    assert (RiskResult.objects.count(), TransferRisk.objects.count()) == before
