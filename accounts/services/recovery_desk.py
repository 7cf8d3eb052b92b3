"""What officers decide about recovery cases. Two must approve the very same picture; stopping takes one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.errors import (
    RecoveryAlreadyDecided,
    RecoveryNotAnOfficer,
    RecoveryOwnCase,
    RecoveryReasonInvalid,
    SelfieChanged,
)
from accounts.models import RecoveryCase, RecoveryDecision, User
from accounts.models.recovery import CASE_FLOW, CaseState, LinkAct, Verdict
from accounts.services import audit, links, recovery_cases, recovery_ends, recovery_reasons, staff
from config.kit.clock import now
from config.kit.crypto import equal
from config.kit.errors import Absent
from config.kit.ids import read_public_id
from messaging.services.notices import notify

ROLE = "compliance"
REASON_LENGTH_MIN, REASON_LENGTH_MAX = 10, 1000
CLAIM = timedelta(minutes=15)
"""For how long others are told that an officer is looking at the case."""
DECIDABLE = (CaseState.SUBMITTED, CaseState.SECOND_REVIEW)
"""States in which an officer has the next move."""


def approve(*, case_id: Any, officer: User, reason: str, seen: bytes) -> RecoveryCase:
    """Write the officer's approval of the picture with the SHA-256 `seen`; the second one starts the waiting time.

    Raises RecoveryNotAnOfficer, RecoveryReasonInvalid, Absent, IllegalMove, SelfieChanged, RecoveryOwnCase,
    RecoveryAlreadyDecided; nothing is written then.
    """
    _require_officer(officer)
    _check_reason(reason)
    with transaction.atomic():
        case = _locked(case_id)
        first = case.state == CaseState.SUBMITTED
        target = CaseState.SECOND_REVIEW if first else CaseState.WAITING
        CASE_FLOW.check(case.state, target)
        _decide(case, officer, Verdict.APPROVE, reason, "", seen)
        case.state = target
        if not first:
            case.waits_until = now() + timedelta(hours=settings.RECOVERY_WAIT_HOURS)
        case.claimed_by, case.claimed_at = None, None
        case.save(update_fields=["state", "waits_until", "claimed_by", "claimed_at"])
        if case.waits_until is not None:
            link = links.draw(user=case.user, act=LinkAct.CANCEL_RECOVERY, case=case)
            until = f"{case.waits_until:%Y-%m-%d %H:%M} UTC"
            notify(user=case.user, template="recovery_approved", facts={"until": until, "link": link})
    return case


def send_back(*, case_id: Any, officer: User, reason: str, reason_slug: str, seen: bytes) -> RecoveryCase:
    """Ask for a new selfie, with a new number; approvals of the old one count no more.

    Raises as `approve` does.
    """
    _require_officer(officer)
    _check_reason(reason, reason_slug, Verdict.SEND_BACK)
    with transaction.atomic():
        case = _locked(case_id)
        CASE_FLOW.check(case.state, CaseState.SENT_BACK)
        _decide(case, officer, Verdict.SEND_BACK, reason, reason_slug, seen)
        case.state = CaseState.SENT_BACK
        case.challenge = recovery_cases.new_challenge()
        case.selfie_due_by = now() + timedelta(days=recovery_cases.SELFIE_DAYS)
        case.claimed_by, case.claimed_at = None, None
        case.save(update_fields=["state", "challenge", "selfie_due_by", "claimed_by", "claimed_at"])
        link = links.draw(user=case.user, act=LinkAct.CANCEL_RECOVERY, case=case)
        _tell(case, "recovery_sent_back", reason_slug, link=link)
    return case


def reject(*, case_id: Any, officer: User, reason: str, reason_slug: str, seen: bytes) -> RecoveryCase:
    """End the case; also while the waiting time runs, and by an officer who had approved. Raises as `approve` does."""
    _require_officer(officer)
    _check_reason(reason, reason_slug, Verdict.REJECT)
    with transaction.atomic():
        case = _locked(case_id)
        CASE_FLOW.check(case.state, CaseState.REJECTED)
        _decide(case, officer, Verdict.REJECT, reason, reason_slug, seen)
        recovery_ends.close(case, CaseState.REJECTED)
        _tell(case, "recovery_rejected", reason_slug)
    return case


def claim(*, case: RecoveryCase, officer: User) -> User | None:
    """Note that the officer looks at the case; answers the other officer who does so already."""
    if case.state not in DECIDABLE:
        return None
    other = claimed_by(case)
    if other is not None and other.pk != officer.pk:
        return other
    RecoveryCase.objects.filter(pk=case.pk, state__in=DECIDABLE).update(claimed_by=officer, claimed_at=now())
    return None


def claimed_by(case: RecoveryCase) -> User | None:
    """Who has looked at the case in the last minutes."""
    is_held = case.claimed_at is not None and case.claimed_at > now() - CLAIM
    return case.claimed_by if is_held else None


def in_hand(user: User, officer: User) -> RecoveryCase | None:
    """The recovery of this customer that waits for a decision and that the officer, and nobody else, looks at."""
    held = RecoveryCase.objects.filter(user_id=user.pk, state__in=DECIDABLE, claimed_by=officer)
    return held.filter(claimed_at__gt=now() - CLAIM).order_by("-pk").first()


def has_approved(decisions: Iterable[RecoveryDecision], case: RecoveryCase, officer: User) -> bool:
    """Whether the officer is among those who approved the picture that the case has now."""
    digest = bytes(case.selfie_sha256 or b"")
    own = (decision for decision in decisions if decision.officer_id == officer.pk)
    return any(decision.verdict == Verdict.APPROVE and bytes(decision.selfie_sha256) == digest for decision in own)


def is_officer(user: User) -> bool:
    """Whether this user decides recovery cases."""
    return staff.has_role(user, ROLE)


def has_two_approvals(case: RecoveryCase) -> bool:
    """Whether two officers, neither the customer, have approved the picture that the case has now."""
    approved = case.decisions.filter(verdict=Verdict.APPROVE, selfie_sha256=case.selfie_sha256)
    return approved.exclude(officer_id=case.user_id).values("officer_id").distinct().count() >= 2


def _require_officer(officer: User) -> None:
    if not is_officer(officer):
        raise RecoveryNotAnOfficer


def _check_reason(reason: str, slug: str = "", verdict: Verdict = Verdict.APPROVE) -> None:
    long_enough = REASON_LENGTH_MIN <= len(reason.strip()) <= REASON_LENGTH_MAX
    known = recovery_reasons.REASONS.get(slug)
    if not long_enough or (verdict != Verdict.APPROVE and (known is None or verdict not in known.verdicts)):
        raise RecoveryReasonInvalid(characters_min=REASON_LENGTH_MIN, characters_max=REASON_LENGTH_MAX)


def _locked(case_id: Any) -> RecoveryCase:
    number = read_public_id(case_id)
    found = RecoveryCase.objects.filter(public_id=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="recovery case")
    return recovery_ends.locked(found)


def _decide(case: RecoveryCase, officer: User, verdict: Verdict, reason: str, slug: str, seen: bytes) -> None:
    """Write decision and audit record; the database has the last word about who may."""
    if not equal(bytes(case.selfie_sha256 or b""), seen):
        raise SelfieChanged
    try:
        with transaction.atomic():
            RecoveryDecision.objects.create(
                case=case,
                officer=officer,
                customer_id=case.user_id,
                verdict=verdict,
                reason=reason.strip(),
                reason_slug=slug,
                selfie_sha256=seen,
                at=now(),
            )
    except IntegrityError as refusal:
        if "accounts_recoverydecision_not_ones_own" in str(refusal):
            raise RecoveryOwnCase from refusal
        if "accounts_recoverydecision_one_approval_each" in str(refusal):
            raise RecoveryAlreadyDecided from refusal
        raise
    audit.record(
        actor=officer,
        actor_kind="staff",
        act=f"accounts.recovery.{verdict}",
        subject=f"accounts.recoverycase:{case.public_id}",
        reason=reason.strip(),
        facts={"customer": str(case.user.uid), "selfie": seen.hex(), "told": slug},
    )


def _tell(case: RecoveryCase, template: str, slug: str, **facts: str) -> None:
    told = recovery_reasons.text_of(slug, case.user.language)
    notify(user=case.user, template=template, facts={"reason": told, **facts})
