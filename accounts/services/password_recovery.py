"""A forgotten password: code → second factor, other channel or identity → new password, bound to one request row.

Whoever asks gets a row and a token, and every step is answered from the row. A name that nobody has, or whose account
may not be recovered (officers, sub-accounts, stopped accounts), gets a row without a user: no code fits it. A step that
is skipped, repeated, late or done with somebody else's token is refused with one answer.

The second factor is never bypassed: where one is bound that is no code, nothing else takes its place here. Who lost it
goes through a recovery case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.errors import AccountUnknown, RecoveryCodeWrong, RecoveryInvalid, RecoveryProofWrong
from accounts.models import PasswordRecovery, User
from accounts.models.logins import LoginAct
from accounts.models.recovery import PasswordRecoveryState as State
from accounts.services import captcha_doors, logins, names, second_factor, strictness
from accounts.services import recovery_rows as rows
from accounts.services.captcha_doors import Captcha, Door
from accounts.services.clients import Client
from accounts.services.second_factor import Method, Proof
from config.kit.clock import now
from config.kit.crypto import keyed_hash, token_hash
from config.kit.crypto import token as new_token
from messaging.errors import CodeExpired, CodeRefused, WrongCode
from messaging.models import Channel, Purpose
from messaging.services import codes
from messaging.services.codes import SentCode
from messaging.services.destinations import normalise

LIFETIME = timedelta(minutes=30)
"""From the first step to the last."""
ID_CARD = "id_card"
"""The method of a recovery whose second proof is the number of the verified identity document."""


@dataclass(frozen=True, repr=False)
class Started:
    """The token that names the row, told this once, and where the code went."""

    token: str
    expires_at: datetime
    sent: SentCode


@dataclass(frozen=True)
class Progress:
    """How far a recovery has come; `methods` are those of which one is due, told only to who proved the code."""

    state: str
    methods: tuple[str, ...]
    expires_at: datetime


def start(*, channel: str, destination: str, language: str, client: Client, captcha: Captcha = captcha_doors.NONE) -> Started:
    """Begin a recovery by email or phone: a code goes out, or a message that there is no account; all else is alike.

    A former recovery by this destination whose code was not shown is over.
    Raises InvalidEmail, InvalidPhone, TooManyCodes, what a captcha raises; AccountUnknown only where STRICT_CODES is on.
    """
    channel = Channel(channel).value
    wanted = normalise(channel, destination)
    captcha_doors.ask(Door.RECOVERY_CODE, captcha, ip=client.ip)
    user = _recoverable(channel, wanted)
    if user is None and strictness.may_tell(client.ip):
        raise AccountUnknown
    return _begin(user, channel, wanted, language=language, client=client)


def start_by_bare_phone(*, number: str, language: str, client: Client, captcha: Captcha = captcha_doors.NONE) -> Started:
    """Begin a recovery by a phone without its country, where one account's phone alone ends in it; else as for nobody.

    Raises TooManyCodes, what a captcha raises; AccountUnknown only where STRICT_CODES is on.
    """
    name = names.read_contact(number)
    owner = User.objects.filter(name.query).first() if name.query is not None else None
    if owner is not None and owner.phone:
        return start(channel=Channel.SMS, destination=owner.phone, language=language, client=client, captcha=captcha)
    captcha_doors.ask(Door.RECOVERY_CODE, captcha, ip=client.ip)
    if strictness.may_tell(client.ip):
        raise AccountUnknown
    return start_for_nobody(name=name.counted, language=language, client=client)


def start_for_nobody(*, name: str, language: str, client: Client) -> Started:
    """Do for a name that leads nowhere what `start` does for an address; nothing is sent. Raises TooManyCodes."""
    return _begin(None, Channel.EMAIL.value, nowhere(name), language=language, client=client, is_silent=True)


def nowhere(name: str) -> str:
    """The address that stands for a name that leads nowhere: always the same one, and nobody's."""
    return f"{keyed_hash('accounts.password-recovery.nobody', name).hex()[:32]}@unknown.invalid"


