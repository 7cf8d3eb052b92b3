"""Sessions of customers: opaque tokens that rise by rotation and end at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from accounts.errors import WaitingSessionInvalid
from accounts.models import Session, User
from accounts.models.logins import LoginAct
from accounts.models.sessions import Due, EndCause, Level, SignedInBy
from accounts.models.users import MAY_SIGN_IN
from accounts.services import access, logins
from accounts.services.clients import Client
from accounts.services.manners import OURS, Manners
from config.kit.clock import now
from config.kit.crypto import token_hash
from config.kit.errors import Absent, LevelTooLow, NotSignedIn
from config.kit.ids import read_public_id

ABSOLUTE_LIFETIME = timedelta(days=30)
IDLE_LIFETIME = timedelta(hours=24)
FRESH_LIFETIME = timedelta(minutes=5)
"""For how long after a proof the acts that ask for a fresh sign-in are open."""
TOUCH_INTERVAL = timedelta(seconds=60)
"""The time of last use is written at most this often."""
OPEN_SESSIONS_MAX = 20
"""Open sessions of one user, and as many more that wait; of each sort the one unused for longest gives way.

Counted apart, because whoever knows the password alone opens sessions that wait, and must sign nobody out by it.
"""


@dataclass(frozen=True, repr=False)
class Opened:
    """A session and its token, which is told this once."""

    session: Session
    token: str


def open_session(
    *,
    user: User,
    level: Level,
    client: Client,
    by: SignedInBy = SignedInBy.PASSWORD,
    due: Due | None = None,
    shown: str = "",
    manners: Manners = OURS,
) -> Opened:
    """Open a session in the caller's transaction; a full one is fresh.

    `by` is what opened it, `due` what it waits for, `shown` by which way the code came, where the password is due.
    """
    moment = now()
    waits = level == Level.PRE2FA
    text = manners.waiting_token() if waits else manners.new_token()
    made = Session.objects.create(
        user=user,
        token_hash=token_hash(text),
        level=level,
        due=due or "",
        shown=shown,
        created_at=moment,
        last_used_at=moment,
        expires_at=moment + (manners.waiting if waits else ABSOLUTE_LIFETIME),
        fresh_until=None if waits else moment + FRESH_LIFETIME,
        ip=client.ip,
        place=client.place,
        city=client.city,
        signed_in_by=by,
        device=client.device,
        os=client.os,
        browser=client.browser,
        user_agent=client.user_agent,
    )
    _make_room(user, made)
    return Opened(made, text)


def _make_room(user: User, newest: Session) -> None:
    waits = Q(level=Level.PRE2FA) if newest.level == Level.PRE2FA else ~Q(level=Level.PRE2FA)
    crowd = open_sessions(user).filter(waits).exclude(pk=newest.pk).order_by("-last_used_at")
    surplus = list(crowd.values_list("pk", flat=True)[OPEN_SESSIONS_MAX - 1 :])
    if surplus:
        _end(Session.objects.filter(pk__in=surplus), EndCause.SUPERSEDED)


def rise(*, session: Session, level: Level, due: Due | None = None, manners: Manners = OURS) -> Opened | None:
    """Give the session a new token and the level; the old token is dead from here on.

    A session that reaches more than `pre2fa` is fresh; one that still waits for `due` has shown a part only.
    None where the session moved on meanwhile: of two racing rises one wins.
    """
    moment = now()
    waits, waited = level == Level.PRE2FA, session.level == Level.PRE2FA
    text = manners.waiting_token() if waits else manners.new_token()
    keeps_end = waits or not waited
    changed = Session.objects.filter(pk=session.pk, token_hash=session.token_hash, ended_at__isnull=True).update(
        token_hash=token_hash(text),
        level=level,
        due=due or "",
        shown="",
        last_used_at=moment,
        expires_at=session.expires_at if keeps_end else moment + ABSOLUTE_LIFETIME,
        fresh_until=None if waits else moment + FRESH_LIFETIME,
    )
    if not changed:
        return None
    session.refresh_from_db()
    if waited and not waits:
        _make_room(session.user, session)
    return Opened(session, text)


def freshen(session: Session) -> None:
    """Let the session be fresh from now on, with the token that it has. Raises NotSignedIn where it ended meanwhile."""
    still = Session.objects.filter(pk=session.pk, token_hash=session.token_hash, ended_at__isnull=True)
    if not still.update(fresh_until=now() + FRESH_LIFETIME):
        raise NotSignedIn


def raise_low(user: User) -> None:
    """Make the user's open `low` sessions full, in the transaction that activates the account; their tokens stay.

    For dialects whose clients go on with the token that they have. Who has such a session knows the password, with
    which a new one could be opened at once.
    """
    open_sessions(user).filter(level=Level.LOW).update(level=Level.FULL)


def find(text: str) -> Session | None:
    """The open session of this token with its user, in one query; None for anything else.

    The status of the user, and of its parent where it is a sub-account, is part of the query: an account that is
    stopped has no session from that moment on, and neither have those below it.
    """
    moment = now()
    found = (
        Session.objects.select_related("user__parent")
        .filter(
            Q(user__parent__isnull=True) | Q(user__parent__status__in=MAY_SIGN_IN),
            token_hash=token_hash(text),
            ended_at__isnull=True,
            expires_at__gt=moment,
            last_used_at__gt=moment - IDLE_LIFETIME,
            user__status__in=MAY_SIGN_IN,
        )
        .first()
    )
    if found is not None and found.last_used_at < moment - TOUCH_INTERVAL:
        Session.objects.filter(pk=found.pk, last_used_at__lt=moment - TOUCH_INTERVAL).update(last_used_at=moment)
    return found


def waiting(text: str) -> Session:
    """The session of this token that waits for its second step. Raises WaitingSessionInvalid."""
    found = find(text) if text.isascii() else None
    if found is None or found.level != Level.PRE2FA:
        raise WaitingSessionInvalid
    return found


def open_sessions(user: User) -> QuerySet[Session]:
    """The user's sessions that still open something."""
    moment = now()
    return Session.objects.filter(
        user=user, ended_at__isnull=True, expires_at__gt=moment, last_used_at__gt=moment - IDLE_LIFETIME
    )


