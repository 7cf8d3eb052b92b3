"""The index as the OpenAPI document shows it: what is served under /bitgin/v1 is the same, and is not described again."""

from __future__ import annotations

from config.dialects.bitgin.urls import described as urlpatterns

__all__ = ["urlpatterns"]
