"""`manage.py check_messages`: an operator learns what is the matter, and a program by the exit code."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from config.kit.clock import now
from messaging.models import Message
from messaging.services import breakers, check, limits, notices
from tests.messaging.conftest import customer


def run(*options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_messages", *options, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def report() -> tuple[int, Any]:
    code, text = run("--json")
    return code, json.loads(text)


def test_where_all_is_well_the_exit_code_is_zero(db: None) -> None:
    notices.notify(user=customer(), template="totp_bound")  # waits since a moment only
    code, told = report()
    assert (code, told["ok"], told["stuck_count"]) == (0, True, 0)
    assert "messages: well" in run()[1]


def test_a_message_that_waits_too_long_is_told_without_its_address(db: None) -> None:
    notices.notify(user=customer("ada@example.com"), template="totp_bound")
    message = Message.objects.get()
    with time_machine.travel(now() + check.STUCK_AFTER + timedelta(seconds=1), tick=False):
        code, told = report()
        text = run()[1]
    assert (code, told["stuck_count"]) == (1, 1)
    assert told["stuck"][0]["id"] == str(message.public_id)
    assert "never tried" in text
    assert "ada@" not in text + json.dumps(told)


def test_an_open_breaker_is_told(db: None) -> None:
    for _ in range(3):
        breakers.note_failure(channel="sms", name="twilio")
    code, told = report()
    assert (code, [one["provider"] for one in told["open_breakers"]]) == (1, ["twilio"])
    assert "passed over: twilio (sms) after 3 failures" in run()[1]
    breakers.note_answer(channel="sms", name="twilio")
    assert report()[0] == 0


def test_a_budget_that_is_nearly_spent_is_told_and_one_that_is_spent_is_an_error_for_its_hour(db: None) -> None:
    for _ in range(8):
        limits.spend("sms +886", 10, at=now())
    code, told = report()
    assert (code, told["alarms"][0]["percent"]) == (0, 80)
    for _ in range(2):
        limits.spend("sms +886", 10, at=now())
    code, told = report()
    assert (code, [one["percent"] for one in told["alarms"]]) == (1, [100, 80])
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        assert report()[0] == 0


def test_what_failed_and_expired_in_the_last_hour_is_counted(db: None) -> None:
    notices.notify(user=customer(), template="totp_bound")
    Message.objects.update(state="failed", sealed=None, ended_at=now())
    assert report()[1]["failed_in_last_hour"] == 1
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        assert report()[1]["failed_in_last_hour"] == 0


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_it_reads_and_writes_nothing(db: None, options: tuple[str, ...]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        run(*options)
    assert all(query["sql"].startswith("SELECT") for query in queries)
