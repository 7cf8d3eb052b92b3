"""The desk's first page: what waits and since when, the last day in pictures, and whether the books and the log hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from accounts.admin_site import has_role, site
from config.kit import gauges
from kyc.services import funnel
from messaging.services import day
from wallet.admin import charts
from wallet.services import alarms, overview, stops
from wallet.services.desk_queues import COUNT_MAX
from wallet.services.outflow import stopping

KEPT_SECONDS = 20
"""For how long what was read is shown: many officers look at this page, and often."""
MONEY, IDENTITY = ("treasury", "auditor"), ("compliance", "compliance_lead", "auditor")
QUEUES: tuple[tuple[str, str, str], ...] = (
    ("kyc_cases", "Identity cases", "kyc.Case"),
    ("bank_accounts", "Bank accounts", "kyc.BankAccount"),
    ("recovery_cases", "Recovery cases", "accounts.RecoveryCase"),
    ("withdrawals", "Withdrawals", "wallet.Withdrawal"),
    ("fiat_withdrawals", "Fiat withdrawals", "wallet.FiatWithdrawal"),
    ("transfers", "Transfers", "wallet.Transfer"),
    ("deposits", "Deposits", "wallet.Deposit"),
    ("payments", "Payments", "wallet.Payment"),
    ("fiat_deposits", "Fiat deposits to confirm", "wallet.FiatDeposit"),
    ("deposit_resolutions", "Deposits to resolve", "wallet.DepositResolution"),
    ("fiat_returns", "Fiat returns to confirm", "wallet.FiatReturn"),
    ("fiat_reversals", "Fiat reversals to confirm", "wallet.FiatReversal"),
    ("adjustments", "Adjustments to confirm", "wallet.Adjustment"),
    ("messages", "Messages", "messaging.Message"),
    ("webhooks", "Webhooks", "messaging.Webhook"),
)
"""Gauge, title, and whose page it is; it stands here for whoever may open that. A gauge that no app registers is not shown."""
OFFICERS_TURN = frozenset(
    {"submitted", "resubmitted", "second_review", "review", "pending", "held", "queued", "approved", "paying", "proposed"}
)
"""States of those queues in which somebody of ours has the next move; the others run by themselves."""


@dataclass(frozen=True)
class Waiting:
    """One queue: how many wait for somebody of ours, and since when."""

    title: str
    address: str
    count: str
    oldest: str
    is_urgent: bool


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the page shows to this officer. For UNFOLD's DASHBOARD_CALLBACK."""
    sees_money, sees_identity = has_role(request, *MONEY), has_role(request, *IDENTITY)
    context["home"] = {
        "queues": [
            _waiting(name, title, model)
            for name, title, model in QUEUES
            if _is_registered(name) and site.get_model_admin(apps.get_model(model)).has_view_permission(request)
        ],
        "money": _kept("money", _money) if sees_money else None,
        "funnel": _kept("funnel", funnel.funnel) if sees_identity else None,
        "delivery": _kept("delivery", day.delivery),
    }
    return context


def _money() -> dict[str, Any]:
    groups = (overview.SUCCEEDED, overview.ON_THE_WAY, overview.WAITING, overview.GAVE_UP)
    standing = {**{one.scope: one.reason for one in stopping.standing()}, **stops.standing()}
    return {
        "withdrawals": charts.stacked(overview.withdrawals_by_hour(), groups),
        "deposits": charts.stacked(overview.deposits_by_hour(), groups),
        "rules": overview.rules_that_spoke(),
        "proof": overview.proof(),
        "alarms": alarms.open_ones()[:10],
        "stopped": sorted(standing.items()),
    }


def _waiting(name: str, title: str, model: str) -> Waiting:
    counts, ages = _kept(f"queue.{name}", lambda: _read(name))
    number = int(sum(counts.get(state, 0) for state in OFFICERS_TURN))
    oldest = max((ages.get(state, 0.0) for state in OFFICERS_TURN), default=0.0)
    return Waiting(
        title=title,
        address=reverse(f"admin:{model.lower().replace('.', '_')}_changelist"),
        count=f"{COUNT_MAX}+" if number > COUNT_MAX else str(number),
        oldest=_age(oldest) if number else "",
        is_urgent=oldest >= 24 * 3_600,
    )


def _read(name: str) -> tuple[dict[str, float], dict[str, float]]:
    found = (gauges.registered_as(f"quaestor_{name}{part}").read() for part in ("", "_oldest_seconds"))
    counts, ages = ({labels[0]: value for labels, value in readings} for readings in found)
    return counts, ages


def _is_registered(name: str) -> bool:
    return any(gauge.name == f"quaestor_{name}" for gauge in gauges.registered())


def _kept(name: str, read: Any) -> Any:
    """What was read a moment ago, by whichever process."""
    return cache.get_or_set(f"desk.home.{name}", read, KEPT_SECONDS)


def _age(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"
