"""A forgotten password where a dialect has one door for all proofs and the new password.

It is the state machine of `password_recovery`, walked in one request: what is due stands to be shown beside the code, and
what is missing is refused. The rows come from codes that were asked for by name (`name_codes`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from accounts.errors import RecoveryCodeWrong, RecoverySecondDue
from accounts.models import PasswordRecovery, Status, User
from accounts.models.recovery import PasswordRecoveryState as State
from accounts.services import names, password_change, password_recovery, passwords
from accounts.services import recovery_rows as rows
from accounts.services.clients import Client
from accounts.services.password_recovery import ID_CARD, nowhere
from accounts.services.passwords import Given
from accounts.services.second_factor import Method, Proof
from config.kit.crypto import token as new_token
from messaging.models import Channel

NOBODY = 0
"""A key that no user has."""


@dataclass(frozen=True, repr=False)
class Beside:
    """What may be due beside the code: that of the authenticator, one sent to the phone, or the document's number."""

    totp: str
    phone_code: str
    id_number_fits: Callable[[User], bool] | None


def recover(*, login: str, code: str, beside: Beside, new: Given, client: Client, has_identity: Callable[[User], bool]) -> None:
    """Show the code that was sent for this name, and what else is due, and set the new password.

    Where no recovery waits for a code, each is wrong, and counted alike. The code is spent also where a further proof is
    missing or wrong.
    Raises PasswordRefused, RecoveryCodeWrong, CodeExpired, TooManyAttempts, RecoveryLocked, RecoveryInvalid,
    RecoverySecondDue, RecoveryProofWrong, WrongCode, and what `password_change.recover` raises.
    """
    passwords.check_rules(new)
    channel, destination = _destination(login)
    recovery = rows.waiting(channel, destination)
    tried = rows.begin(recovery or rows.nobodys(channel, destination), client)
    if recovery is None:
        raise RecoveryCodeWrong(failures=tried[1].failures, attempts_left=0)
    state = password_recovery.take_code(recovery, tried, destination=destination, code=code, has_identity=has_identity)
    token = new_token()
    moved = rows.move(recovery, state, token=token)
    if state != State.PROVEN:
        _prove_second(moved, token, beside, client, has_identity)
    password_change.recover(token=token, new=new, client=client)


def _destination(login: str) -> tuple[str, str]:
    """Where the code of this name went: to the account's mailbox, to its phone where it has none, else to nobody."""
    name = names.read(login)
    user = User.objects.filter(name.query or Q(pk=NOBODY), is_staff=False).exclude(status=Status.DELETED).first()
    if user is not None and user.email:
        return Channel.EMAIL.value, user.email
    if user is not None and user.phone:
        return Channel.SMS.value, user.phone
    unknown = name.counted.removeprefix("email:") if name.counted.startswith("email:") else nowhere(f"{name.counted} ")
    return Channel.EMAIL.value, unknown


def _prove_second(
    recovery: PasswordRecovery, token: str, beside: Beside, client: Client, has_identity: Callable[[User], bool]
) -> None:
    due = password_recovery.second_methods(recovery)
    if Method.TOTP.value in due and beside.totp:
        password_recovery.prove_second(token=token, proof=Proof(Method.TOTP, beside.totp), client=client)
    elif Method.PHONE.value in due and beside.phone_code:
        _prove_phone(recovery, beside.phone_code, client, has_identity)
    elif ID_CARD in due and beside.id_number_fits is not None:
        password_recovery.prove_by_identity(token=token, matches=beside.id_number_fits, client=client)
    else:
        raise RecoverySecondDue(methods=list(due))


def _prove_phone(recovery: PasswordRecovery, code: str, client: Client, has_identity: Callable[[User], bool]) -> None:
    """The code that went to the account's phone, in a recovery of its own that ends here."""
    phone = recovery.user.phone if recovery.user is not None else None
    other = rows.waiting(Channel.SMS, phone) if phone else None
    if other is None or phone is None or other.user_id != recovery.user_id:
        raise RecoverySecondDue(methods=[Method.PHONE.value])
    tried = rows.begin(other, client)
    password_recovery.take_code(other, tried, destination=phone, code=code, has_identity=has_identity)
    rows.move(other, State.ENDED)
    rows.move(recovery, State.PROVEN)
