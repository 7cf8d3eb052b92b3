"""Which status, number and sentence each refusal has on bitgin. Source: the bitgin contract; gaps.md, bitgin."""

from __future__ import annotations

from config.kit.errors import Kind

SUCCESS = 1
NOT_UPDATED, PARAMETER, ILLEGAL, NOT_SIGNED_IN, TOO_FAST, SYSTEM = -1, -2, -19, 10002, 303, -11
NAME_MISSING, NAME_UNKNOWN, CREDENTIALS, NO_FACTOR, PHONE_UNFIT, SMS_FAILED = 10003, 10004, 10006, 10011, 10017, 10018
EMAIL_TAKEN, ACTIVATION_CODE, TOO_OFTEN, FACTOR, EMAIL_CODE = 10013, 10022, 10026, 10027, 10029
PHONE_TAKEN, NUMBER_TAKEN, UNDER_REVIEW, APPROVED, RECORD_VOID, QUESTIONNAIRE = 10012, 10031, 5601, 5605, 5606, 5608
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
    "accounts.second_factor_required": (403, ILLEGAL),
    "accounts.totp_not_bound": (400, NO_FACTOR),
    "accounts.totp_not_begun": (400, ILLEGAL),
    "accounts.totp_already_bound": (400, ILLEGAL),
    "accounts.old_password_wrong": (400, CREDENTIALS),
    "accounts.password_unchanged": (400, NOT_UPDATED),
    "accounts.password_missing": (400, NOT_UPDATED),
    "accounts.passwords_equal": (400, NOT_UPDATED),
    "accounts.recovery_code_wrong": (400, EMAIL_CODE),
    "accounts.recovery_proof_wrong": (400, EMAIL_CODE),
    "accounts.recovery_invalid": (400, EMAIL_CODE),
    "accounts.recovery_second_due": (400, NOT_UPDATED),
    "accounts.recovery_locked": (429, TOO_FAST),
    "accounts.second_factor_not_due": (400, LOGIN_FACTOR),
    "accounts.already_activated": (400, ACTIVATION_CODE),
    "accounts.already_registered": (400, EMAIL_TAKEN),
    "accounts.email_taken": (400, EMAIL_TAKEN),
    "accounts.username_taken": (400, NAME_TAKEN),
    "accounts.username_invalid": (400, PARAMETER),
    "accounts.password_refused": (400, PARAMETER),
    "accounts.not_for_sub_accounts": (403, ILLEGAL),
    "accounts.phone_taken": (400, PHONE_TAKEN),
    "kyc.phone_taken": (400, PHONE_TAKEN),
    "kyc.phone_differs": (400, PHONE_UNFIT),
    "kyc.id_number_taken": (400, NUMBER_TAKEN),
    "kyc.under_review": (400, UNDER_REVIEW),
    "kyc.bank_account_pending": (400, UNDER_REVIEW),
    "kyc.already_approved": (400, APPROVED),
    "kyc.number_released": (400, RECORD_VOID),
    "kyc.questionnaire_invalid": (400, QUESTIONNAIRE),
    "kyc.questionnaire_missing": (400, QUESTIONNAIRE),
    "kyc.level_out_of_order": (400, ILLEGAL),
    "kyc.bank_account_in_use": (400, ILLEGAL),
    "kyc.document_settled": (400, ILLEGAL),
    "kyc.documents_missing": (400, PARAMETER),
    "kyc.parts_missing": (400, PARAMETER),
    "kyc.bank_account_missing": (400, PARAMETER),
    "kyc.bank_account_invalid": (400, PARAMETER),
    "kyc.bank_account_holder_differs": (400, PARAMETER),
    "kyc.document_too_large": (400, PARAMETER),
    "kyc.document_unreadable": (400, PARAMETER),
    "kyc.identity_invalid": (400, PARAMETER),
    "kyc.identity_differs": (400, PARAMETER),
    "kyc.birthday_invalid": (400, PARAMETER),
    "kyc.too_young": (400, PARAMETER),
    "kyc.id_number_invalid": (400, PARAMETER),
    "kyc.id_number_unfit": (400, PARAMETER),
    "kyc.document_expired": (400, PARAMETER),
    "kyc.expiry_invalid": (400, PARAMETER),
    "kyc.upload_quota_reached": (429, TOO_FAST),
    "kyc.upload_bytes_reached": (429, TOO_FAST),
    "kyc.imaging_busy": (500, SYSTEM),
    "kyc.storage_unavailable": (500, SYSTEM),
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
    "v1/user/check/2FA": dict.fromkeys(("messaging.wrong_code", "messaging.code_expired"), LOGIN_FACTOR),
    "v1/user/forget_password": dict.fromkeys(
        ("messaging.wrong_code", "messaging.code_expired", "messaging.too_many_attempts"), EMAIL_CODE
    ),
}
"""Doors at which a code that is refused has a number of its own, by the end of their path. Everywhere else it is 10027."""
IMAGE_DOORS = ("v1/kyc/image", "v1/kyc/apply_level_3")
"""Doors at which a file that is too large is a parameter that is no good, however large it is. Source: gaps.md, bitgin."""
FILE_UNFIT = "Invalid file."
SENTENCES: dict[str, str] = {
    "kyc.document_too_large": FILE_UNFIT,
    "kyc.document_unreadable": FILE_UNFIT,
    "kyc.documents_missing": "Missing image.",
    "kyc.bank_account_missing": "Missing bank account.",
}
"""The document's sentences for some refusals with −2. Source: bitgin: Upload Image, Apply TWD Deposit …."""
IMAGE_FIELDS: dict[str, str] = {"file": FILE_UNFIT, "type": "Invalid type."}
"""The same for parameters of an upload."""
WITHOUT_WORDS = frozenset({"accounts.totp_not_begun", "kyc.level_out_of_order"})
"""Refusals with a number of many whose `msg` is null in the samples."""
TEXTS: dict[int, str | None] = {
    NAME_MISSING: None,
    NAME_UNKNOWN: None,
    CREDENTIALS: None,
    NO_FACTOR: "您没有设置谷歌",
    EMAIL_TAKEN: "邮箱已存在",
    PHONE_TAKEN: None,
    PHONE_UNFIT: None,
    NUMBER_TAKEN: None,
    UNDER_REVIEW: None,
    APPROVED: None,
    RECORD_VOID: None,
    QUESTIONNAIRE: None,
    SMS_FAILED: None,
    ACTIVATION_CODE: None,
    TOO_OFTEN: None,
    FACTOR: None,
    EMAIL_CODE: "驗證碼錯誤",
    MAIL_FAILED: None,
    LOGIN_FACTOR: "",
    CAPTCHA: "圖形验证码错误",
    NAME_TAKEN: "用户名或邮箱已存在",
}
"""Number → its `msg` in the samples, null included; other numbers say what is the matter in a sentence."""
WRONG_TIMES = frozenset(
    {
        "accounts.name_missing",
        "accounts.wrong_credentials",
        "accounts.sign_in_locked",
        "messaging.captcha_required",
        "messaging.captcha_wrong",
    }
)
"""Refusals of a log-in, whose failures are told as `wrongTime`."""
TOKEN_OVER = "token过期"  # noqa: S105  # a sentence. Source: bitgin: logout, the sample
