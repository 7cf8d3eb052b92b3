"""Two toy dialects that speak nothing but a foreign family of signatures."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import re_path
from rest_framework import serializers

from config.dialects.native.dialect import problem, status_of
from config.kit.dialect import Dialect
from config.kit.views import Call, DialectView, Needs, operation
from tests.apikeys.urls import writes


def _dialect(name: str, prefix: str, authenticator: str) -> Dialect:
    return Dialect(
        name=name,
        prefixes=(prefix,),
        authenticators=(f"apikeys.api.authentication.{authenticator}",),
        refuse=problem,
        status_of=status_of,
    )


class AmountInput(serializers.Serializer[Any]):
    amount = serializers.CharField(required=False)


class Btse(DialectView):
    """GET|POST /bitgin/v1/…"""

    dialect: ClassVar[Dialect] = _dialect("toy of btse", "/bitgin/", "BtseKeyAuthentication")

    @operation(needs=Needs(scope="read"))
    def get(self, call: Call) -> dict[str, Any]:
        return {"uid": str(call.user.uid), "query": call.request.GET.dict()}

    @operation(needs=Needs(scope="withdraw"), input=AmountInput)
    def post(self, call: Call) -> dict[str, Any]:
        writes.append((call.user.uid, call.input))
        return {"nonce": call.credential.nonce if call.credential else ""}


class Spot(Btse):
    """GET|POST /api/spot/v1/…"""

    dialect = _dialect("toy of spot", "/api/spot/", "SpotKeyAuthentication")


urlpatterns = [
    re_path(r"^(?:spot/)?bitgin/v1/.*$", Btse.as_view()),
    re_path(r"^api/spot/v1/.*$", Spot.as_view()),
]
