"""What an application may be let do: functions, which OAuth calls scopes. Each reads; none moves anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from oauth2_provider.scopes import BaseScopes

USER_INFO, CONTACTS, KYC_LEVEL = "get_user_info", "get_contacts", "get_kyc_level"
FUNCTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    USER_INFO: {
        "en": "See your uid, user name and language",
        "zh-CN": "查看您的 UID、用户名和语言",
        "zh-TW": "查看您的 UID、使用者名稱和語言",
    },
    CONTACTS: {
        "en": "See your email and phone, masked",
        "zh-CN": "查看您的邮箱和手机号（部分隐藏）",
        "zh-TW": "查看您的電子郵件和手機號碼（部分隱藏）",
    },
    KYC_LEVEL: {
        "en": "See the level of your identity verification",
        "zh-CN": "查看您的身份认证等级",
        "zh-TW": "查看您的身分驗證等級",
    },
}
"""By name, what the customer reads of each, in each of our languages."""


@dataclass(frozen=True)
class Function:
    """A function and what it means, in the customer's language."""

    name: str
    text: str


def named(names: Iterable[str], language: str) -> list[Function]:
    """The functions of these names in our own order; a name that has gone is left out."""
    wanted = set(names)
    return [Function(name, texts.get(language, texts["en"])) for name, texts in FUNCTIONS.items() if name in wanted]


def ordered(names: Iterable[str]) -> str:
    """The known ones of the names, each once, in our own order, as tables and tokens hold them."""
    wanted = set(names)
    return " ".join(name for name in FUNCTIONS if name in wanted)


class FunctionScopes(BaseScopes):
    """The toolkit's view of them: an application may ask for those that it is registered for."""

    def get_all_scopes(self) -> dict[str, str]:
        """All, with their English words."""
        return {name: texts["en"] for name, texts in FUNCTIONS.items()}

    def get_available_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> Sequence[str]:
        """Those of the application."""
        return [name for name in application.functions.split() if name in FUNCTIONS] if application is not None else []

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> Sequence[str]:
        """None: an application says what it wants."""
        return []
