"""The story: who does what in which order, many customers at once, and what must hold in the end."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tqdm import tqdm

from config.demo.browser import Browser, StoryFailed, Tally
from config.demo.chain import Chain
from config.demo.customer import Customer
from config.demo.interruptions import Interruptions
from config.demo.measures import Measures, Report
from config.demo.officers import Credentials, Officer

NETWORK = "ETHEREUM"
COINS = ("ETH", "USDT")
AT_ONCE_MAX = 6
"""Customers who are served at the same time."""
HOT_WALLET_PER_CUSTOMER = {"ETH": Decimal(1), "USDT": Decimal(500)}
GAS_RESERVE = Decimal(5)
"""ETH on the hot wallet beyond what customers withdraw, for the network's fees."""
MANAGE_SECONDS_MAX = 600


@dataclass
class Stage:
    """The running product and those who work there."""

    url: str
    chain: Chain
    hot_wallet: str
    officers: tuple[Officer, Officer]
    manage: Path
    processes: Path
    tally: Tally = field(default_factory=Tally)


def set_stage(
    *, url: str, chain_url: str, hot_wallet: str, officers: Sequence[Credentials], manage: Path, processes: Path
) -> Stage:
    """Everybody at their place. Raises StoryFailed where the product does not run."""
    tally = Tally()
    first, second = (Officer(Browser(url, f"127.9.0.{seat}", tally), who) for seat, who in enumerate(officers[:2], 1))
    return Stage(url, Chain(chain_url), hot_wallet, (first, second), manage, processes, tally)


STEPS: tuple[tuple[str, str], ...] = (
    ("register with a mailed code", "register"),
    ("log in", "log_in"),
    ("bind an authenticator", "bind_authenticator"),
    ("give basic data", "verify_identity"),
    ("verify the phone", "verify_phone"),
    ("upload documents", "upload_documents"),
    ("apply for level 2", "apply"),
    ("officer approves the case", "approve_case"),
    ("ask for a deposit address", "ask_for_address"),
    ("deposit on the chain", "deposit"),
    ("deposit is credited", "await_credit"),
    ("trust an address", "trust_address"),
    ("make an API key", "make_key"),
    ("read the balance, signed", "read_balance_signed"),
    ("ask for a withdrawal, signed", "withdraw_by_key"),
    ("ask and confirm a withdrawal", "withdraw_by_session"),
    ("two officers approve", "approve_withdrawals"),
    ("broadcast, confirmed, settled", "await_success"),
    ("balances, statement and chain agree", "check_books"),
)
"""What is told and what is called, for every customer in this order."""


class Performance:
    """One customer on the stage."""

    def __init__(self, number: int, stage: Stage, measures: Measures, interruptions: Interruptions | None = None) -> None:
        self.stage, self.measures, self.interruptions = stage, measures, interruptions
        batch = secrets.randbelow(200) + 10
        source = f"127.{batch}.{number // 250}.{number % 250 + 1}"
        self.browser = Browser(stage.url, source, stage.tally)
        self.customer = Customer(number, self.browser, stage.chain, coin=COINS[number % len(COINS)], network=NETWORK)
        self.customer.source = source

    def run(self) -> None:
        """All steps. Raises StoryFailed with the step's name in front."""
        began = time.monotonic()
        try:
            for title, name in STEPS:
                act: Callable[[], None] = getattr(self, name, None) or getattr(self.customer, name)
                with self.measures.step(title):
                    self._act(title, act)
        finally:
            self.browser.close()
        self.measures.seconds.setdefault("the whole story", []).append(time.monotonic() - began)

    def _act(self, title: str, act: Callable[[], None]) -> None:
        if self.interruptions:
            self.interruptions.reached(title)
        try:
            act()
        except StoryFailed as reason:
            raise StoryFailed(f"customer {self.customer.number}, {title}: {reason}") from reason

    def approve_case(self) -> None:
        """Officers take turns with the cases."""
        self.stage.officers[self.customer.number % 2].approve_case(self.customer.case_id)
        self.customer.await_approval()

    def approve_withdrawals(self) -> None:
        """Both officers, each payment."""
        for payment in self.customer.payments:
            for officer in self.stage.officers:
                officer.approve_withdrawal(payment.id)


def perform(stage: Stage, *, customers: int, quiet: bool, soak: bool) -> Report:
    """Play the story for so many customers; the report says what happened and whether all of it is well."""
    began = time.monotonic()
    fund_hot_wallet(stage, customers)
    bar = tqdm(total=customers * len(STEPS), unit="step", disable=quiet, dynamic_ncols=True)
    measures = Measures(bar.update)
    interruptions = Interruptions(stage.processes) if soak else None
    with ThreadPoolExecutor(min(AT_ONCE_MAX, customers)) as pool:
        plays = [pool.submit(Performance(number, stage, measures, interruptions).run) for number in range(customers)]
        failures = _failures(plays)
    kills = interruptions.stop() if interruptions else {}
    bar.close()
    checks = {name: run_check(stage.manage, name) for name in ("audit_ledger", "verify_audit")}
    return {
        "ok": not failures and all(check["ok"] for check in checks.values()),
        "customers": customers,
        "finished": customers - len(failures),
        "failures": failures,
        "seconds": round(time.monotonic() - began, 3),
        "steps": measures.summary(),
        "table": measures.table(),
        "calls": stage.tally.calls,
        "retries": stage.tally.retries,
        "kills": kills,
        "checks": checks,
    }


def _failures(plays: Sequence[Future[None]]) -> list[str]:
    found = []
    for play in as_completed(plays):
        error = play.exception()
        if error is not None:
            found.append(str(error) if isinstance(error, StoryFailed) else f"{type(error).__name__}: {error}")
    return found


def fund_hot_wallet(stage: Stage, customers: int) -> None:
    """The treasury puts onto the hot wallet what so many customers will withdraw."""
    for coin, each in HOT_WALLET_PER_CUSTOMER.items():
        reserve = GAS_RESERVE if coin == "ETH" else Decimal(0)
        stage.chain.pay(coin, stage.hot_wallet, each * customers + reserve)


def run_check(manage: Path, name: str) -> dict[str, Any]:
    """A proof of the books, by the operators' command in a process of its own."""
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603  # our own interpreter and command
        [sys.executable, str(manage), name, "--json"],
        capture_output=True,
        text=True,
        timeout=MANAGE_SECONDS_MAX,
        check=False,
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = (done.stdout + done.stderr)[-2000:]
    return {
        "ok": done.returncode == 0,
        "exit_code": done.returncode,
        "seconds": round(time.monotonic() - began, 3),
        "says": said,
    }