def _begin(user: User | None, channel: str, wanted: str, *, language: str, client: Client, is_silent: bool = False) -> Started:
    text, moment = new_token(), now()
    tag = rows.tag(channel, wanted)
    with transaction.atomic():
        PasswordRecovery.objects.filter(rows.of_destination(tag), state=State.STARTED).update(state=State.ENDED)
        made = PasswordRecovery(
            user=user,
            token_hash=token_hash(text),
            channel=channel,
            created_at=moment,
            expires_at=moment + LIFETIME,
            ip=client.ip,
        )
        rows.addressed(made, tag).save()
        sent = codes.send(
            purpose=Purpose.RECOVERY,
            channel=channel,
            destination=wanted,
            session=str(made.public_id),
            owner=user,
            language=user.language if user is not None else language,
            ip=client.ip,
            account_exists=user is not None,
            is_silent=is_silent,
        )
    return Started(text, made.expires_at, sent)


def _recoverable(channel: str, destination: str) -> User | None:
    """Whose password may be recovered by this destination; officers, sub-accounts and stopped accounts are nobody."""
    found = User.objects.filter(**{"phone" if channel == Channel.SMS else "email": destination}).first()
    return found if found is not None and rows.may_recover(found) else None


def progress(recovery: PasswordRecovery) -> Progress:
    """How far it has come."""
    due = second_methods(recovery) if recovery.state == State.CODE_PROVEN else ()
    return Progress(recovery.state, due, recovery.expires_at)


def second_methods(recovery: PasswordRecovery) -> tuple[str, ...]:
    """What would do as second proof: the bound factors alone where there are any, else the other channel, else the identity."""
    if recovery.user is None:
        return ()
    if second_factor.has_strong(recovery.user):
        return tuple(way.value for way in second_factor.methods(recovery.user, Purpose.RECOVERY_SECOND))
    other = _other_channel(recovery)
    return (other.value,) if other else (ID_CARD,)


def _other_channel(recovery: PasswordRecovery) -> Method | None:
    """The user's channel by which the recovery was not begun, where it is bound."""
    other = Method.PHONE if recovery.channel == Channel.EMAIL else Method.EMAIL
    bound = recovery.user is not None and (recovery.user.phone if other == Method.PHONE else recovery.user.email)
    return other if bound else None


def prove_code(
    *,
    token: str,
    channel: str,
    destination: str,
    code: str,
    client: Client,
    device_token: str | None = None,
    has_identity: Callable[[User], bool],
) -> Progress:
    """Show the code that `start` sent to the destination; what is due then stands in the answer.

    `has_identity` says for the app above whether the account has a verified identity, which is due where there is
    neither a second factor nor another channel. Without any of them the code alone proves.
    Attempts are counted for the name and the address. A device that is the account's own has a count of its own.
    Raises InvalidEmail, InvalidPhone, RecoveryInvalid, RecoveryCodeWrong, CodeExpired, TooManyAttempts, RecoveryLocked.
    """
    wanted = normalise(channel, destination)
    recovery = rows.named(token, client)
    if recovery.state != State.STARTED or not rows.is_of(recovery, rows.tag(channel, wanted)):
        rows.miss(client)
    tried = rows.begin(recovery, client, device_token)
    return progress(rows.move(recovery, take_code(recovery, tried, destination=wanted, code=code, has_identity=has_identity)))


def take_code(
    recovery: PasswordRecovery,
    tried: rows.Tried,
    *,
    destination: str,
    code: str,
    order: str | None = None,
    has_identity: Callable[[User], bool],
) -> State:
    """Take the first code for an attempt that is counted already; the state to which it leads, for the caller to write.

    Raises RecoveryInvalid, RecoveryCodeWrong, CodeExpired, TooManyAttempts.
    """
    try:
        codes.verify(
            purpose=Purpose.RECOVERY,
            channel=recovery.channel,
            destination=destination,
            code=code,
            session=str(recovery.public_id),
            order=order,
        )
    except WrongCode as wrong:
        raise RecoveryCodeWrong(failures=tried[1].failures, attempts_left=wrong.attempts_left) from None
    if recovery.user is None:
        raise RecoveryInvalid  # no code fits a row without a user; should one, the database's constraint refuses it too
    rows.succeed(tried)
    is_whole = second_methods(recovery) == (ID_CARD,) and not has_identity(recovery.user)
    return State.PROVEN if is_whole else State.CODE_PROVEN


