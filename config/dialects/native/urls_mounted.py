"""The native index under its prefix, alone: what its OpenAPI document describes."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("api/v1/", include("config.dialects.native.urls"))]
