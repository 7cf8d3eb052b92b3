"""Captchas: drawn here or by a vendor, taken at one door, each of them once.

Our own are pictures and proofs of work; those of Geetest and Aliyun are checked by asking their servers. What a client
says of itself counts for nothing. Design: docs/architecture.md#captchas
"""

from __future__ import annotations

from messaging.services.captchas.door import draw, require
from messaging.services.captchas.rows import purge, read_answer
from messaging.services.captchas.words import CaptchaAnswer, Challenge

__all__ = ["CaptchaAnswer", "Challenge", "draw", "purge", "read_answer", "require"]
