"""The index of bitgin: every endpoint that is served, one line each."""

from __future__ import annotations

from django.urls import path

from wallet.api import bitgin as wallet

urlpatterns = [
    path("api/v3.2/user/wallet", wallet.UserWallet.as_view()),
    path("spot/api/v3.2/user/wallet", wallet.UserWallet.as_view()),
]
