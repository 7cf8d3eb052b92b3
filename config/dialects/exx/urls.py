"""The index of exx: every endpoint, in the order of the document, and what completes it; each in lower case too."""

from __future__ import annotations

from django.urls import path

from accounts.api.exx import account, codes, sign_in, visits

PREFIX = "api/web/v2_2/"
ENDPOINTS: tuple[tuple[str, type], ...] = (
    ("register", sign_in.Register),
    ("login", sign_in.Login),
    ("sendCode", codes.SendCode),
    ("getPubTag", visits.GetPubTag),
    ("imgCode", visits.ImgCode),
    ("loginAuth", sign_in.LoginAuth),
    ("setSafePwd", account.SetSafePwd),
    ("getUserInfo", account.GetUserInfo),
    ("logOut", account.LogOut),
)
described = [path(f"{PREFIX}{name}", view.as_view()) for name, view in ENDPOINTS]  # type: ignore[attr-defined]  # all are DialectViews
"""Each endpoint once, for the description."""
_LOWER = [
    path(f"{PREFIX}{name.lower()}", view.as_view())  # type: ignore[attr-defined]  # as above
    for name, view in ENDPOINTS
    if name != name.lower()
]
urlpatterns = [*described, *_LOWER]
