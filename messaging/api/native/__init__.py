"""The native dialect's endpoints of this app."""

from __future__ import annotations

from messaging.api.native.captchas import Captchas
from messaging.api.native.notices import NoticeById, Notices, ReadNotices, UnreadNotices

__all__ = ["Captchas", "NoticeById", "Notices", "ReadNotices", "UnreadNotices"]
