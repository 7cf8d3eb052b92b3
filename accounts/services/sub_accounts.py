"""Sub-accounts: opened, named, frozen and ended by their parent account; with sessions, keys and a second factor of their own.

A sub-account signs in by its user name. It has no email and no phone, no sub-accounts, its parent's identity level and tier,
and sends no money outside (`kyc.services.entitlements`). It is removed in `wallet.services.sub_accounts`, which knows
whether money is left. Its user name is never given to anybody else, so that each line of the books names one account.
"""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from psycopg.errors import UniqueViolation

from accounts.errors import NotForSubAccounts, TooManySubAccounts, UsernameTaken
from accounts.models import LoginRecord, PasswordForm, RegisterType, Session, Status, User
from accounts.models.logins import LoginAct
from accounts.models.passwords import Form, Kind
from accounts.models.sessions import EndCause
from accounts.models.users import UID_MAX
from accounts.services import changes, devices, logins, names, password_pairs, passwords, second_factor, sessions
from accounts.services.clients import Client
from accounts.services.second_factor import Proof
from config.kit.clock import now
from config.kit.errors import Absent
from messaging.models import Purpose

EVER_MAX = 200
"""Sub-accounts of one account over all time: their user names stay taken, and nobody may collect names."""
UID_DRAWS_MAX = 10
"""How often a uid is drawn anew where it is taken."""
LABEL_LENGTH_MAX = 64


def of(parent: User) -> QuerySet[User]:
    """The parent's sub-accounts that are not removed; the caller orders and cuts. Raises NotForSubAccounts."""
    require_parent(parent)
    return User.objects.filter(parent=parent).exclude(status=Status.DELETED)


def get(*, parent: User, uid: object) -> User:
    """The parent's sub-account of this uid. Raises NotForSubAccounts; Absent, for somebody else's as for none."""
    number = _read_uid(uid)
    found = of(parent).filter(uid=number).first() if number is not None else None
    if found is None:
        raise Absent(thing="sub-account")
    return found


def require_parent(user: User) -> None:
    """Promise that this account may have sub-accounts. Raises NotForSubAccounts: there are no grandchildren."""
    if user.parent_id is not None or user.is_staff:
        raise NotForSubAccounts


def create(
    *,
    parent: User,
    username: str,
    password: str,
    form: Form = Form.PLAIN,
    label: str = "",
    proof: Proof | None,
    client: Client,
) -> User:
    """Open a sub-account; the parent's log and every bound channel hear of it.

    The input is checked first, then the proof is spent, then room and names are looked at.
    Raises NotForSubAccounts, UsernameInvalid, PasswordRefused, what `second_factor.require` raises, TooManySubAccounts,
    UsernameTaken, Unavailable.
    """
    require_parent(parent)
    name = names.check_username(username)
    given = passwords.Given(form, password)
    passwords.check_rules(given, names=(name, parent.email or "", parent.phone or "", parent.username or ""))
    second_factor.require(parent, proof, Purpose.SUB_ACCOUNT_ADD)
    forms = passwords.encode_forms(given)
    for draw in range(UID_DRAWS_MAX):
        try:
            return _insert(parent, name, label, forms, client)
        except IntegrityError as clash:
            broken = _constraint(clash)
            if broken == "accounts_user_username_unique":
                raise UsernameTaken from None
            if broken != "accounts_user_uid_unique" or draw == UID_DRAWS_MAX - 1:
                raise
    raise AssertionError("unreachable: the last draw returns or raises")


def _insert(parent: User, name: str, label: str, forms: dict[Form, str], client: Client) -> User:
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=parent.pk)
        require_parent(locked)
        _require_room(locked)
        made = User.objects.create(
            parent=locked,
            username=name,
            sub_account_label=label,
            register_type=RegisterType.SUB_ACCOUNT,
            language=locked.language,
            registered_at=now(),
            registered_ip=client.ip,
        )
        passwords.store(made, forms)
        logins.note(user=made, act=LoginAct.REGISTERED, client=client)
        changes.follow(user=locked, act=LoginAct.SUB_ACCOUNT_ADDED, client=client, facts={"name": name})
    return made


