"""Finding the customer to whom another one sends money, without telling who is a customer here."""

from __future__ import annotations

from dataclasses import dataclass, fields

from accounts.errors import NotOneself, ReceiverLocked, ReceiverNotNamed, ReceiversDiffer, ReceiverUnknown
from accounts.models import Status, User
from accounts.models.attempts import Scope
from accounts.services import attempts, names
from accounts.services.names import LoginName


@dataclass(frozen=True, repr=False)
class Named:
    """A receiver as the sender names them: one way or several, which must lead to the same customer. Empty: not named."""

    uid: str = ""
    phone: str = ""
    email: str = ""
    username: str = ""

    def read(self) -> list[LoginName]:
        """Each way in its one form. Raises ReceiverNotNamed; a text that can be nobody's is a name that nobody has."""
        given = [(way.name, str(getattr(self, way.name)).strip()) for way in fields(self)]
        found = [_read(way, text) for way, text in given if text]
        if not found:
            raise ReceiverNotNamed
        return found

    @property
    def counted(self) -> list[str]:
        """The forms under which the same receiver is the same receiver, however written. Raises ReceiverNotNamed."""
        return sorted(name.counted for name in self.read())


def require_oneself(user: User, text: str) -> None:
    """Promise that the name is the user's own; nobody else is looked at. Raises NotOneself."""
    name = names.read(text)
    if name.query is None or not User.objects.filter(name.query, pk=user.pk).exists():
        raise NotOneself


def _read(way: str, text: str) -> LoginName:
    found = names.read(text)
    if not found.counted.startswith(f"{way}:"):
        return LoginName(f"{way}:{found.counted}", None)
    return found


def find(*, sender: User, named: Named) -> User:
    """The one customer, or own sub-account, whom all the names mean. Officers and others' sub-accounts receive nothing.

    Names that lead nowhere are counted against the sender, so that customers can't be found by trying.
    Raises ReceiverNotNamed, ReceiverUnknown, ReceiversDiffer, ReceiverLocked; RuntimeError inside a transaction.
    """
    subject = attempts.Subject(Scope.RECEIVER, str(sender.pk))
    ways = named.read()
    if attempts.standing(subject)[1]:
        raise ReceiverLocked(retry_after=_count(subject))
    found = [_who(sender, way) for way in ways]
    if None not in found and len({user.pk for user in found if user}) == 1 and found[0] is not None:
        return found[0]
    # Counted after the look, unlike a password: many right names at once are a merchant's work, and the operation's
    # own rate bounds what a burst can learn before the count.
    if locked_for := _count(subject):
        raise ReceiverLocked(retry_after=locked_for)
    raise ReceiverUnknown if None in found else ReceiversDiffer


def _who(sender: User, way: LoginName) -> User | None:
    if way.query is None:
        return None
    user = User.objects.filter(way.query, is_staff=False).exclude(status=Status.DELETED).first()
    return user if user is not None and user.parent_id in (None, sender.pk) else None


def _count(subject: attempts.Subject) -> int:
    """Count a failure; seconds for which a lock ran before it."""
    (attempt,) = attempts.begin(subject)
    return attempt.locked_for
