"""The risk rules: each flags its own case and no other, whatever movement it is asked about."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from wallet.services.risk import fiat_withdrawals, replay, rules, transfers, withdrawals

COMMON = {
    "level": 2,
    "account_age_days": 400,
    "amount": "1",
    "equal_requests_in_10_seconds": 0,
    "requests_in_an_hour": 0,
    "security_holds_in_7_days": 0,
    "moved_in_24_hours": "0",
    "largest_in_30_days": "1",
    "by_api_key": False,
}
CALM_WITHDRAWAL = withdrawals.Inputs(**COMMON, address_is_trusted=False, address_paid_before=True, address_used_by_others=False)
CALM_TRANSFER = transfers.Inputs(**COMMON, receiver_paid_before=False, receiver_age_days=400, other_senders_in_24_hours=0)
CALM_FIAT = fiat_withdrawals.Inputs(
    **COMMON, bank_account_paid_before=False, bank_account_age_days=100, bank_account_named_by_others=False
)
WITHDRAWALS, TRANSFERS, FIAT = replay.MOVEMENTS
CALM = {"withdrawals": CALM_WITHDRAWAL, "transfers": CALM_TRANSFER, "fiat withdrawals": CALM_FIAT}
EACH = [WITHDRAWALS, TRANSFERS, FIAT]
YOUNG = rules.YOUNG_ACCOUNT_DAYS


@pytest.fixture(params=EACH, ids=lambda movement: movement.name)
def movement(request):
    return request.param


def flags(movement, inputs):
    return [result["rule"] for result in movement.sets[-1].evaluate(inputs) if result["flagged"]]


def test_an_ordinary_movement_raises_no_flag(movement):
    assert flags(movement, CALM[movement.name]) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"equal_requests_in_10_seconds": 1}, "equal_request"),
        ({"requests_in_an_hour": 5}, "many_requests"),
        ({"account_age_days": YOUNG - 1}, "young_account"),
        ({"security_holds_in_7_days": 1}, "recent_security_change"),
        ({"moved_in_24_hours": "9.1"}, "unusual_volume"),
        ({"contradicted_deposits": 1}, "contradicted_deposit"),
    ],
)
def test_a_rule_of_every_movement_flags_its_own_case_alone(movement, change, rule):
    assert flags(movement, replace(CALM[movement.name], **change)) == [rule]


@pytest.mark.parametrize(
    ("movement", "change", "rule"),
    [
        (WITHDRAWALS, {"address_paid_before": False}, "new_address"),
        (WITHDRAWALS, {"address_used_by_others": True}, "shared_address"),
        (TRANSFERS, {"by_api_key": True}, "new_receiver_by_key"),
        (TRANSFERS, {"receiver_age_days": YOUNG - 1}, "young_receiver"),
        (TRANSFERS, {"other_senders_in_24_hours": 10}, "collector"),
        (FIAT, {"bank_account_age_days": 6}, "new_bank_account"),
        (FIAT, {"bank_account_named_by_others": True}, "shared_bank_account"),
    ],
    ids=lambda value: getattr(value, "name", None) or str(value),
)
def test_a_rule_of_one_movement_flags_its_own_case_alone(movement, change, rule):
    assert flags(movement, replace(CALM[movement.name], **change)) == [rule]


@pytest.mark.parametrize(
    ("movement", "change"),
    [
        *[
            (movement, change)
            for movement in EACH
            for change in (
                {"requests_in_an_hour": 4},
                {"account_age_days": YOUNG},
                {"moved_in_24_hours": "9"},
                {"moved_in_24_hours": "500", "largest_in_30_days": "0"},
            )
        ],
        (WITHDRAWALS, {"address_paid_before": False, "address_is_trusted": True}),
        (TRANSFERS, {"by_api_key": True, "receiver_paid_before": True}),
        (TRANSFERS, {"receiver_age_days": YOUNG - 1, "receiver_paid_before": True}),
        (TRANSFERS, {"other_senders_in_24_hours": 10, "receiver_paid_before": True}),
        (TRANSFERS, {"other_senders_in_24_hours": 9}),
        (FIAT, {"bank_account_age_days": 6, "bank_account_paid_before": True}),
        (FIAT, {"bank_account_age_days": 7}),
    ],
    ids=lambda value: getattr(value, "name", None) or str(value),
)
def test_just_below_its_threshold_a_rule_is_silent(movement, change):
    assert flags(movement, replace(CALM[movement.name], **change)) == []


def test_each_result_names_rule_and_version_and_says_why(movement):
    results = movement.sets[-1].evaluate(replace(CALM[movement.name], security_holds_in_7_days=2))
    assert [result["rule"] for result in results] == [rule.name for rule in movement.sets[-1].rules]
    assert {
        "rule": "recent_security_change",
        "version": 1,
        "flagged": True,
        "says": "2 security holds within 7 days.",
    } in results
    assert {result["says"] for result in results if not result["flagged"]} == {""}


def test_the_rules_of_a_set_and_the_versions_of_the_sets_differ(movement):
    assert len({one.version for one in movement.sets}) == len(movement.sets)
    for one in movement.sets:
        assert len({rule.name for rule in one.rules}) == len(one.rules)


def test_stored_inputs_are_read_again_as_they_were(movement):
    assert movement.read(asdict(CALM[movement.name])) == CALM[movement.name]


def test_inputs_stored_before_a_rule_came_or_under_an_earlier_name_are_read_again(movement):
    stored = asdict(CALM[movement.name])
    del stored["contradicted_deposits"]
    for former, name in movement.renamed.items():
        stored[former] = stored.pop(name)
    assert movement.read(stored) == CALM[movement.name]


def test_inputs_that_lack_what_a_rule_looks_at_are_not_guessed(movement):
    stored = asdict(CALM[movement.name])
    del stored["account_age_days"]
    assert movement.read(stored) is None
