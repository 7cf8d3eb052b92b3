"""Log-in password and trade password of one account: they are never the same, in whatever forms they came."""

from __future__ import annotations

from accounts.errors import PasswordsEqual
from accounts.models import PasswordForm, User
from accounts.models.passwords import Kind
from accounts.services import passwords
from accounts.services.passwords import Given
from config.kit.errors import Unavailable

_OTHER = {Kind.LOGIN: Kind.TRADE, Kind.TRADE: Kind.LOGIN}


def names_of(user: User) -> tuple[str, ...]:
    """The names under which the user signs in, none of which may be a password."""
    return (user.email or "", user.phone or "", user.username or "", str(user.uid))


def check_apart(user: User, given: Given, kind: Kind) -> frozenset[int]:
    """Promise that the password of this kind is not the user's other one; the rows of that one, for `still_apart`.

    A text is compared with whatever is stored of the other, a digest with its own form: more can't be told of it.
    Raises PasswordsEqual, Unavailable.
    """
    stored = passwords.forms_of(user, _OTHER[kind])
    if stored and passwords.matches(stored, given):
        raise PasswordsEqual
    return frozenset(one.pk for one in stored)


def still_apart(user: User, kind: Kind, seen: frozenset[int]) -> None:
    """Promise under the lock of the user's row that the other password is the one that `check_apart` compared.

    Raises Unavailable where it was set meanwhile: who asks again is told.
    """
    present = frozenset(PasswordForm.objects.filter(user=user, kind=_OTHER[kind]).values_list("pk", flat=True))
    if not seen <= present or bool(seen) != bool(present):
        raise Unavailable(retry_after=1)
