"""The native dialect's endpoints of this app."""

from __future__ import annotations

from accounts.api.native.codes import Codes
from accounts.api.native.countries import Countries
from accounts.api.native.me import Logins, Me, Totp
from accounts.api.native.registration import Registration
from accounts.api.native.session_cookie import SessionCookie
from accounts.api.native.sessions import SecondFactor, SessionById, Sessions

__all__ = [
    "Codes",
    "Countries",
    "Logins",
    "Me",
    "Registration",
    "SecondFactor",
    "SessionById",
    "SessionCookie",
    "Sessions",
    "Totp",
]
