"""The rows of this app, one module per subject."""

from __future__ import annotations

from accounts.models.around import AppToken, Favourite, Label, VipTier
from accounts.models.attempts import AttemptCounter
from accounts.models.audit import AuditLink, AuditRecord
from accounts.models.countries import Country
from accounts.models.factors import Authenticator, Passkey, PasskeyChallenge, RecoveryCode
from accounts.models.holds import SecurityHold
from accounts.models.keyed_requests import KeyedRequest
from accounts.models.logins import LoginRecord
from accounts.models.oauth import OAuthApplication, OAuthConsent, OAuthGrant, OAuthRequest
from accounts.models.passwords import PasswordForm
from accounts.models.privacy import Erasure, LegalHold, Unmasking
from accounts.models.recovery import AccountFreeze, PasswordRecovery, RecoveryCase, RecoveryDecision, SecurityLink
from accounts.models.sessions import KnownDevice, Session
from accounts.models.shortenings import HoldShortening
from accounts.models.users import RegisterType, SecondFactorChannel, Status, User
from accounts.models.visits import Visit

__all__ = [
    "AccountFreeze",
    "AppToken",
    "AttemptCounter",
    "AuditLink",
    "AuditRecord",
    "Authenticator",
    "Country",
    "Erasure",
    "Favourite",
    "HoldShortening",
    "KeyedRequest",
    "KnownDevice",
    "Label",
    "LegalHold",
    "LoginRecord",
    "OAuthApplication",
    "OAuthConsent",
    "OAuthGrant",
    "OAuthRequest",
    "Passkey",
    "PasskeyChallenge",
    "PasswordForm",
    "PasswordRecovery",
    "RecoveryCase",
    "RecoveryCode",
    "RecoveryDecision",
    "RegisterType",
    "SecondFactorChannel",
    "SecurityHold",
    "SecurityLink",
    "Session",
    "Status",
    "Unmasking",
    "User",
    "VipTier",
    "Visit",
]
