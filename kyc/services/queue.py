"""The queue of cases, a page at a time: by key and never by offset, and never counted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from config.kit import clock
from kyc.errors import CaseClaimed, CaseNotWaiting, OwnCase
from kyc.models import Case, CaseClaim, CaseState
from kyc.models.cases import WAITING
from kyc.services import claims, hints, looks, neighbours

PAGE_SIZE = 50
MINE, UNCLAIMED, ALL = "mine", "unclaimed", "all"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
CURSOR_DIGITS_MAX = 18


@dataclass(frozen=True)
class Filters:
    """What narrows the queue; kept in the page's address. `state` empty means: those that wait for an officer."""

    state: str = ""
    claim: str = ""
    level: int | None = None
    country: str = ""
    age_hours: int | None = None
    search: str = ""

    @property
    def waits(self) -> bool:
        """Whether these are cases that wait for an officer, in the order of their waiting."""
        return not self.state and not self.search


@dataclass(frozen=True)
class Row:
    """One case with its claim, where one stands, and what asks for a second look."""

    case: Case
    claim: CaseClaim | None
    warnings: int
    """Documents with something to look at twice."""
    shared: int
    """Other customers of its document number or its bank account."""


@dataclass(frozen=True)
class QueuePage:
    """One page, and the cursor of the next one; empty for none."""

    rows: Sequence[Row]
    next_after: str


def cases(filters: Filters, *, officer: User, after: str = "") -> QuerySet[Case]:
    """Oldest first where officers are waited for, newest first otherwise. A cursor that is none begins at the start."""
    found = _narrowed(filters, officer).select_related("user", "claim__officer")
    if filters.waits:
        return _after_moment(found, after).order_by("submitted_at", "id")
    return _after_id(found, after).order_by("-id")


def page(filters: Filters, *, officer: User, after: str = "") -> QueuePage:
    """One page of `cases`, with what asks for a second look at each."""
    found = list(cases(filters, officer=officer, after=after)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    now = clock.now()
    warned = hints.warnings_of_cases([case.pk for case in shown]) if shown else {}
    shared = neighbours.counts([case.pk for case in shown]) if shown else {}
    rows = [Row(case, _live(case, now), warned[case.pk], shared[case.pk]) for case in shown]
    return QueuePage(rows, _cursor(filters, shown[-1]) if len(found) > PAGE_SIZE else "")


def look(filters: Filters, *, officer: User, after: str = "") -> QueuePage:
    """The page for an officer's eyes, with an audit record of the look."""
    shown = page(filters, officer=officer, after=after)
    chosen = {name: str(value) for name, value in vars(filters).items() if value}
    looks.note_list(officer, "kyc.case", rows=len(shown.rows), chosen={**chosen, "after": after if shown.rows else ""})
    return shown


def take_next(filters: Filters, *, officer: User) -> Case | None:
    """Give the officer the first case of the page that is free and not the officer's own; None where there is none.

    Raises NotAnOfficer.
    """
    for row in page(replace(filters, claim=UNCLAIMED), officer=officer).rows:
        with suppress(CaseClaimed, CaseNotWaiting, OwnCase):  # somebody was quicker: the next one then
            claims.claim(case_pk=row.case.pk, officer=officer)
            return row.case
    return None


def _narrowed(filters: Filters, officer: User) -> QuerySet[Case]:
    cases = Case.objects.all()
    if filters.search:
        number = int(filters.search)
        owner = User.objects.filter(uid=number).values_list("pk", flat=True).first()  # two tables in one OR find no index
        return cases.filter(Q(public_id=number) | Q(user_id=owner)) if owner else cases.filter(public_id=number)
    if filters.state in CaseState.values:
        cases = cases.filter(state=filters.state)
    elif filters.state != ALL:
        cases = cases.filter(state__in=WAITING)
    now = clock.now()
    live = CaseClaim.objects.filter(expires_at__gt=now)
    if filters.claim == MINE:
        cases = cases.filter(pk__in=live.filter(officer=officer).values("case_id"))
    elif filters.claim == UNCLAIMED:
        cases = cases.filter(~Exists(live.filter(case_id=OuterRef("pk"))))
    if filters.level is not None:
        cases = cases.filter(level=filters.level)
    if filters.country:
        cases = cases.filter(country=filters.country)
    if filters.age_hours is not None and filters.waits:  # what is decided waits for nobody
        cases = cases.filter(submitted_at__lt=now - timedelta(hours=filters.age_hours))
    return cases


def _live(case: Case, now: datetime) -> CaseClaim | None:
    """The claim that stands on the case, which the page's own query brought with it."""
    claim: CaseClaim | None = getattr(case, "claim", None)
    return claim if claim is not None and claim.expires_at > now else None


def _cursor(filters: Filters, last: Case) -> str:
    if not filters.waits or last.submitted_at is None:
        return str(last.pk)
    return f"{(last.submitted_at - _EPOCH) // _MICROSECOND}-{last.pk}"


def _after_moment(cases: QuerySet[Case], after: str) -> QuerySet[Case]:
    moment, _, number = after.partition("-")
    if not (_is_number(moment) and _is_number(number)):
        return cases
    try:
        at = _EPOCH + timedelta(microseconds=int(moment))
    except OverflowError:
        return cases
    later = Q(submitted_at__gt=at) | Q(submitted_at=at, id__gt=int(number))
    return cases.filter(later, submitted_at__gte=at)  # the second condition alone begins in the index


def _after_id(cases: QuerySet[Case], after: str) -> QuerySet[Case]:
    return cases.filter(id__lt=int(after)) if _is_number(after) else cases


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= CURSOR_DIGITS_MAX
