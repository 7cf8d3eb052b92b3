"""Which number each refusal has on bhex. Source: the bhex contract (登录, 错误码备注) and gaps.md, bhex, "Error numbers"."""

from __future__ import annotations

from config.kit.errors import Kind

SIGN_IN, BAD_REQUEST, PARAMETER, CAPTCHA, EXPIRED = 30000, 30002, 30003, 30005, 30010
TOO_FAST, STEP_MISSING, STEP_REPEATED, UNSAFE, NOT_ALLOWED, DEFECT = 30016, 30019, 30020, 30040, 30080, 500
OAUTH_MISSING, OAUTH_INVALID, OAUTH_CLIENT, OAUTH_CODE, OAUTH_TOKEN = 60001, 60002, 60003, 60005, 60015
OAUTH_ADDRESS, OAUTH_REQUEST, OAUTH_TYPE, NO_CLIENT, NO_SECRET, NO_CODE = 60017, 60020, 60030, 60032, 60033, 60034
"""What an application's own request, the customer's part of it, and the token step are told.

gaps.md names the ranges 60001–60034, 31028–31037 and 31038–31040 alone; what each number in them says is what it says to
clients of this family of servers.
"""
OAUTH_ERRORS = {"unsupported_response_type": OAUTH_TYPE, "unauthorized_client": OAUTH_CLIENT}
"""The words of RFC 6749; all others say that a parameter is not valid."""
SMS_CODE, EMAIL_CODE, GA_CODE = 31015, 31016, 31024
NO_EMAIL, NO_MOBILE = 31100, 31101
FROZEN, DISABLED = 31079, 31021
KEY_DISABLED = 31045
USE_EMAIL, USE_MOBILE = 31209, 31210
IMAGES = {"id_front": 31036, "selfie": 31037}
"""A document that is missing or can't be used → its number."""
IDENTITY_PARTS = {
    "nationality": 31029, "last_name": 31030, "first_name": 31031, "gender": 31032, "id_type": 31033, "birthday": 31035,
}  # fmt: skip
"""A part of the typed data that can't be true, in our words → its number; what is wrong with a birthday is the number's."""
FAILED_SIGN_INS = (31019, 31048, 31049, 31050, 31051, 31052)
"""The first wrong password, the second … the sixth and all after it. Source: bhex: 手机登录, 错误码备注."""
FAILED_RECOVERIES = (31201, 31202, 31203, 31204, 31205, 31206, 31206, 31206, 31206, 31207, 31208)
"""The first wrong code of a forgotten password, the second … the tenth, the eleventh and all after it."""
LOCKED_RECOVERY = 6
"""While a lock runs, the answer is at least that to this failure."""

