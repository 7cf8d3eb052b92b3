"""What follows every change of an account's safety, whichever it was: one place, so that none forgets a part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accounts.models import Session, User
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.recovery import LinkAct
from accounts.models.sessions import EndCause
from accounts.services import audit, devices, holds, links, logins, sessions
from accounts.services.clients import Client
from config.kit.clock import now
from config.kit.errors import NotSignedIn
from messaging.services.catalogue import NOTICES
from messaging.services.notices import notify


def follow(
    *,
    user: User,
    act: LoginAct,
    client: Client,
    session: Session | None = None,
    ends: EndCause | None = None,
    hold: Cause | None = None,
    hold_hours: int = holds.CHANGE_HOURS,
    new_may_skip_hold: bool = False,
    forget_devices: bool = False,
    tell: bool = True,
    facts: Mapping[str, str] | None = None,
    is_automatic: bool = False,
    tell_also: Sequence[tuple[str, str]] = (),
) -> None:
    """Write what a change brings with it, in the caller's transaction.

    `ends` ends the user's sessions except `session`, and kills staff cookies; `hold` begins a hold (`new_may_skip_hold`:
    none while the account is set up); the log and the audit log get a line (where from stands in the log alone: it can be
    forgotten); the notice named after the act goes to
    every bound channel, and to those of `tell_also` (channel and destination), with a link that freezes the account.
    `facts` are the notice's, and never secrets. `is_automatic`: the clock did it, not the customer.
    Raises NotSignedIn where `session` ended since its request came in: what ended it was meant to stop this.
    """
    _require_open_and_end_others(user, session, ends)
    if hold is not None:
        _hold(user, hold, hold_hours, new_may_skip_hold)
    if forget_devices:
        devices.forget_all(user)
    logins.note(user=user, act=act, client=client)
    audit.record(
        actor=None if is_automatic else user,
        actor_kind="system" if is_automatic else "customer",
        act=f"accounts.{act.value}",
        subject=f"accounts.user:{user.uid}",
    )
    if tell and act.value in NOTICES:
        _tell(user, act, client, facts or {}, tell_also)


def _require_open_and_end_others(user: User, session: Session | None, ends: EndCause | None) -> None:
    """In this order of locks: the user's row first, under which sessions end."""
    if ends is not None:
        end_sessions(user, ends, but=session)
    if session is not None and not sessions.is_open(session):
        raise NotSignedIn


def _hold(user: User, cause: Cause, hours: int, new_may_skip: bool) -> None:  # the caller's own word
    if new_may_skip:
        holds.start_unless_new(user=user, cause=cause)
    else:
        holds.start(user=user, cause=cause, hours=hours)


def _tell(user: User, act: LoginAct, client: Client, facts: Mapping[str, str], also: Sequence[tuple[str, str]]) -> None:
    told = {**circumstances(client), **facts}
    if "link" not in told:
        told["link"] = links.draw(user=user, act=LinkAct.FREEZE)
    notify(user=user, template=act.value, facts=told, also=also)


def end_sessions(user: User, cause: EndCause, *, but: Session | None = None) -> None:
    """End the user's sessions except `but`, and kill staff cookies, in the caller's transaction."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.credentials_epoch += 1
    locked.save(update_fields=["credentials_epoch"])
    sessions.end_all(user=user, cause=cause, but=but)


def circumstances(client: Client) -> dict[str, str]:
    """When and from where, as a notice tells it."""
    return {
        "time": f"{now():%Y-%m-%d %H:%M} UTC",
        "ip": client.ip,
        "place": ", ".join(part for part in (client.city, client.place) if part),
        "device": " · ".join(part for part in (client.device, client.browser) if part),
    }
