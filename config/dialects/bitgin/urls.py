"""The index of bitgin: every endpoint that is served, one line each, in the order of the document."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.api.bitgin import sign_in, sign_up
from kyc.api.bitgin import users
from messaging.api import bitgin as captchas
from wallet.api import bitgin as wallet

DOCUMENTED: tuple[tuple[str, type], ...] = (
    ("login_status", sign_in.LoginStatus),
    ("user", users.UserInformation),
    ("user/check/2FA", sign_in.CheckSecondFactor),
    ("register", sign_up.Register),
    ("login", sign_in.Login),
    ("logout", sign_in.Logout),
    ("verify", sign_up.Verify),
    ("captcha/image", captchas.CaptchaImage),
    ("apply_verification_code", sign_up.ApplyVerificationCode),
)
"""Below /v1/ and /bitgin/v1/."""
ELSEWHERE: tuple[tuple[str, type], ...] = (
    ("api/v3.2/user/wallet", wallet.UserWallet),
    ("spot/api/v3.2/user/wallet", wallet.UserWallet),
)


def _mounted(prefix: str, index: tuple[tuple[str, type], ...]) -> list[URLPattern]:
    return [path(f"{prefix}{name}", view.as_view()) for name, view in index]  # type: ignore[attr-defined]  # all are DialectViews


described = [*_mounted("v1/", DOCUMENTED), *_mounted("", ELSEWHERE)]
"""Each endpoint once, for the description."""
urlpatterns = [*described, *_mounted("bitgin/v1/", DOCUMENTED)]
