"""The endpoints of keys, beside two of our own that show what a signed request may reach."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from accounts.admin_site import site
from apikeys.api import native
from config.dialects.native.dialect import NativeView
from config.kit.views import Call, Needs, operation
from wallet.api.native import api_keys

writes: list[Any] = []
"""What the write below did: one entry for each time that it acted."""


class AnyInput(serializers.Serializer[Any]):
    amount = serializers.CharField(required=False)


class Reading(NativeView):
    """GET /api/v1/reading."""

    @operation(needs=Needs(scope="read"), rate="10000/m")
    def get(self, call: Call) -> dict[str, Any]:
        return {"uid": str(call.user.uid), "query": call.request.GET.dict()}


class Writing(NativeView):
    """POST|DELETE /api/v1/writing."""

    @operation(needs=Needs(scope="withdraw"), input=AnyInput)
    def post(self, call: Call) -> dict[str, Any]:
        writes.append((call.user.uid, call.input))
        return {"ok": True}

    @operation(needs=Needs(scope="withdraw"))
    def delete(self, call: Call) -> None:
        writes.append((call.user.uid, "delete"))


class Personal(NativeView):
    """GET /api/v1/personal: no key reaches it."""

    @operation(needs=Needs())
    def get(self, call: Call) -> dict[str, Any]:
        return {"uid": str(call.user.uid)}


urlpatterns = [
    path("api/v1/reading", Reading.as_view()),
    path("api/v1/writing", Writing.as_view()),
    path("api/v1/personal", Personal.as_view()),
    path("api/v1/api-keys", api_keys.ApiKeys.as_view()),
    path("api/v1/api-keys/self", native.OwnApiKey.as_view()),
    path("api/v1/api-keys/<str:id>", native.OneApiKey.as_view()),
    path("admin/", site.urls),
]
