"""What a monitor reads of customers' recoveries."""

from __future__ import annotations

from accounts.models import RecoveryCase
from accounts.models.recovery import CaseState
from config.kit.gauges import queue, register

OFFICERS_TURN = (CaseState.SUBMITTED, CaseState.SECOND_REVIEW)


def register_all() -> None:
    """Let them be read."""
    register(
        *queue(
            "recovery_cases",
            "Recovery cases that wait for an officer",
            RecoveryCase.objects.all,
            states=OFFICERS_TURN,
            since="submitted_at",
        )
    )
