"""Asking a set of rules about what was decided before: over the inputs that were stored, so that nothing is looked up anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from config.kit.errors import DomainError, Kind
from wallet.models.evidence import Assessment
from wallet.models.fiat_withdrawals import FiatWithdrawalRisk
from wallet.models.transfer_evidence import TransferRisk
from wallet.models.withdrawal_evidence import RiskResult
from wallet.services.fiat_withdrawals.policy import officers_needed as officers_of_fiat
from wallet.services.risk import fiat_withdrawals, transfers, withdrawals
from wallet.services.risk.rules import RuleSet
from wallet.services.transfers.policy import officers_needed as officers_of_transfer
from wallet.services.withdrawals.policy import officers_needed as officers_of_withdrawal

ROWS_PER_FETCH = 1_000
DIFFERENCES_MAX = 1_000
"""Movements named in one report; all are counted."""


class UnknownRules(DomainError):
    """No set of rules has this version."""

    slug = "wallet.unknown_rules"
    kind = Kind.INVALID
    message = "There are no rules {version} for {movements}. Known: {known}."
    movements: str
    version: str
    known: str


@dataclass(frozen=True)
class Movement:
    """A sort of movement that rules decide about."""

    name: str
    kept: type[Assessment]
    subject: str
    joined: str
    """What the movement's thresholds are asked with."""
    sets: Sequence[RuleSet[Any]]
    inputs: type[Any]
    renamed: Mapping[str, str]
    officers_needed: Callable[..., int]

    def rules(self, version: str | None) -> RuleSet[Any]:
        """The set of that version, or the newest. Raises UnknownRules."""
        if version is None:
            return self.sets[-1]
        for one in self.sets:
            if one.version == version:
                return one
        known = ", ".join(one.version for one in self.sets)
        raise UnknownRules(movements=self.name, version=version, known=known)

    def read(self, stored: Mapping[str, Any]) -> Any:
        """Stored inputs as the rules of today read them, or None where one is missing that has no default."""
        told = {self.renamed.get(name, name): value for name, value in stored.items()}
        wanted = fields(self.inputs)
        if any(one.name not in told and one.default is MISSING for one in wanted):
            return None
        return self.inputs(**{one.name: told[one.name] for one in wanted if one.name in told})


MOVEMENTS = (
    Movement(
        name="withdrawals",
        kept=RiskResult,
        subject="withdrawal",
        joined="withdrawal__coin_network",
        sets=withdrawals.SETS,
        inputs=withdrawals.Inputs,
        renamed=withdrawals.RENAMED,
        officers_needed=officers_of_withdrawal,
    ),
    Movement(
        name="transfers",
        kept=TransferRisk,
        subject="transfer",
        joined="transfer",
        sets=transfers.SETS,
        inputs=transfers.Inputs,
        renamed=transfers.RENAMED,
        officers_needed=officers_of_transfer,
    ),
    Movement(
        name="fiat withdrawals",
        kept=FiatWithdrawalRisk,
        subject="withdrawal",
        joined="withdrawal__coin_network",
        sets=fiat_withdrawals.SETS,
        inputs=fiat_withdrawals.Inputs,
        renamed={},
        officers_needed=officers_of_fiat,
    ),
)


@dataclass(frozen=True)
class Difference:
    """One movement about which the rules would say something else."""

    id: str
    state: str
    decided_at: datetime
    decided_by: str
    """The version of the rules that decided."""
    raised: list[str]
    """Rules that would flag it now and did not."""
    dropped: list[str]
    """Rules that flagged it and would not now."""
    officers_before: int
    officers_after: int
    """Officers due by the thresholds of today: with what was said, and with what would be said."""


@dataclass
class Replayed:
    """What one set of rules says of the movements of one sort."""

    movements: str
    rules: str
    asked: int = 0
    unreadable: int = 0
    """Stored inputs that lack what the rules look at; nothing is said about these."""
    stricter: int = 0
    looser: int = 0
    """Movements that would need more, or fewer, officers."""
    different: int = 0
    raised: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def note(self, found: Difference) -> None:
        """Count a movement that would be decided otherwise."""
        self.different += 1
        self.stricter += found.officers_after > found.officers_before
        self.looser += found.officers_after < found.officers_before
        self.raised.update(found.raised)
        self.dropped.update(found.dropped)
        if len(self.differences) < DIFFERENCES_MAX:
            self.differences.append(found)


def replay(
    *,
    movements: Sequence[Movement] = MOVEMENTS,
    since: datetime | None = None,
    until: datetime | None = None,
    decided_by: str | None = None,
    rules: str | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> list[Replayed]:
    """Ask the newest rules, or those of the version `rules`, about what was decided from `since` on and before `until`.

    `decided_by` looks only at what rules of that version decided. Writes nothing. `progress` is told of each decision.
    Raises UnknownRules.
    """
    chosen = [(movement, movement.rules(rules)) for movement in movements]
    return [_replay(movement, asked, _decided(movement, since, until, decided_by), progress) for movement, asked in chosen]


def _decided(
    movement: Movement, since: datetime | None, until: datetime | None, decided_by: str | None
) -> QuerySet[Assessment]:
    rows = movement.kept._default_manager.select_related(movement.joined)  # noqa: SLF001  # Django's documented name for it
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    if decided_by is not None:
        rows = rows.filter(rules_version=decided_by)
    return rows.order_by("id")


def _replay(
    movement: Movement, asked: RuleSet[Any], decided: QuerySet[Assessment], progress: Callable[[int], object]
) -> Replayed:
    told = Replayed(movements=movement.name, rules=asked.version)
    for one in decided.iterator(chunk_size=ROWS_PER_FETCH):
        progress(1)
        inputs = movement.read(one.inputs)
        if inputs is None:
            told.unreadable += 1
            continue
        told.asked += 1
        before, after = _flags(one.results), _flags(asked.evaluate(inputs))
        if before != after:
            told.note(_difference(movement, one, before, after))
    return told


def _flags(results: Sequence[Mapping[str, Any]]) -> set[str]:
    return {str(result["rule"]) for result in results if result["flagged"]}


def _difference(movement: Movement, decided: Assessment, before: set[str], after: set[str]) -> Difference:
    subject = getattr(decided, movement.subject)
    return Difference(
        id=str(subject.public_id),
        state=str(subject.state),
        decided_at=decided.created_at,
        decided_by=decided.rules_version,
        raised=sorted(after - before),
        dropped=sorted(before - after),
        officers_before=movement.officers_needed(subject, is_flagged=bool(before)),
        officers_after=movement.officers_needed(subject, is_flagged=bool(after)),
    )
