"""One JSON object a line, found by the request's id, without what a customer or a stranger wrote."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from django.test import Client

from accounts.services import registration
from config.kit.context import set_request_id
from config.kit.logs import JsonLines

EMAIL, PHONE = "planted.ada@example.com", "+8613800138000"


def line(message: str, *arguments: object, failure: Exception | None = None) -> dict[str, Any]:
    """A line of the log, read back."""
    trace = None
    if failure is not None:
        try:
            raise failure
        except Exception:  # noqa: BLE001  # whatever is given
            trace = sys.exc_info()
    text = JsonLines().format(logging.LogRecord("accounts", logging.ERROR, __file__, 1, message, arguments, trace))
    assert "\n" not in text
    return dict(json.loads(text))


def test_a_line_says_when_where_and_for_which_request() -> None:
    set_request_id("0123456789abcdef")
    told = line('two lines\nand "quotes"')
    set_request_id("")
    assert set(told) == {"time", "level", "logger", "message", "request_id"}
    assert (told["level"], told["logger"], told["request_id"]) == ("error", "accounts", "0123456789abcdef")
    assert told["message"] == 'two lines\nand "quotes"'
    assert "request_id" not in line("outside a request")


@pytest.mark.parametrize("message", [EMAIL, f"<{EMAIL}>", f"to={EMAIL}", f"a {PHONE} b", f"smtp://{EMAIL}:25", f"'{PHONE}'"])
def test_what_looks_like_a_contact_is_left_out(message: str) -> None:
    told = json.dumps([line(message), line("%s", message), line("x", failure=ValueError(message))])
    assert EMAIL not in told
    assert PHONE not in told


def test_times_amounts_and_numbers_are_told() -> None:
    kept = "2026-12-01T09:45:58.839+00:00 +0000 1.5 +12.50 12345678901234567890 0x0123456789abcdef user@host"
    assert line(kept)["message"] == kept


def test_the_row_that_the_database_quotes_is_left_out() -> None:
    quoting = ValueError("duplicate key\nDETAIL:  Key (name)=(Ada Lovelace) already exists.")
    assert "Lovelace" not in line("failed", failure=quoting)["traceback"]


@pytest.mark.django_db
def test_a_requests_lines_bear_its_id_and_name_routes_and_not_paths(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise ValueError(EMAIL)

    monkeypatch.setattr(registration, "register", broken)
    caplog.handler.setFormatter(JsonLines())
    client = Client(raise_request_exception=False)
    client.get("/api/v1/users/ada-lovelace")
    body = {"email": EMAIL, "password": "pl4nted-passw0rd!", "code": "847261"}
    answer = client.post(f"/api/v1/registration?email={EMAIL}", body, content_type="application/json")
    lines = [json.loads(text) for text in caplog.text.splitlines()]
    assert [one["message"] for one in lines] == ["404 GET (no such path)", "unexpected error", "500 POST /api/v1/registration"]
    assert [one["request_id"] for one in lines[1:]] == [answer.headers["X-Request-Id"]] * 2
    for planted in ("lovelace", EMAIL, "pl4nted", "847261"):
        assert planted not in caplog.text
