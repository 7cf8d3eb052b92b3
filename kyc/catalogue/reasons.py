"""Why officers send back or reject: a catalogue with numbers and three languages. A number is never used again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kyc.models import Verdict


@dataclass(frozen=True)
class Reason:
    """One reason. `number` is for dialects that speak in numbers, `verdicts` are those it may stand for."""

    slug: str
    number: int
    texts: Mapping[str, str]
    verdicts: tuple[str, ...]

    def text(self, language: str) -> str:
        """The sentence for the customer, in English where the language is unknown."""
        return self.texts.get(language, self.texts["en"])


LOWER = "lower"
"""What is neither a verdict nor the customer's doing: a level that was reached is taken away."""
BACK = (Verdict.SEND_BACK,)
END = (Verdict.REJECT,)
BOTH = (Verdict.SEND_BACK, Verdict.REJECT)
LOWERED = (LOWER,)


def _reason(number: int, slug: str, verdicts: tuple[str, ...], texts: tuple[str, str, str]) -> Reason:
    languages = dict(zip(("en", "zh-CN", "zh-TW"), texts, strict=True))
    return Reason(slug, number, languages, tuple(str(verdict) for verdict in verdicts))


REASONS: dict[str, Reason] = {
    reason.slug: reason
    for reason in (
        _reason(
            1,
            "image_unclear",
            BACK,
            ("The photo is not clear, please upload it again.", "照片不清晰，请重新上传。", "照片不清晰，請重新上傳。"),
        ),
        _reason(
            2,
            "image_cropped",
            BACK,
            ("Part of the document is cut off or covered.", "证件部分被裁切或遮挡。", "證件部分被裁切或遮擋。"),
        ),
        _reason(
            3,
            "wrong_document",
            BACK,
            ("This is not the document that we asked for.", "所上传的不是要求的证件。", "所上傳的不是要求的證件。"),
        ),
        _reason(4, "document_expired", BACK, ("The document has expired.", "证件已过期。", "證件已過期。")),
        _reason(
            5,
            "data_differs",
            BOTH,
            ("The document and the data you entered do not agree.", "证件与填写的资料不一致。", "證件與填寫的資料不一致。"),
        ),
        _reason(
            6,
            "selfie_without_document",
            BACK,
            (
                "Your face and the document must both be seen in the selfie.",
                "自拍照须同时清楚显示本人与证件。",
                "自拍照須同時清楚顯示本人與證件。",
            ),
        ),
        _reason(
            7,
            "address_not_proven",
            BACK,
            (
                "The proof of address is older than three months or shows another address.",
                "地址证明已超过三个月或地址不符。",
                "地址證明已超過三個月或地址不符。",
            ),
        ),
        _reason(
            8,
            "bank_account_differs",
            BACK,
            ("The bank book shows another holder or account.", "银行存折的户名或账号不符。", "銀行存摺的戶名或帳號不符。"),
        ),
        _reason(
            9, "document_altered", END, ("The document seems to have been altered.", "证件疑似经过修改。", "證件疑似經過修改。")
        ),
        _reason(
            10,
            "person_differs",
            END,
            (
                "The person in the selfie is not the holder of the document.",
                "自拍照中的人与证件持有人不符。",
                "自拍照中的人與證件持有人不符。",
            ),
        ),
        _reason(
            11,
            "country_not_served",
            END,
            (
                "We do not serve customers of this country.",
                "我们不向该国家或地区的客户提供服务。",
                "我們不向該國家或地區的客戶提供服務。",
            ),
        ),
        _reason(
            12, "not_acceptable", END, ("We can't accept your application.", "我们无法接受您的申请。", "我們無法接受您的申請。")
        ),
        _reason(13, "under_age", END, ("You are not old enough.", "您未达到要求的年龄。", "您未達到要求的年齡。")),
        _reason(
            14,
            "answer_unclear",
            BACK,
            (
                "An answer in the questionnaire is incomplete or contradicts another.",
                "问卷中有答案不完整或互相矛盾。",
                "問卷中有答案不完整或互相矛盾。",
            ),
        ),
        _reason(
            15,
            "number_disputed",
            LOWERED,
            (
                "Another customer has proven to hold the document with this number.",
                "另一位客户已证明持有该号码的证件。",
                "另一位客戶已證明持有該號碼的證件。",
            ),
        ),
        _reason(
            16,
            "document_ran_out",
            LOWERED,
            ("Your identity document has expired.", "您的身份证件已过期。", "您的身分證件已過期。"),
        ),
        _reason(
            17,
            "checked_anew",
            LOWERED,
            ("Your identity must be checked anew.", "您的身份需要重新审核。", "您的身分需要重新審核。"),
        ),
        _reason(
            18,
            "information_untrue",
            LOWERED,
            (
                "Information that you gave us has turned out to be untrue.",
                "您提供的资料经查证不属实。",
                "您提供的資料經查證不屬實。",
            ),
        ),
        _reason(19, "on_request", LOWERED, ("You asked for it yourself.", "应您本人要求。", "應您本人要求。")),
    )
}
"""Slug → reason."""


def reasons_for(verdict: str) -> list[Reason]:
    """The reasons that may stand for this verdict, in the order of their numbers."""
    return [reason for reason in REASONS.values() if verdict in reason.verdicts]
