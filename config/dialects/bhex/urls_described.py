"""The index as the OpenAPI document shows it: what apps call under /mapi is the same, and is not described again."""

from __future__ import annotations

from config.dialects.bhex.urls import described as urlpatterns

__all__ = ["urlpatterns"]
