"""The index of spot: every endpoint that is served, one line each, in the order of the document."""

from __future__ import annotations

from django.urls import path

from accounts.api import spot as accounts
from wallet.api import spot as wallet

urlpatterns = [
    path("api/spot/v1/user/account", wallet.UserAccount.as_view()),
    path("api/spot/v1/user/info", accounts.UserInfo.as_view()),
]
