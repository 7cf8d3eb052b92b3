"""What a monitor reads of customers' recoveries."""

from __future__ import annotations

from accounts.models import HoldShortening, PasswordRecovery, RecoveryCase
from accounts.models.recovery import CASE_FLOW, PASSWORD_RECOVERY_FLOW, CaseState
from accounts.models.shortenings import SHORTENING_FLOW
from config.kit.gauges import follow, queue, register

OFFICERS_TURN = (CaseState.SUBMITTED, CaseState.SECOND_REVIEW)


def register_all() -> None:
    """Let them be read."""
    follow(CASE_FLOW, RecoveryCase)
    follow(PASSWORD_RECOVERY_FLOW, PasswordRecovery)
    follow(SHORTENING_FLOW, HoldShortening)
    register(
        *queue(
            "recovery_cases",
            "Recovery cases that wait for an officer",
            RecoveryCase.objects.all,
            states=OFFICERS_TURN,
            since="submitted_at",
        )
    )
