"""The native dialect's endpoints of this app."""

from __future__ import annotations

from accounts.api.native.app_tokens import AppTokenById, AppTokens, SessionByAppToken
from accounts.api.native.codes import Codes
from accounts.api.native.countries import Countries
from accounts.api.native.me import Logins, Me, Totp
from accounts.api.native.registration import Registration
from accounts.api.native.session_cookie import SessionCookie
from accounts.api.native.sessions import SecondFactor, SessionById, Sessions

__all__ = [
    "AppTokenById",
    "AppTokens",
    "Codes",
    "Countries",
    "Logins",
    "Me",
    "Registration",
    "SecondFactor",
    "SessionByAppToken",
    "SessionById",
    "SessionCookie",
    "Sessions",
    "Totp",
]
