"""Sets the mode before Django's settings are read; loaded by pytest ahead of everything (`-p tests.environment`)."""

from __future__ import annotations

import os

import pytest

os.environ["QUAESTOR_MODE"] = "test"
os.environ.setdefault("DATABASE_URL", "postgresql://quaestor@127.0.0.1:5432/quaestor")

stranger = {"requests": 3, "all": 0}
"""Requests that the clients made from descriptions draw for each operation, and whether they send all that they derive."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the long tests are."""
    parser.addoption("--bank-attempts", default="1200", help="transfers tried by the bank test; 200000 for the long form")
    parser.addoption("--property-cases", default="400", help="cases of conversions and splits; 50000 for the long form")
    parser.addoption("--drift-cases", default="60", help="postings with fees and splits drawn; 50000 for the long form")
    parser.addoption("--crowd", default="64", help="withdrawals asked for at once; 500 for the long form")
    parser.addoption("--four-ways", default="6", help="races of cancel, approve, expire and broadcast; 2000 for the long form")
    parser.addoption(
        "--contested-keys", default="12", help="keys that every client posts; 200, by 100 clients, for the long form"
    )
    parser.addoption(
        "--rebuilt-entries", default="4000", help="entries from which balances are rebuilt; 1000000 for the long form"
    )
    parser.addoption("--lost-answers", default="5", help="payments whose answer is lost after sending; 200 for the long form")
    parser.addoption("--captured-requests", default="50", help="signed requests of each kind replayed; 500 for the long form")
    parser.addoption(
        "--stranger-requests", default="3", help="requests to each operation by generated clients; 30 for the long form"
    )
    parser.addoption("--stranger-cases", choices=("some", "all"), default="some", help="all for the long form: 18,000")
    parser.addoption("--corpus-figures", default="", help="the whole corpus of bad files, and a table of what it cost, there")


def pytest_configure(config: pytest.Config) -> None:
    """Tests that are decorated when they are read find the number here."""
    stranger["requests"] = int(config.getoption("--stranger-requests"))
    stranger["all"] = config.getoption("--stranger-cases") == "all"
