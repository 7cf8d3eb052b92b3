"""The native dialect's endpoints of the identity checks."""

from __future__ import annotations

from kyc.api.native.cases import Applications, Basic, Documents, Overview, Phone
from kyc.api.native.files import DocumentLink, LinkedFile, Videos
from kyc.api.native.oauth import OAuthKycLevel
from kyc.api.native.one_step import Corrections, OneStep
from kyc.api.native.recovery import RecoverySelfies

__all__ = [
    "Applications",
    "Basic",
    "Corrections",
    "DocumentLink",
    "Documents",
    "LinkedFile",
    "OAuthKycLevel",
    "OneStep",
    "Overview",
    "Phone",
    "RecoverySelfies",
    "Videos",
]