def due(*, token: str, client: Client) -> tuple[str, ...]:
    """The methods of which one is due as second proof; none before the code and after the proof.

    Raises RecoveryInvalid, RecoveryLocked.
    """
    return progress(rows.named(token, client)).methods


def send_second_code(*, token: str, client: Client) -> SentCode:
    """Send the code to the other channel, where that is the proof that is due.

    Raises RecoveryInvalid, TooManyCodes.
    """
    recovery = rows.named(token, client)
    other = _other_channel(recovery)
    if recovery.state != State.CODE_PROVEN or recovery.user is None or other is None:
        raise RecoveryInvalid
    if other.value not in second_methods(recovery):
        raise RecoveryInvalid
    return second_factor.send(
        recovery.user,
        other,
        Purpose.RECOVERY_SECOND,
        language=recovery.user.language,
        ip=client.ip,
        session=str(recovery.public_id),
    )


def prove_second(*, token: str, proof: Proof | None, client: Client, tells_failures: bool = False) -> Progress:
    """Show the second factor, or the code that `send_second_code` sent to the other channel.

    With `tells_failures` a wrong or old code is refused as RecoveryProofWrong, which counts them, as some dialects do.
    Raises RecoveryInvalid, SecondFactorRequired, WrongCode, CodeExpired, TooManyAttempts, RecoveryLocked.
    """
    recovery = rows.named(token, client)
    if recovery.state != State.CODE_PROVEN or recovery.user is None:
        raise RecoveryInvalid  # before its methods are looked up: the time must not tell whether there are any
    allowed = second_methods(recovery)
    if ID_CARD in allowed:
        raise RecoveryInvalid
    if proof is None or proof.is_empty:
        _take(recovery, proof, allowed, client)  # says what would do, and asks the question of a passkey
    tried = rows.begin(recovery, client)
    try:
        _take(recovery, proof, allowed, client)
    except CodeRefused as refused:
        logins.note(user=recovery.user, act=LoginAct.SECOND_FACTOR_FAILED, client=client)
        if tells_failures and isinstance(refused, WrongCode | CodeExpired):
            raise RecoveryProofWrong(failures=tried[1].failures) from None
        raise
    rows.succeed(tried)
    return progress(rows.move(recovery, State.PROVEN))


def _take(recovery: PasswordRecovery, proof: Proof | None, allowed: tuple[str, ...], client: Client) -> None:
    assert recovery.user is not None  # the row moved on from its first state, which no row without a user does
    second_factor.take(
        recovery.user,
        proof,
        allowed=tuple(Method(way) for way in allowed),
        purpose=Purpose.RECOVERY_SECOND,
        context="",
        session=str(recovery.public_id),
        client=client,
    )


def prove_by_identity(*, token: str, matches: Callable[[User], bool], client: Client) -> Progress:
    """Tell the number of the verified identity document, where nothing stronger is due; `matches` compares it.

    What everybody who saw the document knows is extra proof only: the recovery then holds outgoing money for 72 h, and
    withdrawals after that wait for two officers. Raises RecoveryInvalid, RecoveryProofWrong, RecoveryLocked.
    """
    recovery = rows.named(token, client)
    if recovery.state != State.CODE_PROVEN or recovery.user is None or second_methods(recovery) != (ID_CARD,):
        raise RecoveryInvalid
    tried = rows.begin(recovery, client)
    if not matches(recovery.user):
        logins.note(user=recovery.user, act=LoginAct.SECOND_FACTOR_FAILED, client=client)
        raise RecoveryProofWrong(failures=tried[1].failures)
    rows.succeed(tried)
    return progress(rows.move(recovery, State.PROVEN, used_id_card=True))
