"""What a customer is told when a recovery case is sent back or rejected: a catalogue in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models.recovery import Verdict


@dataclass(frozen=True)
class Reason:
    """One reason; `verdicts` are those for which it may stand."""

    slug: str
    verdicts: frozenset[str]
    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """The sentence for the customer, in English where the language is unknown."""
        return self.texts.get(language, self.texts["en"])


def _reason(slug: str, verdicts: tuple[Verdict, ...], *texts: str) -> Reason:
    return Reason(slug, frozenset(verdicts), dict(zip(("en", "zh-CN", "zh-TW"), texts, strict=True)))


BACK, END = (Verdict.SEND_BACK,), (Verdict.REJECT,)
REASONS: dict[str, Reason] = {
    reason.slug: reason
    for reason in (
        _reason("unclear", BACK, "The picture is not clear.", "照片不清晰。", "照片不清晰。"),
        _reason(
            "number_missing",
            BACK,
            "The number of your case, written by hand, is not to be read in the picture.",
            "照片中看不清手写的案件验证数字。",
            "照片中看不清手寫的案件驗證數字。",
        ),
        _reason(
            "face_covered",
            BACK,
            "Your face is covered or not whole in the picture.",
            "照片中面部被遮挡或不完整。",
            "照片中臉部被遮擋或不完整。",
        ),
        _reason(
            "another_person",
            END,
            "The person in the picture is not the verified owner of the account.",
            "照片中的人与账户实名认证人不符。",
            "照片中的人與帳戶實名認證人不符。",
        ),
        _reason(
            "altered",
            END,
            "The picture was altered, or taken from a screen or paper.",
            "照片经过修改，或翻拍自屏幕或纸张。",
            "照片經過修改，或翻拍自螢幕或紙張。",
        ),
        _reason(
            "identity_unproven",
            END,
            "We could not make sure that you are the owner. Please contact support.",
            "我们无法确认您是账户所有人，请联系客服。",
            "我們無法確認您是帳戶所有人，請聯絡客服。",
        ),
    )
}


def reasons_for(verdict: Verdict) -> list[Reason]:
    """The reasons that may stand for this verdict."""
    return [reason for reason in REASONS.values() if verdict in reason.verdicts]


def text_of(slug: str, language: str) -> str:
    """The sentence, or nothing where there is no such reason."""
    reason = REASONS.get(slug)
    return reason.text(language) if reason is not None else ""
