"""The index of the native dialect: every endpoint, one line each."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.api import native as accounts
from apikeys.api import native as apikeys
from kyc.api import native as kyc
from messaging.api import native as messaging
from wallet.api.native import books, deposits, sub_accounts, trusted_addresses, withdrawals

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(urlconf="config.dialects.native.urls_mounted"), name="native-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="native-schema"), name="native-docs"),
    path("captchas", messaging.Captchas.as_view()),
    path("notices", messaging.Notices.as_view()),
    path("notices/unread-count", messaging.UnreadNotices.as_view()),
    path("notices/read-all", messaging.ReadNotices.as_view()),
    path("notices/<str:id>", messaging.NoticeById.as_view()),
    path("codes", accounts.Codes.as_view()),
    path("registration", accounts.Registration.as_view()),
    path("activation", accounts.Activation.as_view()),
    path("sessions", accounts.Sessions.as_view()),
    path("sessions/by-code", accounts.SessionsByCode.as_view()),
    path("sessions/second-factor", accounts.SecondFactor.as_view()),
    path("sessions/by-passkey", accounts.SessionByPasskey.as_view()),
    path("passkey-challenges", accounts.PasskeyChallenges.as_view()),
    path("sessions/by-app-token", accounts.SessionByAppToken.as_view()),
    path("sessions/<str:id>", accounts.SessionById.as_view()),
    path("session-cookie", accounts.SessionCookie.as_view()),
    path("me", accounts.Me.as_view()),
    path("me/second-factors", accounts.SecondFactors.as_view()),
    path("me/second-factor", accounts.LoginCodeChannel.as_view()),
    path("me/totp", accounts.Totp.as_view()),
    path("me/passkeys", accounts.Passkeys.as_view()),
    path("me/passkeys/options", accounts.PasskeyOptions.as_view()),
    path("me/passkeys/<str:id>", accounts.PasskeyById.as_view()),
    path("me/recovery-codes", accounts.RecoveryCodes.as_view()),
    path("me/logins", accounts.Logins.as_view()),
    path("me/app-tokens", accounts.AppTokens.as_view()),
    path("me/app-tokens/<str:id>", accounts.AppTokenById.as_view()),
    path("me/activity", accounts.Activity.as_view()),
    path("me/settings", accounts.Settings.as_view()),
    path("me/favourites", accounts.Favourites.as_view()),
    path("me/favourites/<str:id>", accounts.FavouriteById.as_view()),
    path("me/labels", accounts.MyLabels.as_view()),
    path("me/vip", accounts.MyVipTier.as_view()),
    path("vip-tiers", accounts.VipTiers.as_view()),
    path("sub-accounts", accounts.SubAccounts.as_view()),
    path("sub-accounts/transfers", sub_accounts.SubAccountMovements.as_view()),
    path("sub-accounts/<str:id>", sub_accounts.SubAccountById.as_view()),
    path("sub-accounts/<str:id>/password", accounts.SubAccountPassword.as_view()),
    path("sub-accounts/<str:id>/freeze", accounts.SubAccountFreezing.as_view()),
    path("sub-accounts/<str:id>/thaw", accounts.SubAccountThawing.as_view()),
    path("sub-accounts/<str:id>/sessions", accounts.SubAccountSessions.as_view()),
    path("sub-accounts/<str:id>/activity", accounts.SubAccountActivity.as_view()),
    path("sub-accounts/<str:id>/balances", sub_accounts.SubAccountBalances.as_view()),
    path("countries", accounts.Countries.as_view()),
    path("kyc", kyc.Overview.as_view()),
    path("kyc/basic", kyc.Basic.as_view()),
    path("kyc/phone", kyc.Phone.as_view()),
    path("kyc/documents", kyc.Documents.as_view()),
    path("kyc/applications", kyc.Applications.as_view()),
    path("coins", books.Coins.as_view()),
    path("balances", books.Balances.as_view()),
    path("statement", books.Statement.as_view()),
    path("deposit-addresses", deposits.DepositAddresses.as_view()),
    path("deposits", deposits.Deposits.as_view()),
    path("trusted-addresses", trusted_addresses.TrustedAddresses.as_view()),
    path("withdrawals", withdrawals.Withdrawals.as_view()),
    path("withdrawals/<str:id>", withdrawals.WithdrawalById.as_view()),
    path("withdrawals/<str:id>/confirm", withdrawals.WithdrawalConfirmation.as_view()),
    path("withdrawals/<str:id>/cancel", withdrawals.WithdrawalCancellation.as_view()),
    path("api-keys", apikeys.ApiKeys.as_view()),
    path("api-keys/self", apikeys.OwnApiKey.as_view()),
    path("api-keys/<str:id>", apikeys.OneApiKey.as_view()),
]
