"""The index of bitgin: every endpoint that is served, one line each, in the order of the document."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.api.bitgin import factors, own_account, passwords, sign_in, sign_up
from kyc.api.bitgin import basic, forgotten, levels, status, users
from messaging.api import bitgin as captchas
from wallet.api.bitgin import balances, mail_link, operations, tickers, transfers

DOCUMENTED: tuple[tuple[str, type], ...] = (
    ("login_status", sign_in.LoginStatus),
    ("user", users.UserInformation),
    ("user/vip_info", own_account.VipInformation),
    ("user/bank_accounts", status.BankAccounts),
    ("user/forget_password", forgotten.ForgetPassword),
    ("user/change_password", passwords.ChangePassword),
    ("user/apply_google_device_authenticator", factors.Apply),
    ("user/bind_google_device_authenticator", factors.Bind),
    ("user/unbind_google_device_authenticator", factors.Unbind),
    ("user/reauthenticate_with_credential", factors.Reauthenticate),
    ("user/check/2FA", sign_in.CheckSecondFactor),
    ("user/login_log", own_account.LoginLog),
    ("kyc/basic_data", basic.BasicData),
    ("kyc/check_mobile", basic.CheckMobile),
    ("kyc/verify_basic_data", basic.VerifyBasicData),
    ("kyc/image", levels.Image),
    ("kyc/apply_level_2", levels.ApplyLevelTwo),
    ("kyc/apply_level_3", levels.ApplyLevelThree),
    ("kyc/status", status.KycStatus),
    ("allTickers", tickers.AllTickers),
    ("register", sign_up.Register),
    ("login", sign_in.Login),
    ("logout", sign_in.Logout),
    ("verify", sign_up.Verify),
    ("captcha/image", captchas.CaptchaImage),
    ("apply_verification_code", sign_up.ApplyVerificationCode),
    ("capital/wallet/operation", operations.WalletOperation),
    ("capital/transfer/cancel", transfers.TransferCancel),
    ("validate/emailtransfer_resend", transfers.TransferResend),
    ("validate/emailtransfer", mail_link.EmailConfirm),
    ("validate/transfer_confirm", transfers.TransferConfirm),
)
"""Below /v1/ and /bitgin/v1/."""
ELSEWHERE: tuple[tuple[str, type], ...] = (
    ("api/v3.2/user/wallet", balances.UserWallet),
    ("spot/api/v3.2/user/wallet", balances.UserWallet),
)


def _mounted(prefix: str, index: tuple[tuple[str, type], ...]) -> list[URLPattern]:
    return [path(f"{prefix}{name}", view.as_view()) for name, view in index]  # type: ignore[attr-defined]  # all are DialectViews


described = [*_mounted("v1/", DOCUMENTED), *_mounted("", ELSEWHERE)]
"""Each endpoint once, for the description."""
urlpatterns = [*described, *_mounted("bitgin/v1/", DOCUMENTED)]
