"""The news of a case: what the customer is told when the case goes to an officer. Decisions tell their own outcome."""

from __future__ import annotations

from kyc.models import Case, CaseState, Level
from kyc.services import entitlements
from messaging.services import notices, webhooks

TOLD = {CaseState.SUBMITTED.value: "kyc_submitted", CaseState.RESUBMITTED.value: "kyc_resubmitted"}
"""Level 1 is decided as it is handed in: it has one message, of its outcome."""


def spread(case: Case) -> None:
    """Tell of the state that the case came to, in the transaction of the move."""
    if case.state in TOLD and case.level > Level.BASIC:
        notices.notify(user=case.user, template=TOLD[case.state], facts={"level": str(case.level)})
    facts: dict[str, str | int | None] = {
        "uid": str(case.user.uid),
        "level": case.level,
        "state": case.state,
        "case": str(case.public_id),
        "customer_level": entitlements.level_of(case.user),
    }
    webhooks.emit(f"kyc.case.{case.state}", facts)