def listed(user: User, *, current_id: int) -> QuerySet[Session]:
    """The open sessions, each knowing whether it is the one that asks; the caller orders and cuts."""
    return open_sessions(user).annotate(current=ExpressionWrapper(Q(pk=current_id), output_field=BooleanField()))


def revoke(*, user: User, name: str, current: Session, client: Client) -> None:
    """End one session by its id (and the app token that opened it), the `current` one, all `others`, or `all` of the user's.

    A session that waits for its second factor may end itself and nothing else.
    Raises Absent for an id that is not one of the user's open sessions, LevelTooLow.
    """
    if current.level == Level.PRE2FA and name != "current":
        raise LevelTooLow(level=current.level, required=Level.FULL)
    with transaction.atomic():
        if name == "all":
            end_all(user=user, cause=EndCause.LOGOUT_ALL)
            logins.note(user=user, act=LoginAct.LOGOUT_ALL, client=client)
        elif name == "others":
            end_all(user=user, cause=EndCause.LOGOUT_ALL, but=current)
            logins.note(user=user, act=LoginAct.SESSION_REVOKED, client=client)
        elif name == "current":
            _end(open_sessions(user).filter(pk=current.pk), EndCause.LOGOUT)
            logins.note(user=user, act=LoginAct.LOGOUT, client=client)
        else:
            _revoke_named(user, name)
            logins.note(user=user, act=LoginAct.SESSION_REVOKED, client=client)


def _revoke_named(user: User, name: str) -> None:
    """End the session of this id, with the app token that opened it: it would open another one at once. Raises Absent."""
    User.objects.select_for_update().get(pk=user.pk)
    public_id = read_public_id(name)
    found = open_sessions(user).filter(public_id=public_id).first() if public_id is not None else None
    if found is None or not _end(open_sessions(user).filter(pk=found.pk), EndCause.REVOKED):
        raise Absent(thing="session")
    if found.app_token_family is not None:
        access.revoke_app_tokens(user, family=found.app_token_family)


def end_all(*, user: User, cause: EndCause, but: Session | None = None) -> int:
    """End the user's sessions, except `but`, and what else the cause ends (see `access`); how many sessions there were.

    Call it in a transaction.
    """
    access.end(user=user, cause=cause)
    ending = Session.objects.filter(user=user, ended_at__isnull=True)
    return _end(ending.exclude(pk=but.pk) if but is not None else ending, cause)


def _end(ending: QuerySet[Session], cause: EndCause) -> int:
    return ending.update(ended_at=now(), end_cause=cause)


def is_open(session: Session) -> bool:
    """Whether nobody ended the session since it was read. Who ends sessions holds the user's row: ask with it locked."""
    return Session.objects.filter(pk=session.pk, ended_at__isnull=True).exists()


def is_fresh(session: Session, moment: datetime | None = None) -> bool:
    """Whether the session showed a proof in the last minutes."""
    return session.fresh_until is not None and (moment or now()) < session.fresh_until