NUMBERS: dict[str, int] = {
    "api.invalid": PARAMETER,
    "api.malformed": BAD_REQUEST,
    "api.not_signed_in": SIGN_IN,
    "api.level_too_low": SIGN_IN,
    "api.not_fresh": STEP_MISSING,
    "api.scope_missing": NOT_ALLOWED,
    "api.key_required": NOT_ALLOWED,
    "api.absent": PARAMETER,
    "api.method_not_allowed": BAD_REQUEST,
    "api.unsupported_media": BAD_REQUEST,
    "api.not_acceptable": BAD_REQUEST,
    "api.too_large": BAD_REQUEST,
    "api.throttled": TOO_FAST,
    "api.unavailable": DEFECT,
    "api.unexpected": DEFECT,
    "accounts.cross_site": NOT_ALLOWED,
    "accounts.credentials_disagree": SIGN_IN,
    "messaging.captcha_required": CAPTCHA,
    "messaging.captcha_wrong": CAPTCHA,
    "messaging.captcha_kind_unknown": CAPTCHA,
    "messaging.captcha_unavailable": CAPTCHA,
    "messaging.too_many_captchas": TOO_FAST,
    "messaging.too_many_codes": TOO_FAST,
    "messaging.too_many_attempts": TOO_FAST,
    "messaging.channel_invalid": PARAMETER,
    "messaging.invalid_email": 31005,
    "messaging.invalid_phone": 31002,
    "accounts.app_token_refused": SIGN_IN,
    "oauth.invalid_client": OAUTH_INVALID,
    "accounts.purpose_elsewhere": PARAMETER,
    "accounts.authenticator_due": 31010,
    "accounts.phone_country_closed": 31027,
    "accounts.phone_taken": 31003,
    "accounts.email_taken": 31006,
    "accounts.username_taken": PARAMETER,
    "accounts.account_unknown": 31009,
    "accounts.password_refused": 31013,
    "accounts.referral_unknown": 31020,
    "accounts.referral_locked": TOO_FAST,
    "accounts.address_locked": TOO_FAST,
    "accounts.credentials_changed": SIGN_IN,
    "accounts.recovery_invalid": EXPIRED,
    "accounts.passwords_equal": 31056,
    "accounts.old_password_wrong": 31040,
    "accounts.password_unchanged": 31013,
    "accounts.password_missing": 31102,
    "accounts.password_already_set": STEP_REPEATED,
    "accounts.trade_password_refused": 31075,
    "accounts.trade_password_already_set": 31074,
    "accounts.trade_password_missing": STEP_MISSING,
    "accounts.totp_already_bound": 31025,
    "accounts.totp_not_begun": STEP_MISSING,
    "accounts.old_contact_due": STEP_REPEATED,
    "accounts.password_due": 31102,
    "accounts.password_not_due": STEP_REPEATED,
    "accounts.passwords_differ": 31012,
    "accounts.factor_not_served": NOT_ALLOWED,
    "accounts.waiting_session_invalid": EXPIRED,
    "accounts.second_factor_required": STEP_MISSING,
    "accounts.second_factor_not_due": STEP_REPEATED,
    "accounts.security_hold_active": UNSAFE,
    "accounts.not_for_sub_accounts": NOT_ALLOWED,
    "accounts.contact_taken": 31003,
    "accounts.contact_unchanged": STEP_REPEATED,
    "accounts.contact_not_bound": STEP_MISSING,
    "accounts.already_activated": STEP_REPEATED,
    "apikeys.too_many_keys": 31026,
    "apikeys.too_many_networks": 31043,
    "apikeys.network_invalid": 31047,
    "kyc.not_entitled": NOT_ALLOWED,
    "accounts.favourite_invalid": PARAMETER,
    "accounts.too_many_favourites": NOT_ALLOWED,
    "accounts.country_unknown": 31029,
    "kyc.id_number_invalid": 31035,
    "kyc.id_number_unfit": 31035,
    "kyc.id_number_taken": 31066,
    "kyc.birthday_invalid": 31035,
    "kyc.too_young": NOT_ALLOWED,
    "kyc.identity_differs": NOT_ALLOWED,
    "kyc.document_expired": NOT_ALLOWED,
    "kyc.part_settled": NOT_ALLOWED,
    "kyc.parts_missing": STEP_MISSING,
    "kyc.under_review": 31067,
    "kyc.already_approved": 31067,
    "kyc.upload_unfit": 31053,
    "kyc.document_unreadable": 31053,
    "kyc.document_too_large": BAD_REQUEST,
    "kyc.upload_quota_reached": TOO_FAST,
    "kyc.upload_bytes_reached": TOO_FAST,
    "kyc.video_quota_reached": TOO_FAST,
    "kyc.imaging_busy": DEFECT,
    "kyc.storage_unavailable": DEFECT,
    "kyc.link_invalid": EXPIRED,
}
"""Slug → number. `dialect.number_of` decides those that depend on more than the slug."""
BY_KIND = {
    Kind.INVALID: PARAMETER,
    Kind.UNAUTHENTICATED: SIGN_IN,
    Kind.FORBIDDEN: NOT_ALLOWED,
    Kind.ABSENT: PARAMETER,
    Kind.CONFLICT: STEP_REPEATED,
    Kind.TOO_LARGE: BAD_REQUEST,
    Kind.UNPROCESSABLE: PARAMETER,
    Kind.LIMITED: TOO_FAST,
    Kind.UNAVAILABLE: DEFECT,
}
"""What a refusal without a number of its own says."""
FIELDS: dict[str, tuple[int, int]] = {
    "mobile": (31001, 31002),
    "email": (31004, 31005),
    "national_code": (31022, 31027),
    "password": (31011, 31013),
    "password1": (31011, 31013),
    "password2": (31011, 31013),
    "old_password": (31038, 31040),
    "verify_code": (31014, PARAMETER),
    "ga_code": (31014, PARAMETER),
    "mobile_verify_code": (31014, PARAMETER),
    "email_verify_code": (31014, PARAMETER),
    "response_type": (OAUTH_TYPE, OAUTH_TYPE),
    "client_id": (NO_CLIENT, OAUTH_CLIENT),
    "redirect_uri": (OAUTH_MISSING, OAUTH_ADDRESS),
    "state": (OAUTH_MISSING, OAUTH_INVALID),
    "scope": (OAUTH_MISSING, OAUTH_INVALID),
    "oauth_request_id": (OAUTH_REQUEST, OAUTH_REQUEST),
    "code": (NO_CODE, OAUTH_CODE),
    "client_secret": (NO_SECRET, OAUTH_INVALID),
    "invite_code": (31020, 31020),
    "tag": (31044, PARAMETER),
    "ip_white_list": (31042, 31047),
    "nationality": (31028, 31029),
    "first_name": (31030, 31030),
    "second_name": (31031, 31031),
    "gender": (31032, 31032),
    "card_type": (31033, 31033),
    "card_no": (31034, 31035),
    "card_front_url": (31036, 31036),
    "card_hand_url": (31037, 31037),
    "upload_image_file": (PARAMETER, 31053),
    "upload_video_file": (PARAMETER, 31053),
    "trade_pwd": (31055, 31075),
    "trade_pwd2": (31055, 31012),
}
"""Parameter → what is said where it is missing or empty, and where it is no good."""
NEW_ONE_DUE = "A new one is due."
REASONS = {NEW_ONE_DUE: 31039}
"""What a parameter says of itself where the same one has another number elsewhere."""
