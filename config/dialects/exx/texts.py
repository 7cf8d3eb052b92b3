"""What exx says, in the customer's language: English, simplified and traditional Chinese."""

from __future__ import annotations

from config.kit.texts import Said, spoken

SUCCESS = "SUCCESS."
TEXTS: dict[int, Said] = {
    1001: ("The request failed.", "操作失败", "操作失敗"),
    1003: ("Sign in first.", "请先登录", "請先登入"),
    1005: ("The safe password is wrong.", "资金密码错误", "資金密碼錯誤"),
    1008: ("The account or the password is wrong.", "账号或密码错误", "帳號或密碼錯誤"),
    1017: ("Enter the code that is sent to you.", "请输入短信或邮件验证码", "請輸入簡訊或郵件驗證碼"),
    1018: ("Enter the code of Google Authenticator.", "请输入谷歌验证码", "請輸入谷歌驗證碼"),
    1020: (
        "Enter the code that is sent to you and that of Google Authenticator.",
        "请输入短信或邮件验证码和谷歌验证码",
        "請輸入簡訊或郵件驗證碼和谷歌驗證碼",
    ),
    1024: ("Enter the characters of the picture.", "请输入图形验证码", "請輸入圖形驗證碼"),
    1025: ("This account is not activated.", "账号未激活", "帳號未啟用"),
    1026: ("Set the safe password.", "请设置二级密码", "請設定二級密碼"),
    3004: ("There is no such user.", "用户不存在", "用戶不存在"),
    3005: ("A parameter is missing or not valid.", "参数缺失或无效", "參數缺失或無效"),
    4002: ("Too many requests. Try again later.", "操作过于频繁，请稍后再试", "操作過於頻繁，請稍後再試"),
    4003: ("This is locked. Try again later, or write to support.", "已被锁定，请稍后再试", "已被鎖定，請稍後再試"),
}
"""Number → sentence."""
CODE_WRONG = ("The code is wrong or has expired.", "验证码错误或已过期", "驗證碼錯誤或已過期")
OURS = ("Something went wrong on our side. Try again later.", "系统异常，请稍后再试", "系統異常，請稍後再試")
TODAY = (
    "You were sent as many codes as you may be today.",
    "您今天发送的验证码已超过限制。",
    "您今天發送的驗證碼已超過限制。",
)
"""More codes than the pause between two can explain. Source: exx 2.3, 请求验证码过多."""
UNSENT = ("The code could not be sent. Try again later.", "发送失败，请稍后重试", "發送失敗，請稍後重試")
"""Source: exx 2.3, 操作失败."""
BY_SLUG: dict[str, Said] = {
    "messaging.wrong_code": CODE_WRONG,
    "messaging.code_expired": CODE_WRONG,
    "messaging.captcha_wrong": ("The picture says something else.", "图形验证码错误", "圖形驗證碼錯誤"),
    "messaging.channel_invalid": UNSENT,
    "accounts.destination_missing": UNSENT,
    "accounts.authenticator_due": ("Use Google Authenticator's code.", "请使用谷歌验证码", "請使用谷歌驗證碼"),
    "accounts.second_factor_required": ("Enter the code.", "请输入验证码", "請輸入驗證碼"),
    "accounts.password_refused": ("The password is not good enough.", "密码不符合要求", "密碼不符合要求"),
    "accounts.trade_password_refused": ("The safe password is not good enough.", "资金密码不符合要求", "資金密碼不符合要求"),
    "accounts.passwords_equal": (
        "The safe password is the log-in password.",
        "资金密码不能与登录密码相同",
        "資金密碼不能與登入密碼相同",
    ),
    "accounts.trade_password_already_set": ("A safe password is set already.", "资金密码已设置", "資金密碼已設定"),
    "accounts.factor_not_served": (
        "This account signs in by a passkey, which is not served here.",
        "该账号使用通行密钥登录，此处不支持",
        "該帳號使用通行密鑰登入，此處不支援",
    ),
    "accounts.already_registered": ("This account exists already.", "该账号已注册", "該帳號已註冊"),
    "accounts.email_taken": ("This account exists already.", "该账号已注册", "該帳號已註冊"),
    "accounts.phone_taken": ("This account exists already.", "该账号已注册", "該帳號已註冊"),
    "accounts.phone_country_closed": ("This country is not served.", "不支持该国家或地区", "不支援該國家或地區"),
    "api.not_fresh": (
        "Ask for a code and send it along, or sign in anew.",
        "请获取并提交验证码，或重新登录",
        "請取得並提交驗證碼，或重新登入",
    ),
    "api.unavailable": OURS,
    "api.unexpected": OURS,
}
"""Refusals that say more than their number does."""
SENT_BY_SMS: Said = (
    "The SMS code was sent to your phone. It is good for 10 minutes.",
    "短信验证码已发送到您的手机，10分钟内有效",
    "簡訊驗證碼已發送到您的手機，10分鐘內有效",
)
SENT_BY_EMAIL: Said = (
    "The code was sent to your email address {}. Read it there; it is good for 10 minutes.",
    "验证码已发送到您的邮箱{}，请登录邮箱查看，10分钟内有效。",
    "驗證碼已發送到您的郵箱{}，請登入郵箱查看，10分鐘內有效。",
)
"""Source: exx 2.3, 操作成功."""


def in_language(said: Said, language: str) -> str:
    """The sentence in the language (`en`, `zh-CN`, `zh-TW`); English for others."""
    return spoken(said, language)
