"""The index of bhex: every endpoint, one line each, in the order of the document. Apps call the same under /mapi."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.api.bhex import (
    bindings,
    codes,
    countries,
    favorites,
    fingerprint,
    oauth,
    own_account,
    password_recovery,
    passwords,
    quick,
    sign_in,
    sign_up,
)
from apikeys.api import bhex as api_keys
from kyc.api.bhex import files, verify
from kyc.api.bhex import password_recovery as identity_steps
from wallet.api import bhex as wallets

USER: tuple[tuple[str, type], ...] = (
    ("send_sms_verify_code", codes.SendSms),
    ("send_email_verify_code", codes.SendEmail),
    ("send_verify_code", codes.Send),
    ("send_email_verify_code/authorize_advance", codes.SendEmailForLogin),
    ("send_sms_verify_code/authorize_advance", codes.SendSmsForLogin),
    ("send_verify_code/authorize_advance", codes.SendForLogin),
    ("mobile_sign_up", sign_up.MobileSignUp),
    ("email_sign_up", sign_up.EmailSignUp),
    ("quick_sign_up", quick.QuickSignUp),
    ("mobile_authorize", sign_in.MobileAuthorize),
    ("email_authorize", sign_in.EmailAuthorize),
    ("authorize", sign_in.Authorize),
    ("authorize_advance", sign_in.AuthorizeAdvance),
    ("quick_authorize", quick.QuickAuthorize),
    ("quick_authorize_advance", quick.QuickAuthorizeAdvance),
    ("authorize_cancel", own_account.AuthorizeCancel),
    ("authorize_log", own_account.AuthorizeLog),
    ("get_base_info", own_account.GetBaseInfo),
    ("favorite/create", favorites.Create),
    ("favorite/cancel", favorites.Cancel),
    ("favorite/list", favorites.List),
    ("verify/upload_image", files.UploadImage),
    ("upload_image", files.UploadImage),
    ("upload_video", files.UploadVideo),
    ("verify", verify.Verify),
    ("verify_info", verify.VerifyInfo),
    ("before_bind_ga", bindings.BeforeBindGa),
    ("bind_ga", bindings.BindGa),
    ("bind_mobile", bindings.BindMobile),
    ("bind_email", bindings.BindEmail),
    ("mobile_find_pwd_check", identity_steps.MobileCheck),
    ("email_find_pwd_check", identity_steps.EmailCheck),
    ("mobile_find_pwd_check1", identity_steps.MobileCheck1),
    ("email_find_pwd_check1", identity_steps.EmailCheck1),
    ("send_verify_code/find_pwd", password_recovery.SendSecondCode),
    ("find_pwd_check2", identity_steps.Check2),
    ("find_pwd", password_recovery.FindPwd),
    ("update_pwd", passwords.UpdatePwd),
    ("send_verify_code/set_password", passwords.SendSetPasswordCode),
    ("set_password", passwords.SetPassword),
    ("api_key/create", api_keys.CreateKey),
    ("api_keys", api_keys.Keys),
    ("api_key/update_ips", api_keys.ChangeKeyAddresses),
    ("api_key/change_status", api_keys.ChangeKeyStatus),
    ("api_key/delete", api_keys.DeleteKey),
    ("trade_pwd/set", passwords.SetTradePwd),
    ("finger_print_authorize", fingerprint.FingerPrintAuthorize),
    ("open/futures", wallets.OpenFutures),
    ("open/contract", wallets.OpenFutures),
    ("edit_anti_phishing_code", passwords.EditAntiPhishingCode),
)
"""Below /api/user/ and /mapi/user/."""
ELSEWHERE: tuple[tuple[str, type], ...] = (
    ("api/oauth2/authorize", oauth.Authorize),
    ("api/oauth2/access_token", oauth.AccessToken),
    ("user/verify_info", verify.VerifyInfo),
    *((f"os/{folder}/<str:name>", files.File) for folder in ("kyc_image", "kyc_video")),
    ("api/common/send_sms_verify_code", codes.CommonSms),
    ("api/common/send_email_verify_code", codes.CommonEmail),
    ("api/common/send_verify_code", codes.Common),
    ("api/basic/countries", countries.Countries),
    ("s_api/basic/countries", countries.Countries),
)


def _mounted(prefix: str, index: tuple[tuple[str, type], ...]) -> list[URLPattern]:
    return [path(f"{prefix}{name}", view.as_view()) for name, view in index]  # type: ignore[attr-defined]  # all are DialectViews


described = [*_mounted("api/user/", USER), *_mounted("", ELSEWHERE)]
"""Each endpoint once, for the description."""
FILES = tuple(
    (f"{prefix}os/{folder}/<str:name>", files.File) for prefix in ("s_api/", "api/") for folder in ("kyc_image", "kyc_video")
)
"""Where the document's clients look for what they uploaded."""
urlpatterns = [*described, *_mounted("mapi/user/", USER), *_mounted("", FILES)]
