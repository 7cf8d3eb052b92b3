"""How recovery cases end: by their customer's word, or by whoever closes them under their lock."""

from __future__ import annotations

from django.db import transaction

from accounts.models import RecoveryCase, User
from accounts.models.logins import LoginAct
from accounts.models.recovery import CASE_FLOW, CaseState, RecoveryCause
from accounts.services import changes
from accounts.services.clients import Client
from config.kit.clock import now

OPEN = tuple(state for state in CaseState if state.value not in CASE_FLOW.ends)


def cancel(*, case: RecoveryCase, client: Client) -> RecoveryCase:
    """End the case because its customer says so; every bound channel is told. Raises IllegalMove."""
    with transaction.atomic():
        case = locked(case)
        close(case, CaseState.CANCELLED)
        changes.follow(user=case.user, act=LoginAct.RECOVERY_CANCELLED, client=client)
    return case


def cancel_for_owner(*, user: User, client: Client) -> None:
    """Who signs in with the second factor has not lost it: an open case that says so ends, in the caller's transaction."""
    for case in RecoveryCase.objects.filter(user=user, cause=RecoveryCause.SECOND_FACTOR, state__in=OPEN):
        cancel(case=case, client=client)


def cancel_at_freeze(*, user: User, client: Client) -> None:
    """What was opened before its owner froze the account may be a thief's: it ends, in the caller's transaction.

    Otherwise it would, once approved, lift the very freeze that was to stop it.
    """
    for case in RecoveryCase.objects.filter(user=user, state__in=OPEN):
        cancel(case=case, client=client)


def locked(case: RecoveryCase) -> RecoveryCase:
    """The case with its user, both locked, in the caller's transaction."""
    user = User.objects.select_for_update().get(pk=case.user_id)
    found = RecoveryCase.objects.select_for_update().get(pk=case.pk)
    found.user = user
    return found


def close(case: RecoveryCase, state: CaseState) -> None:
    """Move the locked case into one of its ends. Raises IllegalMove."""
    CASE_FLOW.check(case.state, state)
    case.state, case.ended_at, case.selfie_due_by = state, now(), None
    case.save(update_fields=["state", "ended_at", "selfie_due_by"])
