"""Mounted at /outbox/ by config.urls, unless in production."""

from __future__ import annotations

from django.urls import path

from messaging.outbox.views import captcha, messages, page

urlpatterns = [path("", page, name="outbox"), path("messages.json", messages), path("captcha.json", captcha)]
