"""What we know of one customer, in the clear, as data for the export."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from accounts.models import LegalHold, RecoveryCase
from config.kit import clock
from config.kit.crypto import Unsealable
from kyc.models import BankAccount, Case, CaseDecision, CaseEvent, Document, NamedNumber, RecoverySelfie, Retention
from kyc.services import applications, bank_accounts, identity, named_numbers

if TYPE_CHECKING:
    from accounts.models import User


def gathered(customer: User) -> dict[str, Any]:
    """Account, person, cases, bank accounts, recoveries, legal holds and how long it is all kept."""
    person = identity.read(customer)
    holds = LegalHold.objects.filter(customer=customer).order_by("pk")
    accounts = BankAccount.objects.filter(user=customer).select_related("case", "officer").order_by("pk")
    return {
        "exported_at": clock.now(),
        "account": {
            name: getattr(customer, name)
            for name in ("uid", "email", "phone", "username", "status", "language", "registered_at", "registered_ip")
        },
        "person": asdict(person) if person else None,
        "numbers_named": [_number(row) for row in NamedNumber.objects.filter(user=customer).order_by("pk")],
        "cases": [_case(case) for case in Case.objects.filter(user=customer).order_by("pk")],
        "bank_accounts": [_bank_account(account) for account in accounts],
        "recoveries": [_recovery(case) for case in RecoveryCase.objects.filter(user=customer).order_by("pk")],
        "legal_holds": list(holds.values("public_id", "reason", "since", "lift_reason", "lifted_at")),
        "retention": list(Retention.objects.filter(user=customer).values("case__public_id", "starts_at", "retain_until")),
    }


def _number(row: NamedNumber) -> dict[str, Any]:
    """A document number that the customer ever named; whose it was instead is not this customer's to tell."""
    facts: dict[str, Any] = {"country": row.country, "named_at": row.named_at, "refused_at": row.refused_at}
    with suppress(Unsealable):
        facts["number"] = named_numbers.named(row).text
    return facts


def _bank_account(account: BankAccount) -> dict[str, Any]:
    """One that was ever named, within a case or without."""
    try:
        details = asdict(bank_accounts.details_of(account))
    except Unsealable:
        details = {"country": account.country, "bank_code": account.bank_code, "branch_code": account.branch_code}
    return {
        "id": account.public_id,
        "case": account.case.public_id if account.case else None,
        **details,
        "state": account.state,
        "reason": account.reason,
        "by": account.officer.uid if account.officer else None,
        "named_at": account.created_at,
        "decided_at": account.decided_at,
        "usable_from": account.usable_from,
    }


def _recovery(case: RecoveryCase) -> dict[str, Any]:
    decisions = case.decisions.select_related("officer").order_by("pk")
    selfies = RecoverySelfie.objects.filter(case=case).order_by("pk")
    return {
        "id": case.public_id,
        "cause": case.cause,
        "state": case.state,
        "statement": case.statement,
        "ip": case.ip,
        "opened_at": case.created_at,
        "submitted_at": case.submitted_at,
        "waits_until": case.waits_until,
        "ended_at": case.ended_at,
        "selfies": [
            {"id": one.public_id, "sha256": one.fingerprint, "challenge": one.challenge, "uploaded_at": one.uploaded_at}
            for one in selfies
        ],
        "decisions": [
            {"at": one.at, "by": one.officer.uid, "verdict": one.verdict, "reason": one.reason, "told": one.reason_slug}
            | {"selfie_sha256": bytes(one.selfie_sha256).hex()}
            for one in decisions
        ],
    }


def _case(case: Case) -> dict[str, Any]:
    decisions = CaseDecision.objects.filter(case=case).select_related("officer").order_by("pk")
    events = CaseEvent.objects.filter(case=case).select_related("actor").order_by("pk")
    try:
        answers, bank = applications.questionnaire_of(case), applications.bank_account_of(case)
    except Unsealable:
        answers, bank = {}, None
    return {
        "id": case.public_id,
        "level": case.level,
        "programme": case.programme,
        "state": case.state,
        "country": case.country,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "decided_at": case.decided_at,
        "questionnaire": answers,
        "bank_account": asdict(bank) if bank else None,
        "decisions": [
            {"at": one.at, "by": one.officer.uid, "verdict": one.verdict, "reason": one.reason, "seen": one.seen}
            for one in decisions
        ],
        "events": [
            {"at": one.at, "from": one.from_state, "to": one.to_state, "by": one.actor.uid if one.actor else "system"}
            | {"reason": one.reason}
            for one in events
        ],
        "documents": [
            {
                "id": document.public_id,
                "kind": document.kind,
                "state": document.state,
                "sha256": document.fingerprint,
                "uploaded_at": document.uploaded_at,
                "pages": document.page_count,
            }
            for document in Document.objects.filter(case=case).order_by("pk")
        ],
    }
