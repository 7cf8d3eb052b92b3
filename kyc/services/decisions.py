"""What officers decide. Each decision is bound to what the officer saw, under the customer's lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models.logins import LoginAct
from accounts.services import audit, logins
from config.kit import crypto
from config.kit.errors import Absent
from kyc.catalogue.reasons import REASONS
from kyc.errors import CaseChanged, LevelOutOfOrder, NotAnOfficer, NothingSentBack, OwnCase, ReasonUnknown
from kyc.models import Case, CaseDecision, CaseState, Document, DocumentState, Verdict
from kyc.models.cases import CASE_FLOW, Programme
from kyc.models.documents import DOCUMENT_FLOW
from kyc.services import cases, claims, entitlements, evidence, readings, vault
from kyc.services.readings import NOTHING_READ, Reading
from kyc.services.refusals import spoken
from messaging.services import notices

if TYPE_CHECKING:
    from accounts.models import User

OFFICERS_GROUP = "compliance"


@dataclass(frozen=True)
class _Judgement:
    verdict: Verdict
    state: CaseState
    template: str
    reason: str = ""
    reasons: Mapping[int, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    read: Reading = NOTHING_READ

    def reason_for(self, document: Document) -> str:
        """Why this document is refused."""
        return self.reasons.get(document.public_id, self.reason)


def is_officer(user: User) -> bool:
    """Whether this user decides cases."""
    return user.is_staff and user.is_active and user.groups.filter(name=OFFICERS_GROUP).exists()


def approve(*, case_id: int, officer: User, seen: str, read: Reading | None = None) -> CaseDecision:
    """Accept every document and open the level. `seen` is the fingerprint of the page that the officer looked at.

    A one-step case gives level 1 as well; for others the level below must stand.
    `read` is what the officer read from the document and the customer did not type.
    Raises NotAnOfficer, Absent, IllegalMove, CaseChanged, CaseClaimed, CaseNotClaimed, OwnCase, LevelOutOfOrder,
    BankAccountInUse, and what `readings.keep` raises; nothing is written then.
    """
    judgement = _Judgement(Verdict.APPROVE, CaseState.APPROVED, "kyc_approved", read=read or NOTHING_READ)
    return _decide(case_id, officer, seen, judgement, refused=())


def send_back(
    *,
    case_id: int,
    officer: User,
    seen: str,
    refused: Mapping[int, str] | Collection[int] = (),
    reason: str = "",
    parts: Mapping[str, str] | None = None,
) -> CaseDecision:
    """Refuse the documents with these public ids and accept the others; the customer is asked for the refused only.

    `refused` may give each document a reason of its own; `reason` is that of the others and of the case, and where it is
    left out the case has that of its first refused document. `parts` are parts of the typed data that are to be given
    anew, each with its reason; those that hang on them are asked with them.

    Raises NotAnOfficer, Absent, IllegalMove, CaseChanged, CaseClaimed, CaseNotClaimed, OwnCase, ReasonUnknown, NothingSentBack,
    PartUnknown, PartSettled (a level stands on it, or documents have proven it).
    """
    parts = parts or {}
    if not refused and not parts:
        raise NothingSentBack
    reasons = {int(number): (refused[number] if isinstance(refused, Mapping) else "") or reason for number in refused}
    whole = reason or next(iter([*reasons.values(), *parts.values()]))
    judgement = _Judgement(Verdict.SEND_BACK, CaseState.SENT_BACK, "kyc_sent_back", whole, reasons, parts)
    return _decide(case_id, officer, seen, judgement, refused=reasons.keys())


def reject(*, case_id: int, officer: User, seen: str, reason: str) -> CaseDecision:
    """End the case without the level; the customer may open a new one.

    Raises NotAnOfficer, Absent, IllegalMove, CaseChanged, CaseClaimed, CaseNotClaimed, OwnCase, ReasonUnknown.
    """
    judgement = _Judgement(Verdict.REJECT, CaseState.REJECTED, "kyc_rejected", reason)
    return _decide(case_id, officer, seen, judgement, refused=None)


def _decide(case_id: int, officer: User, seen: str, judgement: _Judgement, refused: Collection[int] | None) -> CaseDecision:
    if not is_officer(officer):
        raise NotAnOfficer
    _known_reason(judgement)
    with spoken(), transaction.atomic():
        case = _locked(case_id)
        current = evidence.of(case)
        CASE_FLOW.check(case.state, judgement.state)
        if not crypto.equal(current.fingerprint, seen):
            raise CaseChanged
        if case.user_id == officer.pk:
            raise OwnCase
        claims.require_own(case, officer)
        if judgement.verdict == Verdict.APPROVE:
            _require_level_below(case)
            claims.require_seen(case, current.documents)
            readings.keep(case, judgement.read)
        judgement = replace(judgement, parts=readings.refuse(case, judgement.parts))
        marked = _mark(current.documents, judgement, refused)
        decision = CaseDecision.objects.create(
            case=case,
            customer_id=case.user_id,
            officer_id=officer.pk,
            verdict=judgement.verdict,
            reason=judgement.reason,
            seen=[
                *(_line(document, marked[document.pk], judgement) for document in current.documents),
                *({"part": part, "refused": True, "reason": why} for part, why in judgement.parts.items()),
            ],
            seen_hash=bytes.fromhex(current.fingerprint),
        )
        levels = _move(case, officer, judgement)
        claims.end(case)
        _tell(case, officer, judgement, levels)
        return decision


def _locked(case_id: int) -> Case:
    found = Case.objects.filter(public_id=case_id).select_related("user").first()
    if found is None:
        raise Absent(thing="case")
    vault.lock(found.user)
    return Case.objects.select_for_update(of=("self",)).select_related("user").get(pk=found.pk)


def _require_level_below(case: Case) -> None:
    """It may have been taken away while the case waited. One step stands for the level below too."""
    if case.programme != Programme.ONE_STEP and entitlements.level_of(case.user) < case.level - 1:
        raise LevelOutOfOrder(level=case.level, required_level=case.level - 1)


def _move(case: Case, officer: User, judgement: _Judgement) -> list[int]:
    """Move the case; answers the levels to tell of: each one reached, with those that stand again, or the one kept."""
    before = entitlements.level_of(case.user)
    if judgement.verdict == Verdict.APPROVE:
        cases.grant_below(case, officer=officer)
    cases.move(case, judgement.state, actor=officer, reason=judgement.reason)
    if judgement.verdict != Verdict.APPROVE:
        return [case.level]
    after = entitlements.level_of(case.user)
    return list(range(before + 1, after + 1)) or [after]


def _known_reason(judgement: _Judgement) -> None:
    if judgement.verdict == Verdict.APPROVE:
        return
    for slug in {judgement.reason, *judgement.reasons.values(), *judgement.parts.values()}:
        known = REASONS.get(slug)
        if known is None or judgement.verdict not in known.verdicts:
            raise ReasonUnknown


def _mark(documents: Collection[Document], judgement: _Judgement, refused: Collection[int] | None) -> Mapping[int, bool]:
    """Give each document its state. `refused` None means: those that nobody accepted yet."""
    if refused is not None and not {int(number) for number in refused} <= {d.public_id for d in documents}:
        raise CaseChanged
    marked: dict[int, bool] = {}
    for document in documents:
        bad = document.state != DocumentState.ACCEPTED if refused is None else document.public_id in refused
        marked[document.pk] = bad
        target = DocumentState.REFUSED if bad else DocumentState.ACCEPTED
        if document.state == target:
            continue
        DOCUMENT_FLOW.check(document.state, target)
        document.state, document.reason = target, judgement.reason_for(document) if bad else ""
        document.save(update_fields=["state", "reason"])
    return marked


def _line(document: Document, refused: bool, judgement: _Judgement) -> dict[str, object]:
    return {
        "document": str(document.public_id),
        "kind": document.kind,
        "sha256": document.fingerprint,
        "refused": refused,
        **({"reason": judgement.reason_for(document)} if refused and judgement.reasons else {}),
    }


def _tell(case: Case, officer: User, judgement: _Judgement, levels: Collection[int]) -> None:
    audit.record(
        actor=officer,
        actor_kind="staff",
        act=f"kyc.{judgement.verdict}",
        subject=f"kyc.case:{case.public_id}",
        reason=judgement.reason,
        facts={"level": str(case.level), "customer": str(case.user.uid)},
    )
    facts = {"reason": REASONS[judgement.reason].text(case.user.language)} if judgement.reason else {}
    if judgement.verdict == Verdict.APPROVE:
        logins.note(user=case.user, act=LoginAct.IDENTITY_VERIFIED)
    for level in levels:
        notices.notify(user=case.user, template=judgement.template, facts={**facts, "level": str(level)})
