"""The native dialect's endpoints of this app."""

from __future__ import annotations

from accounts.api.native.activity import Activity, Logins
from accounts.api.native.app_tokens import AppTokenById, AppTokens, SessionByAppToken
from accounts.api.native.codes import Codes
from accounts.api.native.contacts import AntiPhishingPhrase, Email, Phone, Username
from accounts.api.native.countries import Countries
from accounts.api.native.factors import LoginCodeChannel, RecoveryCodes, SecondFactors, Totp
from accounts.api.native.favourites import FavouriteById, Favourites
from accounts.api.native.labels import MyLabels
from accounts.api.native.me import Me
from accounts.api.native.oauth import Approval, AuthorizationById, Authorizations, AuthorizedAppById, AuthorizedApps, Denial
from accounts.api.native.oauth_tokens import OAuthRevocation, OAuthToken, OAuthUserInfo
from accounts.api.native.passkeys import PasskeyById, PasskeyChallenges, PasskeyOptions, Passkeys, SessionByPasskey
from accounts.api.native.password_recoveries import (
    PasswordRecoveries,
    RecoveryPassword,
    RecoveryProof,
    RecoverySecondCode,
)
from accounts.api.native.passwords import Password, TradePassword
from accounts.api.native.preferences import Settings
from accounts.api.native.recovery import CurrentRecoveryCase, Freeze, RecoveryCases
from accounts.api.native.registration import Activation, Registration
from accounts.api.native.session_cookie import SessionCookie
from accounts.api.native.sessions import SecondFactor, SessionById, Sessions, SessionsByCode
from accounts.api.native.sub_accounts import (
    SubAccountActivity,
    SubAccountFreezing,
    SubAccountPassword,
    SubAccounts,
    SubAccountSessions,
    SubAccountThawing,
)
from accounts.api.native.vip import MyVipTier, VipTiers

__all__ = [
    "Activation",
    "Activity",
    "AntiPhishingPhrase",
    "AppTokenById",
    "AppTokens",
    "Approval",
    "AuthorizationById",
    "Authorizations",
    "AuthorizedAppById",
    "AuthorizedApps",
    "Codes",
    "Countries",
    "CurrentRecoveryCase",
    "Denial",
    "Email",
    "FavouriteById",
    "Favourites",
    "Freeze",
    "LoginCodeChannel",
    "Logins",
    "Me",
    "MyLabels",
    "MyVipTier",
    "OAuthRevocation",
    "OAuthToken",
    "OAuthUserInfo",
    "PasskeyById",
    "PasskeyChallenges",
    "PasskeyOptions",
    "Passkeys",
    "Password",
    "PasswordRecoveries",
    "Phone",
    "RecoveryCases",
    "RecoveryCodes",
    "RecoveryPassword",
    "RecoveryProof",
    "RecoverySecondCode",
    "Registration",
    "SecondFactor",
    "SecondFactors",
    "SessionByAppToken",
    "SessionById",
    "SessionByPasskey",
    "SessionCookie",
    "Sessions",
    "SessionsByCode",
    "Settings",
    "SubAccountActivity",
    "SubAccountFreezing",
    "SubAccountPassword",
    "SubAccountSessions",
    "SubAccountThawing",
    "SubAccounts",
    "Totp",
    "TradePassword",
    "Username",
    "VipTiers",
]