def _require_room(locked: User) -> None:
    """Count under the parent's lock: of twenty at once for one place, one gets it."""
    ever = User.objects.filter(parent=locked)
    for rows, maximum in ((ever.exclude(status=Status.DELETED), settings.SUB_ACCOUNTS_MAX), (ever, EVER_MAX)):
        if rows.count() >= maximum:
            raise TooManySubAccounts(maximum=maximum)


def rename(*, parent: User, uid: object, label: str) -> User:
    """Call the sub-account something else. Raises NotForSubAccounts, Absent."""
    with transaction.atomic():
        locked = lock(parent=parent, uid=uid)
        locked.sub_account_label = label
        locked.save(update_fields=["sub_account_label"])
    return locked


def set_password(
    *, parent: User, uid: object, password: str, form: Form = Form.PLAIN, proof: Proof | None, client: Client
) -> None:
    """Give the sub-account another password; its sessions, app tokens and known devices end at once.

    Raises NotForSubAccounts, Absent, PasswordRefused, what `second_factor.require` raises, PasswordsEqual, Unavailable.
    """
    found = get(parent=parent, uid=uid)
    given = passwords.Given(form, password)
    passwords.check_rules(given, names=(found.username or "",))
    second_factor.require(parent, proof, Purpose.SUB_ACCOUNT_PASSWORD)
    seen = password_pairs.check_apart(found, given, Kind.LOGIN)
    forms = passwords.encode_forms(given)
    with transaction.atomic():
        locked = lock(parent=parent, uid=uid)
        password_pairs.still_apart(locked, Kind.LOGIN, seen)
        passwords.store(locked, forms)
        end_everything(locked)
        logins.note(user=locked, act=LoginAct.PASSWORD_CHANGED, client=client)
        told = {"name": locked.username or ""}
        changes.follow(user=parent, act=LoginAct.SUB_ACCOUNT_PASSWORD, client=client, facts=told)


def close(*, parent: User, locked: User, client: Client) -> None:
    """End a locked sub-account for good, in the caller's transaction; who calls has seen that no money is left on it."""
    locked.status = Status.DELETED
    locked.save(update_fields=["status"])
    PasswordForm.objects.filter(user=locked).delete()
    end_everything(locked)
    told = {"name": locked.username or ""}
    changes.follow(user=parent, act=LoginAct.SUB_ACCOUNT_REMOVED, client=client, facts=told)


def end_everything(locked: User) -> None:
    """End what is open of a locked sub-account: sessions with what follows them, and known devices."""
    locked.credentials_epoch += 1
    locked.save(update_fields=["credentials_epoch"])
    sessions.end_all(user=locked, cause=EndCause.PARENT)
    devices.forget_all(locked)


def lock(*, parent: User, uid: object) -> User:
    """The sub-account with its parent's row and its own locked, lower primary key first. Raises as `get`."""
    found = get(parent=parent, uid=uid)
    rows = User.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=(parent.pk, found.pk)).order_by("pk")
    locked = {row.pk: row for row in rows}[found.pk]
    if locked.status == Status.DELETED:
        raise Absent(thing="sub-account")
    return locked


def sessions_of(*, parent: User, uid: object) -> QuerySet[Session]:
    """The open sessions of a sub-account. Raises as `get`."""
    return sessions.open_sessions(get(parent=parent, uid=uid))


def log_of(*, parent: User, uid: object) -> QuerySet[LoginRecord]:
    """What happened on a sub-account. Raises as `get`."""
    return logins.of(get(parent=parent, uid=uid))


def _read_uid(text: object) -> int | None:
    plain = str(text)
    return int(plain) if len(plain) == len(str(UID_MAX)) and plain.isascii() and plain.isdigit() else None


def _constraint(clash: IntegrityError) -> str:
    cause = clash.__cause__
    return str(cause.diag.constraint_name) if isinstance(cause, UniqueViolation) else ""
