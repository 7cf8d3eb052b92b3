"""Examples for the descriptions of our interfaces, made from what the serializers declare.

An example that is written by hand goes stale; these can't, and a test validates each against its own schema.
Values are chosen by the field's name first, then by its kind; where those say too little a serializer names values of its
own in `example_values`, and a refusal those of its facts in `example`. An input whose rules ask for one of several optional
fields names those that its example shows in `example_fields`; one with several forms names each in `example_cases`.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any, get_type_hints

from rest_framework import serializers

from config.kit import fields as ours
from config.kit.errors import DomainError
from config.kit.scalars import ScalarOutput

MOMENT = "2026-01-31T12:00:00.000Z"
ID = "4203918275640192"
BY_NAME: dict[str, Any] = {
    "address": "0x52908400098527886E0F7030069857D2E4169EE7",
    "alpha2": "TW",
    "answer": "w9khc",
    "bank_account": ID,
    "bank_reference": "TX20260131-000451",
    "alpha3": "TWN",
    "numeric": "158",
    "phone_area": "886",
    "code": "482913",
    "coin": "ETH",
    "service": "LISTING",
    "source_coin": "ETH",
    "target_coin": "USDT",
    "network": "ETHEREUM",
    "networks": ["203.0.113.0/24"],
    "destination": "a***a@example.com",
    "detail": "The code is wrong. Attempts left: 2.",
    "device": "Mac",
    "browser": "Firefox",
    "place": "TW",
    "city": "Taipei",
    "email": "ada@example.com",
    "phone": "+886912345678",
    "username": "ada",
    "login": "ada@example.com",
    "uid": "482913577",
    "ip": "203.0.113.7",
    "label": "cold wallet",
    "language": "en",
    "level": "full",
    "memo": "",
    "receiver_uid": "482913577",
    "receiver_phone": "+886912345678",
    "receiver_email": "bob@example.com",
    "receiver_username": "bob",
    "counterparty": "482913577",
    "remark": "Dinner",
    "name": "Ada Lovelace",
    "next": None,
    "previous": None,
    "password": "a long enough sentence",
    "old_password": "the sentence of before",
    "new_password": "a long enough sentence",
    "anti_phishing_phrase": "blue heron",
    "phrase": "blue heron",
    "token": "3u2Qm0X3q8kZ0yJm1l9bF5o7rTqWcVdGhNpEsYaBxKI",
    "device_id": "2f0e4b4e9a406d9b",
    "device_token": "3u2Qm0X3q8kZ0yJm1l9bF5o7rTqWcVdGhNpEsYaBxKI",
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_url": "otpauth://totp/Quaestor:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Quaestor",
    "qr_png": "iVBORw0KGgo=",
    "state_code": "482913",
    "nationality": "TW",
    "country": "TW",
    "color": "#c0392b",
    "referral_code": "K7M2QX9B",
}


def example_of(serializer: Any, *, for_input: bool) -> Any:
    """An example of what the serializer reads (required fields and `example_fields`) or writes (all of them)."""
    if isinstance(serializer, type) and issubclass(serializer, ScalarOutput):
        return serializer.schema["example"]
    instance = serializer() if isinstance(serializer, type) else serializer
    if isinstance(instance, serializers.ListSerializer):
        return [example_of(instance.child, for_input=for_input)]
    if not isinstance(instance, serializers.Serializer):
        return _value("", instance, for_input=for_input)
    made: dict[str, Any] = {}
    told: Mapping[str, Any] = getattr(instance, "example_values", {})
    chosen = {*getattr(instance, "example_fields", ()), *told}
    for name, field in instance.fields.items():
        left_out = field.read_only or not (field.required or name in chosen) if for_input else field.write_only
        if not left_out:
            made[name] = told[name] if name in told else _value(name, field, for_input=for_input)
    return made


def examples_of(serializer: Any, *, for_input: bool) -> dict[str, Any]:
    """What a description says of it: `example`, or `examples` by the names of its forms."""
    cases: Mapping[str, Any] = getattr(serializer, "example_cases", {})
    if cases:
        return {"examples": {name: {"value": dict(case)} for name, case in cases.items()}}
    return {"example": example_of(serializer, for_input=for_input)}


def _value(name: str, field: Any, *, for_input: bool) -> Any:
    if isinstance(field, serializers.BaseSerializer):
        return example_of(field, for_input=for_input)
    if isinstance(field, serializers.ListField):
        return BY_NAME[name] if name in BY_NAME else [_value(name.removesuffix("s"), field.child, for_input=for_input)]
    if isinstance(field, serializers.ChoiceField):
        return next((choice for choice in field.choices if choice != ""), "")
    if isinstance(field, serializers.SerializerMethodField):
        return _declared(name, field)
    return _of_kind(name, field)


_KINDS: tuple[tuple[Any, Any], ...] = (
    (ours.AmountField, "12.5"),
    (ours.ExactNumberField, 12.5),
    ((ours.TimestampField, serializers.DateTimeField), MOMENT),
    (ours.PublicId, ID),
    (ours.MillisTimestamp, 1769860800000),
    (serializers.BooleanField, True),
    (serializers.DateField, "1990-01-31"),
    (serializers.DecimalField, "0.5"),
    ((serializers.IntegerField, serializers.FloatField), 1),
    ((serializers.DictField, serializers.JSONField), {}),
    (serializers.FileField, "(binary)"),
    (serializers.UUIDField, "0b7c3a52-2f0e-4b4e-9a40-6d9b2d1f7c11"),
)


def _of_kind(name: str, field: Any) -> Any:
    described = getattr(field, "_spectacular_annotation", {}).get("field")
    if isinstance(described, dict) and isinstance(described.get("example"), dict):
        return described["example"]
    for kind, value in _KINDS:
        if isinstance(field, kind):
            return value
    text = BY_NAME.get(name, "text")
    limit = getattr(field, "max_length", None)
    return text[:limit] if isinstance(text, str) and limit else text


def _declared(name: str, field: serializers.SerializerMethodField) -> Any:
    """By the schema that the method declares, else by the type that it answers."""
    method = getattr(field.parent, field.method_name or f"get_{name}")
    schema = getattr(method, "_spectacular_annotation", {}).get("field")
    if isinstance(schema, dict):
        return _of_schema(name, schema)
    if isinstance(schema, serializers.Field):
        return _value(name, schema, for_input=False)
    answer = get_type_hints(method).get("return")
    return BY_NAME.get(name, _of_type(answer))


def _of_schema(name: str, schema: dict[str, Any]) -> Any:
    if "example" in schema:
        return schema["example"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    kind = next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind
    if kind == "object":
        return {key: _of_schema(key, inner) for key, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [_of_schema(name.removesuffix("s"), schema.get("items", {}))]
    return {"integer": 1, "number": 1, "boolean": True, "null": None}.get(str(kind), BY_NAME.get(name, "text"))


def _of_type(kind: Any) -> Any:
    """A value of this type, as a fact or a method's answer has it."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {list, tuple, typing.Sequence} or kind is list:
        return [_of_type(inner[0])] if inner else []
    if origin is dict or kind is dict:
        return {}
    if inner and origin is not None:
        return _of_type(next(one for one in inner if one is not type(None)))
    return {int: 60, bool: True, float: 1.0, dict: {}}.get(kind, "text")


def refusal_of(kind: type[DomainError], *, field: str = "") -> DomainError:
    """The refusal with facts of its example, else of the declared types; `field` is one of the input's."""
    hints = get_type_hints(kind)
    facts = {
        fact.name: {field or "email": ["A value is due."]}
        if fact.name == "fields"
        else kind.example.get(fact.name, BY_NAME.get(fact.name, _of_type(hints[fact.name])))
        for fact in dataclasses.fields(kind)  # type: ignore[arg-type]  # each refusal is made a dataclass
    }
    typed = {name: value for name, value in facts.items() if not (isinstance(value, str) and hints[name] is int)}
    return kind(**{**{name: _of_type(hints[name]) for name in facts}, **typed})
