"""Headers by which a sender pretends to another address: none opens a key that is bound to networks."""

from __future__ import annotations

from typing import Any

import pytest

from apikeys.services import keys
from tests.apikeys import people

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.apikeys.urls")]
BOUND, SENDER, PROXY = "192.0.2.7", "203.0.113.9", "10.0.0.1"
NAMES = (
    "X-Forwarded-For", "X-Real-Ip", "Forwarded", "X-Client-Ip", "Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
    "X-Cluster-Client-Ip", "X-Original-Forwarded-For", "X-Forwarded", "Forwarded-For", "X-Remote-Addr", "Via",
)  # fmt: skip
WRITTEN = (
    BOUND, f"{BOUND}:443", f"::ffff:{BOUND}", f'for="{BOUND}"', f"{BOUND}, {BOUND}", f"[{BOUND}]", f"{BOUND}%eth0",
    f" {BOUND} ",
)  # fmt: skip
TRICKS = [(name, value) for name in NAMES for value in WRITTEN]


@pytest.fixture
def issued() -> keys.IssuedKey:
    return people.issue(people.customer(), networks=(BOUND,))


def ask(issued: keys.IssuedKey, ip: str, **environ: Any) -> int:
    return int(people.send(people.signer(issued).sign("GET", "/api/v1/reading"), ip=ip, **environ).status_code)


def test_more_than_fifty_tricks_open_nothing_where_no_proxy_is_ours(issued: keys.IssuedKey, no_rates: None) -> None:
    assert len(TRICKS) >= 50
    for name, value in TRICKS:
        environ = {"HTTP_" + name.upper().replace("-", "_"): value}
        assert ask(issued, SENDER, **environ) == 403, (name, value)
    assert ask(issued, BOUND) == 200


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        (BOUND, 200),
        (f"{SENDER}, {BOUND}", 200),
        (f"{BOUND}, {SENDER}", 403),
        (f"{BOUND},{SENDER}", 403),
        (f"{BOUND}, {BOUND}, {SENDER}", 403),
        (f"{SENDER} {BOUND}", 403),
        (f"{BOUND}, unknown", 403),
        (f"{BOUND}, _hidden", 403),
        (f"::ffff:{BOUND}", 200),
        (f"{BOUND}:443", 403),
        (f'"{BOUND}"', 403),
        ("", 403),
        (",", 403),
        (f"{BOUND}\t, {SENDER}", 403),
    ],
)
def test_behind_one_proxy_the_last_entry_counts(issued: keys.IssuedKey, settings: Any, forwarded: str, status: int) -> None:
    settings.PROXY_COUNT = 1
    assert ask(issued, PROXY, HTTP_X_FORWARDED_FOR=forwarded) == status


def test_behind_two_proxies_the_last_but_one_counts_and_too_few_entries_are_nobodys(
    issued: keys.IssuedKey, settings: Any
) -> None:
    settings.PROXY_COUNT = 2
    assert ask(issued, PROXY, HTTP_X_FORWARDED_FOR=f"{BOUND}, {PROXY}") == 200
    assert ask(issued, PROXY, HTTP_X_FORWARDED_FOR=f"{BOUND}, {SENDER}, {PROXY}") == 403
    assert ask(issued, PROXY, HTTP_X_FORWARDED_FOR=BOUND) == 403
