"""What the clock does with recovery cases: completes those whose waiting time is over, and lets others expire."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import AppToken, Authenticator, Passkey, RecoveryCase, RecoveryCode, User
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.recovery import CaseState
from accounts.models.sessions import EndCause
from accounts.models.users import SecondFactorChannel
from accounts.services import audit, changes, clients, freezing, holds, logins, recovery_cases, recovery_desk, recovery_ends
from config.kit.clock import now
from config.kit.network import UNKNOWN_ADDRESS

logger = logging.getLogger(__name__)
AT_ONCE_MAX = 100
"""Cases of one run; the next run takes the rest."""


def complete_due() -> int:
    """Complete the cases whose waiting time is over; how many. May run twice, and beside itself."""
    due = RecoveryCase.objects.filter(state=CaseState.WAITING, waits_until__lte=now()).order_by("waits_until")
    return _each(due, complete)


def expire_due() -> int:
    """End the cases whose selfie did not come in time; how many."""
    due = RecoveryCase.objects.filter(state__in=recovery_cases.SELFIE_DUE, selfie_due_by__lte=now()).order_by("selfie_due_by")
    return _each(due, expire)


def _each(due: QuerySet[RecoveryCase], act: Callable[[int], bool]) -> int:
    served = 0
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE_MAX]):
        try:
            served += act(pk)
        except Exception:
            # One case that can't be served must not keep the others waiting; the next run meets it again.
            logger.exception("a recovery case could not be served", extra={"case": pk})
    return served


def complete(pk: int) -> bool:
    """Let the customer in again: factors, log-in codes and known devices are gone, sessions ended, money waits 72 hours.

    False where the case isn't due any more: cancelled, rejected, or completed by another worker.
    """
    with transaction.atomic():
        case = recovery_ends.locked(RecoveryCase.objects.get(pk=pk))
        if case.state != CaseState.WAITING or case.waits_until is None or case.waits_until > now():
            return False
        if not recovery_desk.has_two_approvals(case):
            logger.critical("a recovery case waits without two approvals", extra={"case": case.public_id})
            return False
        recovery_ends.close(case, CaseState.COMPLETED)
        _let_in(case.user, ip=case.ip or UNKNOWN_ADDRESS)
        return True


def expire(pk: int) -> bool:
    """End a case that waits for a selfie and got none. False where one came meanwhile."""
    with transaction.atomic():
        case = recovery_ends.locked(RecoveryCase.objects.get(pk=pk))
        if case.state not in recovery_cases.SELFIE_DUE or case.selfie_due_by is None or case.selfie_due_by > now():
            return False
        recovery_ends.close(case, CaseState.EXPIRED)
        audit.record(
            actor=None,
            actor_kind="system",
            act="accounts.recovery.expired",
            subject=f"accounts.recoverycase:{case.public_id}",
            facts={"customer": str(case.user.uid)},
        )
        return True


def _let_in(user: User, *, ip: str) -> None:
    Authenticator.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    user.second_factor_channel = SecondFactorChannel.NONE
    user.save(update_fields=["second_factor_channel"])
    AppToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now())
    client = clients.describe(ip=ip, user_agent="")
    freeze = freezing.current(user)
    if freeze is not None and freezing.is_owners_alone(freeze):
        freezing.end(user, freeze)
        logins.note(user=user, act=LoginAct.THAWED, client=client)
    until = now() + timedelta(hours=holds.RECOVERY_HOURS)
    changes.follow(
        user=user,
        act=LoginAct.RECOVERY_COMPLETED,
        client=client,
        ends=EndCause.RECOVERED,
        hold=Cause.RECOVERY,
        hold_hours=holds.RECOVERY_HOURS,
        forget_devices=True,
        facts={"until": f"{until:%Y-%m-%d %H:%M} UTC"},
        is_automatic=True,
    )
