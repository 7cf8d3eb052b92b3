"""Which status, number and sentence each refusal has on bitgin. Source: the bitgin contract; gaps.md, bitgin."""

from __future__ import annotations

from config.kit.errors import Kind

SUCCESS = 1
NOT_UPDATED, PARAMETER, ILLEGAL, NOT_SIGNED_IN, TOO_FAST, SYSTEM = -1, -2, -19, 10002, 303, -11
NAME_MISSING, NAME_UNKNOWN, CREDENTIALS, PHONE_UNFIT, SMS_FAILED = 10003, 10004, 10006, 10017, 10018
EMAIL_TAKEN, ACTIVATION_CODE, TOO_OFTEN, FACTOR, EMAIL_CODE = 10013, 10022, 10026, 10027, 10029
MAIL_FAILED, LOGIN_FACTOR, CAPTCHA, NAME_TAKEN = 10063, 10070, 10083, 10086

ERRORS: dict[str, tuple[int, int]] = {
    "api.invalid": (400, PARAMETER),
    "api.malformed": (400, PARAMETER),
    "api.not_signed_in": (401, NOT_SIGNED_IN),
    "api.level_too_low": (403, ILLEGAL),
    "api.not_fresh": (403, ILLEGAL),
    "api.scope_missing": (403, ILLEGAL),
    "api.key_required": (403, ILLEGAL),
    "api.absent": (404, PARAMETER),
    "api.method_not_allowed": (405, ILLEGAL),
    "api.unsupported_media": (400, PARAMETER),
    "api.not_acceptable": (400, PARAMETER),
    "api.too_large": (413, PARAMETER),
    "api.throttled": (429, TOO_FAST),
    "api.unavailable": (500, SYSTEM),
    "api.unexpected": (500, SYSTEM),
    "apikeys.headers_invalid": (401, NOT_SIGNED_IN),
    "apikeys.target_invalid": (400, PARAMETER),
    "apikeys.key_refused": (401, NOT_SIGNED_IN),
    "apikeys.address_not_allowed": (403, ILLEGAL),
    "apikeys.clock_outside_window": (401, NOT_SIGNED_IN),
    "apikeys.nonce_used": (401, NOT_SIGNED_IN),
    "apikeys.signature_wrong": (401, NOT_SIGNED_IN),
    "accounts.cross_site": (403, ILLEGAL),
    "accounts.credentials_disagree": (401, NOT_SIGNED_IN),
    "messaging.captcha_required": (400, CAPTCHA),
    "messaging.captcha_wrong": (400, CAPTCHA),
    "messaging.captcha_kind_unknown": (400, CAPTCHA),
    "messaging.captcha_unavailable": (500, SYSTEM),
    "messaging.too_many_captchas": (429, TOO_FAST),
    "messaging.too_many_codes": (429, MAIL_FAILED),
    "messaging.wrong_code": (400, FACTOR),
    "messaging.code_expired": (400, FACTOR),
    "messaging.too_many_attempts": (400, TOO_OFTEN),
    "messaging.invalid_email": (400, PARAMETER),
    "messaging.invalid_phone": (400, PHONE_UNFIT),
    "accounts.name_missing": (400, NAME_MISSING),
    "accounts.account_unknown": (400, NAME_UNKNOWN),
    "accounts.wrong_credentials": (400, CREDENTIALS),
    "accounts.sign_in_locked": (429, TOO_FAST),
    "accounts.address_locked": (429, TOO_FAST),
    "accounts.account_stopped": (403, ILLEGAL),
    "accounts.credentials_changed": (401, NOT_SIGNED_IN),
    "accounts.factor_not_served": (403, ILLEGAL),
    "accounts.destination_missing": (400, MAIL_FAILED),
    "accounts.second_factor_required": (400, FACTOR),
    "accounts.second_factor_not_due": (400, LOGIN_FACTOR),
    "accounts.already_activated": (400, ACTIVATION_CODE),
    "accounts.already_registered": (400, EMAIL_TAKEN),
    "accounts.email_taken": (400, EMAIL_TAKEN),
    "accounts.username_taken": (400, NAME_TAKEN),
    "accounts.username_invalid": (400, PARAMETER),
    "accounts.password_refused": (400, PARAMETER),
    "accounts.not_for_sub_accounts": (403, ILLEGAL),
}
"""HTTP status and number of each refusal. The document has no number for a rate and for a defect: BTSE's own are taken."""
BY_KIND = {
    Kind.INVALID: (400, PARAMETER),
    Kind.UNAUTHENTICATED: (401, NOT_SIGNED_IN),
    Kind.FORBIDDEN: (403, ILLEGAL),
    Kind.ABSENT: (404, PARAMETER),
    Kind.CONFLICT: (400, ILLEGAL),
    Kind.TOO_LARGE: (413, PARAMETER),
    Kind.UNPROCESSABLE: (400, PARAMETER),
    Kind.LIMITED: (429, TOO_FAST),
    Kind.UNAVAILABLE: (500, SYSTEM),
}
"""What a refusal without a number of its own says. Source of the statuses: bitgin: API Status."""
CODES_BY_DOOR: dict[str, dict[str, int]] = {
    "v1/verify": dict.fromkeys(
        ("messaging.wrong_code", "messaging.code_expired", "messaging.too_many_attempts"), ACTIVATION_CODE
    ),
    "v1/user/check/2FA": dict.fromkeys(
        ("messaging.wrong_code", "messaging.code_expired", "accounts.second_factor_required"), LOGIN_FACTOR
    ),
}
"""Doors at which a code that is refused has a number of its own, by the end of their path. Everywhere else it is 10027."""
TEXTS: dict[int, str | None] = {
    NAME_MISSING: None,
    NAME_UNKNOWN: None,
    CREDENTIALS: None,
    EMAIL_TAKEN: "邮箱已存在",
    PHONE_UNFIT: None,
    SMS_FAILED: None,
    ACTIVATION_CODE: None,
    TOO_OFTEN: None,
    FACTOR: None,
    MAIL_FAILED: None,
    LOGIN_FACTOR: "",
    CAPTCHA: "圖形验证码错误",
    NAME_TAKEN: "用户名或邮箱已存在",
}
"""Number → its `msg` in the samples, null included; other numbers say what is the matter in a sentence."""
TOKEN_OVER = "token过期"  # noqa: S105  # a sentence. Source: bitgin: logout, the sample
