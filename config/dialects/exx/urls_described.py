"""The index as the OpenAPI document shows it: what is called in lower case is the same, and is not described again."""

from __future__ import annotations

from config.dialects.exx.urls import described as urlpatterns

__all__ = ["urlpatterns"]
