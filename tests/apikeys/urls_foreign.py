"""The dialects of foreign signatures as they are served, and an address in each that shows what a signed request may reach."""

from __future__ import annotations

from typing import Any

from django.urls import include, path, re_path
from rest_framework import serializers

from config.dialects.bitgin.dialect import BitginView
from config.dialects.spot.dialect import SpotView
from config.kit.views import Call, DialectView, Needs, operation
from config.urls import handler400, handler404, handler500
from tests.apikeys.urls import writes

__all__ = ["handler400", "handler404", "handler500"]


class AmountInput(serializers.Serializer[Any]):
    amount = serializers.CharField(required=False)


class Things(DialectView):
    """GET|POST …/things/…"""

    @operation(needs=Needs(scope="read"))
    def get(self, call: Call) -> dict[str, Any]:
        return {"uid": str(call.user.uid), "query": call.request.GET.dict()}

    @operation(needs=Needs(scope="withdraw"), input=AmountInput)
    def post(self, call: Call) -> dict[str, Any]:
        writes.append((call.user.uid, call.input))
        return {"nonce": call.credential.nonce if call.credential else ""}


class BitginThings(Things, BitginView):
    """GET|POST /bitgin/v1/things/…"""


class SpotThings(Things, SpotView):
    """GET|POST /api/spot/v1/things/…"""


class Broken(SpotView):
    """GET /api/spot/v1/broken: a defect."""

    @operation(needs=Needs(login=False))
    def get(self, call: Call) -> dict[str, Any]:
        raise RuntimeError("a defect of ours")


class BrokenToo(BitginView):
    """GET /bitgin/v1/broken: a defect."""

    @operation(needs=Needs(login=False))
    def get(self, call: Call) -> dict[str, Any]:
        raise RuntimeError("a defect of ours")


urlpatterns = [
    path("", include("config.dialects.spot.urls")),
    path("", include("config.dialects.bitgin.urls")),
    path("api/spot/v1/broken", Broken.as_view()),
    path("bitgin/v1/broken", BrokenToo.as_view()),
    re_path(r"^(?:spot/)?bitgin/v1/.*$", BitginThings.as_view()),
    re_path(r"^api/spot/v1/.*$", SpotThings.as_view()),
]
