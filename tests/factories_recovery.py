"""Freezes, links and recovery cases for tests, made through the services."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from accounts.models import RecoveryCase, User
from accounts.models.recovery import LinkAct, RecoveryCause
from accounts.services import code_requests, links, recovery_cases, recovery_completion, recovery_desk
from config.kit.clock import now
from messaging.models import Purpose
from tests.factories_accounts import CLIENT, IP, PASSWORD, bind_totp, customer, officer
from tests.factories_messaging import pass_time_for_resend, read_code

SAW = "Face and number agree with the verified documents."


def link_token(user: User, act: LinkAct = LinkAct.FREEZE, case: RecoveryCase | None = None) -> str:
    """The token of a new link of the user's."""
    return links.draw(user=user, act=act, case=case).rpartition("#")[2]


def code_for(user: User) -> str:
    """The code that opens the user's case, as it was mailed."""
    pass_time_for_resend()
    code_requests.ask(purpose=Purpose.ACCOUNT_RECOVERY, email=user.email, phone=None, session=None, language="en", ip=IP)
    return read_code(user.email or "")


def locked_out() -> User:
    """A customer whose authenticator is bound and, so they say, lost."""
    user = customer()
    bind_totp(user)
    return user


def opened(user: User | None = None, cause: RecoveryCause = RecoveryCause.SECOND_FACTOR) -> recovery_cases.Opened:
    """A case that waits for its selfie, with its token."""
    user = user or locked_out()
    return recovery_cases.open_case(
        email=user.email,
        phone=None,
        code=code_for(user),
        password=PASSWORD,
        cause=cause,
        statement="Phone lost.",
        client=CLIENT,
    )


def picture() -> bytes:
    """The SHA-256 of some picture that nobody has shown."""
    return hashlib.sha256(secrets.token_bytes(8)).digest()


def submitted(user: User | None = None, cause: RecoveryCause = RecoveryCause.SECOND_FACTOR) -> RecoveryCase:
    """A case with a selfie, before the first officer. Pictures themselves are told in kyc's tests."""
    made = opened(user, cause)
    return recovery_cases.submit(token=made.token, selfie_reference="1", selfie_sha256=picture())


def approve(case: RecoveryCase, by: User | None = None) -> RecoveryCase:
    """Approved by this officer, or a new one, who saw what is there."""
    case.refresh_from_db()
    return recovery_desk.approve(
        case_id=case.public_id, officer=by or officer("compliance")[0], reason=SAW, seen=bytes(case.selfie_sha256 or b"")
    )


def waiting(user: User | None = None, cause: RecoveryCause = RecoveryCause.SECOND_FACTOR) -> RecoveryCase:
    """Approved by two officers; the waiting time runs."""
    case = submitted(user, cause)
    approve(case)
    return approve(case)


def let_time_pass(case: RecoveryCase) -> None:
    """As if the waiting time were over."""
    RecoveryCase.objects.filter(pk=case.pk).update(waits_until=now() - timedelta(seconds=1))


def completed(user: User | None = None, cause: RecoveryCause = RecoveryCause.SECOND_FACTOR) -> RecoveryCase:
    """Completed by the clock."""
    case = waiting(user, cause)
    let_time_pass(case)
    assert recovery_completion.complete_due() == 1
    case.refresh_from_db()
    return case
