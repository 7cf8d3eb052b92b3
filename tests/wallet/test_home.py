"""The desk's first page: each role sees what it may open, the numbers are the tables', and it stays cheap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit.clock import now
from tests.accounts.test_staff import sign_in
from tests.database import triggers_asleep
from tests.factories_accounts import officer
from tests.wallet.pairs import arrange as pairs
from tests.wallet.withdrawals import arrange
from tests.wallet.withdrawals.conftest import network
from wallet.admin import charts
from wallet.models import RiskResult, Withdrawal
from wallet.services import overview, stops
from wallet.services.overview import GAVE_UP, ON_THE_WAY, SUCCEEDED, WAITING, Hour

__all__ = ["network"]
pytestmark = pytest.mark.django_db


def page(*roles: str) -> str:
    cache.clear()
    client = Client()
    user, app = officer(*roles)
    assert sign_in(client, user, app.code())
    return client.get("/admin/").content.decode()


def test_each_role_sees_the_queues_that_it_may_open_and_no_other() -> None:
    for role, sees, not_this in (
        ("treasury", ("Withdrawals, last 24 h", "Rules that spoke", "Deposits"), ("Identity checks", "Recovery cases")),
        ("compliance", ("Identity checks", "Recovery cases", "Bank accounts"), ("Withdrawals, last 24 h", "Rules that spoke")),
        ("auditor", ("Identity checks", "Withdrawals, last 24 h", "Transfers"), ("Recovery cases",)),
        ("support", ("Messages, last 24 h",), ("Withdrawals, last 24 h", "Identity checks", "Recovery cases")),
    ):
        told = page(role)
        assert all(text in told for text in sees), role
        assert not any(text in told for text in not_this), role


def test_a_withdrawal_that_waits_is_counted_with_its_age_and_a_stopped_coin_stands_on_top(network: Any) -> None:
    waiting = arrange.confirmed(arrange.customer(), amount="5")
    Withdrawal.objects.filter(pk=waiting.pk).update(state_since=now() - timedelta(hours=30))
    stops.stop("ETH", reason="the books differ by 1")
    told = page("treasury")
    assert "oldest 1 d" in told
    assert "Nothing leaves in ETH: " in told
    assert "the books differ by 1" in told


def test_what_waits_for_a_second_officer_is_counted(network: Any) -> None:
    pairs.adjustment(arrange.customer(), arrange.officer())
    told = page("treasury")
    tile = told[told.index("Adjustments to confirm") :][:200]
    assert "<strong>1</strong>" in tile


def test_withdrawals_are_counted_in_the_hour_in_which_they_were_asked_for(network: Any) -> None:
    customer = arrange.customer()
    old, late, new = arrange.ask(customer), arrange.ask(customer), arrange.sent(customer)
    with triggers_asleep():
        Withdrawal.objects.filter(pk=old.pk).update(created_at=now() - timedelta(hours=25))
        Withdrawal.objects.filter(pk=late.pk).update(created_at=now() - timedelta(hours=3, minutes=30))
    hours = overview.withdrawals_by_hour()
    assert [hour.ago for hour in hours] == list(range(23, -1, -1))
    assert {hour.ago: hour.counts for hour in hours if hour.counts} == {3: {ON_THE_WAY: 1}, 0: {ON_THE_WAY: 1}}
    with triggers_asleep():
        Withdrawal.objects.filter(pk=new.pk).update(state="success", finished_at=now())
    assert overview.withdrawals_by_hour()[-1].counts == {SUCCEEDED: 1}


def test_rules_that_spoke_in_the_last_day_are_counted_and_silent_ones_are_not(network: Any) -> None:
    said = [{"rule": "young_account", "flagged": True, "says": "x"}, {"rule": "large", "flagged": False, "says": ""}]
    asked = arrange.ask(arrange.customer())
    facts = {"withdrawal": asked, "inputs": {}, "results": said, "is_flagged": True}
    RiskResult.objects.create(rules_version="a", created_at=now() - timedelta(days=2), **facts)
    RiskResult.objects.create(rules_version="b", **facts)
    assert overview.rules_that_spoke() == [("young_account", 1)]


def test_bars_stand_upon_each_other_within_the_drawing() -> None:
    hours = [Hour(1, {SUCCEEDED: 3, WAITING: 1}), Hour(0, {})]
    chart = charts.stacked(hours, (SUCCEEDED, WAITING, GAVE_UP))
    lower, upper = chart.bars
    assert (lower.height, upper.height) == (90, 30)
    assert (lower.y, upper.y) == (30, 0)
    assert chart.legend == [(0, SUCCEEDED, 3), (1, WAITING, 1), (2, GAVE_UP, 0)]
    assert charts.stacked([Hour(0, {})], (SUCCEEDED,)).bars == []


def test_the_page_takes_as_few_queries_with_many_rows_as_with_none_and_none_for_the_next_officer(network: Any) -> None:
    client = Client()
    user, app = officer("treasury", "compliance", "auditor")
    assert sign_in(client, user, app.code())
    counts = []
    for _ in range(2):
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/admin/").status_code == 200
        counts.append(len(captured))
        for _ in range(3):
            arrange.confirmed(arrange.customer(), amount="5")
    assert counts[0] == counts[1]
    with CaptureQueriesContext(connection) as again:
        assert client.get("/admin/").status_code == 200
    assert len(again) < counts[0] / 2
