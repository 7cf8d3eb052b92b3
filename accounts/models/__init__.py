"""The rows of this app, one module per subject."""

from __future__ import annotations

from accounts.models.attempts import AttemptCounter
from accounts.models.audit import AuditLink, AuditRecord
from accounts.models.countries import Country
from accounts.models.factors import Authenticator
from accounts.models.holds import SecurityHold
from accounts.models.logins import LoginRecord
from accounts.models.passwords import PasswordForm
from accounts.models.sessions import KnownDevice, Session
from accounts.models.users import RegisterType, SecondFactorChannel, Status, User

__all__ = [
    "AttemptCounter",
    "AuditLink",
    "AuditRecord",
    "Authenticator",
    "Country",
    "KnownDevice",
    "LoginRecord",
    "PasswordForm",
    "RegisterType",
    "SecondFactorChannel",
    "SecurityHold",
    "Session",
    "Status",
    "User",
]
