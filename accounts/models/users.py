"""The user: one row for a customer or an officer."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from config.kit.sealed_text import SealedText

UID_MIN = 100_000_000
UID_MAX = 999_999_999
OFFICER_NAME_LENGTH_MAX = 64


class Status(models.TextChoices):
    """The seven states of an account (bitgin: UserStatus)."""

    NORMAL = "normal", "normal"
    BLOCKED = "blocked", "restricted"
    NOT_ACTIVATED = "not_activated", "not activated"
    DELETED = "deleted", "deleted"
    SUSPENDED = "suspended", "suspended"
    LOCKED = "locked", "locked"
    NOT_TRADABLE = "not_tradable", "not tradable"


MAY_SIGN_IN = frozenset({Status.NORMAL, Status.BLOCKED, Status.NOT_ACTIVATED, Status.NOT_TRADABLE})
"""A user in any other state has no working session, key or staff cookie, from the next request on."""


class RegisterType(models.TextChoices):
    """By what the account was opened."""

    EMAIL = "email", "email"
    PHONE = "phone", "phone"
    SUB_ACCOUNT = "sub", "sub-account, opened by its parent"
    STAFF = "staff", "created by an operator"


class SecondFactorChannel(models.TextChoices):
    """Where the log-in code goes of a customer who asked for one and has no authenticator."""

    NONE = "", "none"
    EMAIL = "email", "email"
    PHONE = "phone", "phone"


def random_uid() -> int:
    """A random nine-digit number: it tells neither how many customers there are nor who came first."""
    return UID_MIN + secrets.randbelow(UID_MAX - UID_MIN + 1)


class UserManager(BaseUserManager["User"]):
    """Reads. Users are made by `accounts.services.registration` and `accounts.services.staff` only."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this uid."""
        return self.get(uid=int(username or 0))


class User(AbstractBaseUser, PermissionsMixin):
    """A customer or an officer. Passwords live in PasswordForm, one row for each wire form."""

    password = None  # type: ignore[assignment]  # Django's column is not wanted: see PasswordForm

    uid = models.IntegerField("uid", default=random_uid, editable=False)
    email = models.EmailField(max_length=254, null=True, blank=True)
    phone = models.CharField("phone (E.164)", max_length=16, null=True, blank=True)
    username = models.CharField(max_length=32, null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.NORMAL)
    register_type = models.CharField(max_length=8, choices=RegisterType)
    language = models.CharField(max_length=16, default="en")
    anti_phishing_phrase = SealedText(blank=True, default="")
    second_factor_channel = models.CharField(
        max_length=8,
        choices=SecondFactorChannel,
        blank=True,
        default=SecondFactorChannel.NONE,
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sub_accounts",
    )
    """The account that this sub-account belongs to. A sub-account signs in by its user name and has no sub-accounts."""
    sub_account_label = models.CharField(max_length=64, blank=True, default="", db_default="")
    """What the parent calls this sub-account."""
    referral_code = models.CharField(max_length=12, null=True, blank=True)
    """What this customer gives to friends; drawn when it is first asked for."""
    referrer = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="referred",
    )
    vip_tier = models.ForeignKey("accounts.VipTier", on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    labels = models.ManyToManyField("accounts.Label", blank=True, related_name="users")
    allows_many_devices = models.BooleanField(default=True, db_default=True)
    """Whether several sessions may be open at once; where not, a sign-in ends the others."""
    checks_other_places = models.BooleanField(default=False, db_default=False)
    """Whether a sign-in from a network and device never seen asks for a code although no second factor is due."""
    is_staff = models.BooleanField("is an officer", default=False)
    officer_name = models.CharField(max_length=OFFICER_NAME_LENGTH_MAX, blank=True, default="", db_default="")
    """What colleagues call this officer, and what stands across each picture that the officer looks at."""
    credentials_epoch = models.PositiveIntegerField(default=0, editable=False)
    """Grows with each change of password or factor; a staff cookie of an older epoch is dead."""
    registered_at = models.DateTimeField()
    registered_ip = models.GenericIPAddressField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "uid"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "account"
        verbose_name_plural = "customers and officers"
        constraints = (
            models.UniqueConstraint(fields=["uid"], name="accounts_user_uid_unique"),
            models.UniqueConstraint(fields=["email"], name="accounts_user_email_unique"),
            models.UniqueConstraint(fields=["phone"], name="accounts_user_phone_unique"),
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_unique"),
            models.CheckConstraint(
                condition=Q(uid__gte=UID_MIN, uid__lte=UID_MAX),
                name="accounts_user_uid_nine_digits",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True) | Q(email__regex=r"^[!-@\[-~]+$"),
                name="accounts_user_email_normalised",
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__regex=r"^\+[1-9][0-9]{5,14}$"),
                name="accounts_user_phone_e164",
            ),
            models.CheckConstraint(
                condition=Q(username__isnull=True) | Q(username__regex=r"^[A-Za-z][A-Za-z0-9_.-]{2,31}$"),
                name="accounts_user_username_plain",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False)
                | Q(phone__isnull=False)
                | Q(parent__isnull=False, username__isnull=False)
                | Q(status=Status.DELETED),
                name="accounts_user_reachable",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(is_staff=False) & ~Q(parent=models.F("id")),
                name="accounts_user_parent_is_another",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(email__isnull=True, phone__isnull=True),
                name="accounts_user_sub_without_contacts",
            ),
            models.UniqueConstraint(fields=["referral_code"], name="accounts_user_referral_unique"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="accounts_user_status_known"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="accounts_user_no_superuser"),
            models.CheckConstraint(condition=Q(is_staff=True) | Q(officer_name=""), name="accounts_user_name_of_officers"),
        )

    def __str__(self) -> str:
        return str(self.uid)

    def __repr__(self) -> str:
        return f"<User {self.uid}>"

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's flag is derived from the status here
        """Whether this user may hold a session at all, as far as its own status says."""
        return self.status in MAY_SIGN_IN

    @property
    def may_act(self) -> bool:
        """Whether this user may hold a session or use a key: it and, of a sub-account, its parent."""
        return self.is_active and (self.parent is None or self.parent.is_active)

    def set_password(self, raw_password: str | None) -> NoReturn:
        """Never: passwords are set by `accounts.services.passwords`."""
        raise NotImplementedError("accounts.services.passwords sets passwords")

    def check_password(self, raw_password: str | None) -> NoReturn:
        """Never: passwords are checked by `accounts.services.passwords`."""
        raise NotImplementedError("accounts.services.passwords checks passwords")

    def has_usable_password(self) -> bool:
        """Not one that Django's own pages could change."""
        return False

    def get_session_auth_hash(self) -> str:
        """What a staff cookie is bound to."""
        epoch = f"{self.uid}:{self.credentials_epoch}"
        return salted_hmac("accounts.staff-session", epoch, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Any:
        """Staff cookies do not outlive a change of the secret key."""
        return iter(())

    def get_username(self) -> str:
        """The uid as text."""
        return str(self.uid)

    def get_full_name(self) -> str:
        """What the admin calls this person: an officer by name, where one was given."""
        return self.officer_name or self.email or self.phone or str(self.uid)

    def get_short_name(self) -> str:
        """What the admin greets this person with."""
        return self.get_full_name()
