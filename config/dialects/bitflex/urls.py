"""The index of bitflex: every endpoint, in the order of the document, and the log-in that it leaves out."""

from __future__ import annotations

from django.urls import path

from accounts.api.bitflex import codes, sign_in
from wallet.api.bitflex import codes as own

urlpatterns = [
    path("v1/message/public-email", codes.PublicEmail.as_view()),
    path("v1/user/message/email", own.OwnEmail.as_view()),
    path("v1/message/public-sms", codes.PublicSms.as_view()),
    path("v1/user/message/sms", own.OwnSms.as_view()),
    path("v1/country/list", sign_in.Countries.as_view()),
    path("v1/login", sign_in.Login.as_view()),
    path("v1/login/verify", sign_in.LoginVerify.as_view()),
]
