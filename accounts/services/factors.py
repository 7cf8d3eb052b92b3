"""What of second factors a customer has, and choosing: the channel of log-in codes, new recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.errors import DestinationMissing
from accounts.models import Session, User
from accounts.models.holds import Cause
from accounts.models.logins import LoginAct
from accounts.models.sessions import EndCause
from accounts.models.users import SecondFactorChannel
from accounts.services import changes, passkeys, recovery_codes, second_factor, totp
from accounts.services.clients import Client
from accounts.services.second_factor import Method, Proof
from messaging.models import Purpose


@dataclass(frozen=True, repr=False)
class Overview:
    """The customer's second factors, and which methods would do for what, strongest first."""

    channel: str | None
    totp_bound_at: datetime | None
    passkeys: int
    passkeys_suspended: int
    recovery_codes_left: int
    recovery_codes_drawn_at: datetime | None
    for_log_in: tuple[Method, ...]
    for_acts: tuple[Method, ...]
    for_lost_factors: tuple[Method, ...]


def read(user: User) -> Overview:
    """The user's second factors."""
    authenticator = totp.bound(user)
    suspended = [passkey.suspended_at is not None for passkey in passkeys.of(user)]
    left = list(recovery_codes.unused(user))
    return Overview(
        channel=user.second_factor_channel or None,
        totp_bound_at=authenticator.confirmed_at if authenticator else None,
        passkeys=suspended.count(False),
        passkeys_suspended=suspended.count(True),
        recovery_codes_left=len(left),
        recovery_codes_drawn_at=left[0].created_at if left else None,
        for_log_in=second_factor.login_methods(user),
        for_acts=second_factor.methods(user),
        for_lost_factors=second_factor.methods(user, Purpose.TOTP_UNBIND),
    )


def choose_channel(*, user: User, channel: str | None, proof: Proof | None, session: Session, client: Client) -> Overview:
    """Let log-in codes go by `email` or `phone`, or send none (None), where no authenticator or passkey is bound.

    Turning them off or over to another channel starts the 24 h hold; any change ends the other sessions.
    Raises DestinationMissing, and what `second_factor.require` raises for SECURITY_SETTINGS.
    """
    wanted = SecondFactorChannel(channel or "")
    if wanted != SecondFactorChannel.NONE:
        second_factor.destination_of(user, Method(wanted.value))
    second_factor.require(user, proof, Purpose.SECURITY_SETTINGS, client=client)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        former = locked.second_factor_channel
        if former != wanted:
            if wanted == SecondFactorChannel.EMAIL and not locked.email:
                raise DestinationMissing(channel="email")
            if wanted == SecondFactorChannel.PHONE and not locked.phone:
                raise DestinationMissing(channel="phone")
            User.objects.filter(pk=user.pk).update(second_factor_channel=wanted)
            changes.follow(
                user=locked,
                act=LoginAct.LOGIN_CODE_CHOSEN,
                client=client,
                session=session,
                ends=EndCause.FACTOR_CHANGED,
                hold=Cause.SECOND_FACTOR if former else None,
                facts={"channel": channel or "off"},
            )
    user.second_factor_channel = wanted
    return read(user)


def draw_recovery_codes(*, user: User, proof: Proof | None, client: Client) -> list[str]:
    """Ten new recovery codes, told this once; the former ones are void.

    Raises what `second_factor.require` raises for RECOVERY_CODES.
    """
    second_factor.require(user, proof, Purpose.RECOVERY_CODES, client=client)
    with transaction.atomic():
        drawn = recovery_codes.draw(user)
        changes.follow(user=user, act=LoginAct.RECOVERY_CODES_DRAWN, client=client)
    return drawn
