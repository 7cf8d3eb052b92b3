"""Identity documents that expire: a message beforehand, and the end of the level that rests on one."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Erasure
from accounts.services import audit
from config.kit import clock
from kyc.models import Case, CaseState
from kyc.services import cases, entitlements, vault
from messaging.services import notices

WARN_DAYS = 30
"""How long before the last day of a document its holder is told."""
CASES_AT_ONCE = 500
RAN_OUT = "document_ran_out"


def warn() -> int:
    """Tell the holders of documents that expire soon, once each; how many. Safe to run twice."""
    today = clock.now().date()
    due = _resting().filter(document_expires_on__range=(today, today + timedelta(days=WARN_DAYS)), expiry_told_at__isnull=True)
    return sum(_warn_one(pk) for pk in due.values_list("pk", flat=True)[:CASES_AT_ONCE])


def lower() -> int:
    """Revoke the cases that rest on a document whose last day is over, and tell; how many. Safe to run twice."""
    due = _resting().filter(document_expires_on__lt=clock.now().date())
    return sum(_lower_one(pk) for pk in due.values_list("pk", flat=True)[:CASES_AT_ONCE])


def _resting() -> QuerySet[Case]:
    """Approved cases on whose document their level rests: no newer approved one has taken it over."""
    newer = Case.objects.filter(user=OuterRef("user"), level=OuterRef("level"), state=CaseState.APPROVED, pk__gt=OuterRef("pk"))
    good = newer.filter(Q(document_expires_on__isnull=True) | Q(document_expires_on__gte=clock.now().date()))
    erased = Erasure.objects.filter(customer=OuterRef("user"))  # nobody is left to be told, or to do anything
    return Case.objects.filter(
        ~Exists(good), ~Exists(erased), state=CaseState.APPROVED, document_expires_on__isnull=False
    ).order_by("document_expires_on", "pk")


def _locked(pk: int) -> Case | None:
    user = Case.objects.select_related("user").get(pk=pk).user
    vault.lock(user)
    return _resting().select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()


@transaction.atomic
def _warn_one(pk: int) -> int:
    case = _locked(pk)
    if case is None or case.expiry_told_at is not None:
        return 0
    case.expiry_told_at = clock.now()
    case.save(update_fields=["expiry_told_at"])
    notices.notify(user=case.user, template="kyc_expiring", facts={"level": str(case.level), "date": _day(case)})
    return 1


@transaction.atomic
def _lower_one(pk: int) -> int:
    case = _locked(pk)
    if case is None:
        return 0
    before = entitlements.level_of(case.user)
    undated = Case.objects.select_for_update().filter(user=case.user, level=case.level, document_expires_on__isnull=True)
    for former in undated.filter(state=CaseState.APPROVED, pk__lt=case.pk).order_by("pk"):  # nobody knows that they last longer
        cases.move(former, CaseState.REVOKED, actor=None, reason=RAN_OUT)
    cases.move(case, CaseState.REVOKED, actor=None, reason=RAN_OUT)
    after = entitlements.level_of(case.user)
    if after < before:
        audit.record(
            actor=None,
            actor_kind="system",
            act="kyc.level_lowered",
            subject=f"kyc.customer:{case.user.uid}",
            reason=RAN_OUT,
            facts={"from": str(before), "to": str(after), "customer": str(case.user.uid), "case": str(case.public_id)},
        )
        notices.notify(user=case.user, template="kyc_expired", facts={"level": str(after), "date": _day(case)})
    return 1


def _day(case: Case) -> str:
    return f"{case.document_expires_on:%Y-%m-%d}"
