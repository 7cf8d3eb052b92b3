"""The words of the page behind the link of a mail about a transfer, in the languages of our mails."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Your transfer",
        "reading": "Reading your link…",
        "paste_lead": "Paste the link, or the code after its #, from the email.",
        "paste_label": "Link or code",
        "paste_button": "Continue",
        "confirm_title": "Is this your transfer?",
        "amount": "Amount",
        "receiver": "To customer",
        "confirm_button": "Yes, it is mine",
        "nothing_yet": "No money moves by this page. If it was not you, cancel the transfer and change your password.",
        "done_title": "One step is left",
        "done_lead": "Confirm the transfer in the app or on the website, where you are signed in. It moves then.",
        "refused_title": "Nothing was changed",
        "invalid": "This link is not complete, a newer email has replaced it, or the transfer has gone on or ended.",
        "expired": "This transfer was not confirmed in time. Its amount is available again; ask for another.",
        "limited": "Too many tries. Wait a minute.",
        "again": "Use another link",
    },
    "zh-CN": {
        "title": "您的转账",
        "reading": "正在读取链接…",
        "paste_lead": "请粘贴邮件中的链接，或 # 之后的代码。",
        "paste_label": "链接或代码",
        "paste_button": "继续",
        "confirm_title": "这是您的转账吗？",
        "amount": "数量",
        "receiver": "收款用户",
        "confirm_button": "是我本人操作",
        "nothing_yet": "本页不会划转资金。如非本人操作，请关闭本页、取消转账并修改密码。",
        "done_title": "还差一步",
        "done_lead": "请在已登录的应用或网站中确认转账，确认后资金才会划转。",
        "refused_title": "未做任何更改",
        "invalid": "链接不完整、已被新邮件取代，或转账已继续处理或结束。",
        "expired": "转账未在时限内确认，金额已退回可用余额，请重新申请。",
        "limited": "尝试次数过多，请一分钟后再试。",
        "again": "使用其他链接",
    },
    "zh-TW": {
        "title": "您的轉帳",
        "reading": "正在讀取連結…",
        "paste_lead": "請貼上郵件中的連結，或 # 之後的代碼。",
        "paste_label": "連結或代碼",
        "paste_button": "繼續",
        "confirm_title": "這是您的轉帳嗎？",
        "amount": "數量",
        "receiver": "收款用戶",
        "confirm_button": "是我本人操作",
        "nothing_yet": "本頁不會劃轉資金。如非本人操作，請關閉本頁、取消轉帳並修改密碼。",
        "done_title": "還差一步",
        "done_lead": "請在已登入的應用或網站中確認轉帳，確認後資金才會劃轉。",
        "refused_title": "未做任何更改",
        "invalid": "連結不完整、已被新郵件取代，或轉帳已繼續處理或結束。",
        "expired": "轉帳未在時限內確認，金額已退回可用餘額，請重新申請。",
        "limited": "嘗試次數過多，請一分鐘後再試。",
        "again": "使用其他連結",
    },
}
REFUSALS: Final = {"wallet.transfer_expired": "expired", "api.throttled": "limited"}
"""Refusals with a sentence of their own; any other is an invalid link."""
