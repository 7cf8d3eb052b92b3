"""What each number of bitflex says, by `lang`: English, simplified and traditional Chinese."""

from __future__ import annotations

from config.kit.texts import spoken

TEXTS: dict[int, tuple[str, str, str]] = {
    4000: ("A parameter is missing or not valid.", "参数缺失或无效", "參數缺失或無效"),
    4001: ("Complete the captcha.", "请完成人机验证", "請完成人機驗證"),
    4010: ("Sign in first, or again.", "请先登录或重新登录", "請先登入或重新登入"),
    4029: ("Too many requests. Try again later.", "操作过于频繁，请稍后再试", "操作過於頻繁，請稍後再試"),
    4030: ("This is not allowed.", "不允许此操作", "不允許此操作"),
    4040: ("Nothing like this was found.", "未找到", "找不到"),
    4100: ("The code is wrong or has expired.", "验证码错误或已过期", "驗證碼錯誤或已過期"),
    5000: ("Something went wrong on our side. Try again later.", "系统异常，请稍后再试", "系統異常，請稍後再試"),
}
"""Number → English, simplified Chinese, traditional Chinese."""


def text_of(number: int, language: str) -> str:
    """What the number says in the language (`en`, `zh-CN`, `zh-TW`); English for others."""
    return spoken(TEXTS[number], language)
