"""The risk rules: each flags its own case and no other, and can be replayed."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from wallet.services import risk_rules
from wallet.services.withdrawals import risk

CALM = risk.Inputs(
    level=2,
    account_age_days=400,
    amount="1",
    address_is_trusted=False,
    address_paid_before=True,
    address_used_by_others=False,
    equal_requests_in_10_seconds=0,
    requests_in_an_hour=0,
    security_holds_in_7_days=0,
    withdrawn_in_24_hours="0",
    largest_withdrawal_30_days="1",
    by_api_key=False,
)


def flags(inputs: risk.Inputs) -> list[str]:
    return [result["rule"] for result in risk.evaluate(inputs) if result["flagged"]]


def test_an_ordinary_withdrawal_raises_no_flag():
    assert flags(CALM) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"equal_requests_in_10_seconds": 1}, "equal_request"),
        ({"requests_in_an_hour": risk_rules.HOUR_REQUESTS_MAX}, "many_requests"),
        ({"address_paid_before": False}, "new_address"),
        ({"account_age_days": risk_rules.YOUNG_ACCOUNT_DAYS - 1}, "young_account"),
        ({"address_used_by_others": True}, "shared_address"),
        ({"security_holds_in_7_days": 1}, "recent_security_change"),
        ({"withdrawn_in_24_hours": "9.1"}, "unusual_volume"),
        ({"contradicted_deposits": 1}, "contradicted_deposit"),
    ],
)
def test_each_rule_flags_its_own_case_alone(change, rule):
    assert flags(replace(CALM, **change)) == [rule]


@pytest.mark.parametrize(
    "change",
    [
        {"requests_in_an_hour": risk_rules.HOUR_REQUESTS_MAX - 1},
        {"address_paid_before": False, "address_is_trusted": True},
        {"account_age_days": risk_rules.YOUNG_ACCOUNT_DAYS},
        {"withdrawn_in_24_hours": "9"},
        {"withdrawn_in_24_hours": "500", "largest_withdrawal_30_days": "0"},
    ],
)
def test_just_below_its_threshold_a_rule_is_silent(change):
    assert flags(replace(CALM, **change)) == []


def test_stored_inputs_can_be_replayed_with_the_rules_of_today():
    stored = asdict(replace(CALM, security_holds_in_7_days=2))
    assert risk.replay(stored) == risk.evaluate(risk.Inputs(**stored))
    assert [result["rule"] for result in risk.replay(stored)] == [rule.name for rule in risk.RULES]


def test_inputs_stored_before_a_rule_came_can_be_replayed():
    stored = asdict(CALM)
    del stored["contradicted_deposits"]
    assert not any(result["flagged"] for result in risk.replay(stored))
