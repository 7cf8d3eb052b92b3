"""A forgotten password in dialects whose clients name a code by the order of its sending.

They begin by asking for a code, which tells them no token: the row is found by destination, and its token is drawn when
the code was shown. All else is the state machine of `password_recovery`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.errors import RecoveryCodeWrong, RecoveryOrderDue
from accounts.models import User
from accounts.services import password_recovery
from accounts.services import recovery_rows as rows
from accounts.services.clients import Client
from accounts.services.password_recovery import Progress
from accounts.services.second_factor import CHANNEL, Method, Proof
from config.kit.crypto import token as new_token
from messaging.errors import CodeExpired
from messaging.services.destinations import normalise


@dataclass(frozen=True, repr=False)
class Proven:
    """The token that names the row from now on, told this once, and how far it has come."""

    token: str
    progress: Progress


def prove_code(
    *,
    channel: str,
    destination: str,
    order: str,
    code: str,
    client: Client,
    device_token: str | None = None,
    has_identity: Callable[[User], bool],
) -> Proven:
    """Show the code that `password_recovery.start` sent to the destination, and the order of that sending.

    Another order makes the code wrong, and so does a code that is too old. Where no recovery waits for a code, each is
    wrong, and counted alike: the answers tell of nothing. Counted as `password_recovery.prove_code` counts.
    Raises InvalidEmail, InvalidPhone, RecoveryCodeWrong, RecoveryInvalid, TooManyAttempts, RecoveryLocked.
    """
    wanted = normalise(channel, destination)
    recovery = rows.waiting(channel, wanted)
    tried = rows.begin(recovery or rows.nobodys(channel, wanted), client, device_token)
    if recovery is None:
        raise RecoveryCodeWrong(failures=tried[1].failures, attempts_left=0)
    try:
        state = password_recovery.take_code(
            recovery, tried, destination=wanted, code=code, order=order, has_identity=has_identity
        )
    except CodeExpired:
        raise RecoveryCodeWrong(failures=tried[1].failures, attempts_left=0) from None
    token = new_token()
    return Proven(token, password_recovery.progress(rows.move(recovery, state, token=token)))


def prove_second(*, token: str, order: str, code: str, client: Client) -> Progress:
    """Show the second proof: the code of the authenticator, or order and code of what went to the other channel.

    Raises RecoveryOrderDue where a code was sent and comes without its order; RecoveryInvalid, RecoveryProofWrong,
    TooManyAttempts, RecoveryLocked.
    """
    due = password_recovery.due(token=token, client=client)
    sent = next((Method(way) for way in due if way in CHANNEL), None)
    if sent is not None and not order:
        raise RecoveryOrderDue(channel=sent.value)
    proof = Proof(sent or Method.TOTP, code, order=order or None)
    return password_recovery.prove_second(token=token, proof=proof, client=client, tells_failures=True)
