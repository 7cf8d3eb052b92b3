"""The native dialect's endpoints of this app."""

from __future__ import annotations

from messaging.api.native.captchas import Captchas

__all__ = ["Captchas"]
