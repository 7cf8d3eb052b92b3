"""A dialect of three endpoints, to try the kit without any app."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError
from django.urls import path
from rest_framework import serializers

from config.dialects.native.dialect import problem, status_of
from config.kit.dialect import Dialect, register
from config.kit.errors import DomainError, Kind
from config.kit.fields import AmountField, CodeField, Secret, Text
from config.kit.paging import Keyset
from config.kit.views import Answer, Call, DialectView, Needs, operation

TOY = register(Dialect(name="toy", prefixes=("/toy/",), authenticators=(), refuse=problem, status_of=status_of))


class ToyBroken(DomainError):
    """A refusal with facts."""

    slug = "toy.broken"
    kind = Kind.CONFLICT
    message = "Broken {times} times."
    field = "amount"
    times: int


class ToyInput(serializers.Serializer[Any]):
    """What the toy reads."""

    name = Text(max_length=10)
    amount = AmountField(scale=2)
    code = CodeField(required=False)
    password = Secret(required=False)


class ToyOutput(serializers.Serializer[Any]):
    """What it answers."""

    name = serializers.CharField()
    amount = AmountField()


class Echo(DialectView):
    """`POST /toy/echo`."""

    dialect = TOY

    @operation(needs=Needs(login=False), input=ToyInput, output=ToyOutput, refusals=(ToyBroken,))
    def post(self, call: Call) -> Any:
        """Answer the input, or go wrong as asked."""
        name = call.input["name"]
        if name == "broken":
            raise ToyBroken(times=3)
        if name == "bug":
            raise RuntimeError("secret-of-the-bug")
        if name == "database":
            raise OperationalError("the server closed the connection")
        return Answer(call.input, headers={"X-Key": call.idempotency_key or "none"})


class Rows(DialectView):
    """`GET /toy/rows`."""

    dialect = TOY

    class Row(serializers.Serializer[Any]):
        """One row."""

        id = serializers.IntegerField()

    @operation(needs=Needs(login=False), output=Row, page=Keyset("-id"))
    def get(self, call: Call) -> Any:
        """All content types."""
        return ContentType.objects.all()


class Closed(DialectView):
    """`GET /toy/closed`."""

    dialect = TOY

    @operation(needs=Needs())
    def get(self, call: Call) -> Any:
        """Nobody comes here."""
        raise AssertionError("reached")


class Limited(DialectView):
    """`GET /toy/limited`."""

    dialect = TOY

    @operation(needs=Needs(login=False), output=ToyOutput, rate="3/m")
    def get(self, call: Call) -> Any:
        """Three a minute."""
        return {"name": call.ip, "amount": Decimal(1)}


urlpatterns = [
    path("toy/echo", Echo.as_view()),
    path("toy/rows", Rows.as_view()),
    path("toy/closed", Closed.as_view()),
    path("toy/limited", Limited.as_view()),
]
handler404 = "config.urls.not_found"
