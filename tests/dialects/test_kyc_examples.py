"""The description of identity checks and bank accounts shows what happens: no filling words in any example."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from config.kit import errors
from config.kit.examples import BY_NAME
from kyc.api.native import cases
from tests.dialects.test_native_doors import ROUTES
from tests.dialects.test_native_examples import shown

PLACES = ("/api/v1/kyc", "/api/v1/bank-accounts")
FILLERS = {"text", "", BY_NAME["name"], BY_NAME["address"]}
MAY_BE_EMPTY = {"fields", "passkey_options", "reason", "other_value_with"}
"""What is empty where there is nothing to say."""
OURS = [(method, name, operation) for method, name, operation in ROUTES if f"/api/v1/{name}".startswith(PLACES)]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The description of the native dialect."""
    return dict(SchemaGenerator(urlconf="config.dialects.native.urls_mounted").get_schema(request=None, public=True))


@pytest.fixture(scope="module")
def described(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By method and path: the operations of identity checks and bank accounts."""
    paths = document["paths"]
    return {f"{m} {path}": one for path, ms in paths.items() if path.startswith(PLACES) for m, one in ms.items()}


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that is no object or list, and empty ones, with the name that it stands under."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def test_each_operation_is_described_and_every_body_has_an_example(described: dict[str, dict[str, Any]]) -> None:
    assert len(described) == len(OURS) == 13
    for where, operation in described.items():
        for shape in operation.get("requestBody", {}).get("content", {}).values():
            assert shown(shape), where


def test_no_example_holds_a_filling_word(described: dict[str, dict[str, Any]]) -> None:
    for where, operation in described.items():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for shape in (shape for body in bodies for shape in body.get("content", {}).values()):
            for example in shown(shape):
                for name, value in leaves(example):
                    assert name in MAY_BE_EMPTY or value not in ({}, []), (where, name)
                    assert not (isinstance(value, str) and value in FILLERS and name not in MAY_BE_EMPTY), (where, name, value)


@pytest.mark.parametrize(("method", "name", "operation"), OURS, ids=lambda value: value if isinstance(value, str) else "")
def test_each_fact_of_each_refusal_is_named_by_its_example(method: str, name: str, operation: Any) -> None:
    for refusal in operation.refusals:
        facts = {fact.name for fact in dataclasses.fields(refusal)} - {"fields"}
        known = set(refusal.example) | {"retry_after", "passkey_options"}
        assert facts <= known, refusal.slug
        assert set(refusal.example) <= facts, refusal.slug


def test_refusals_of_the_input_name_a_field_of_that_input(
    described: dict[str, dict[str, Any]], document: dict[str, Any]
) -> None:
    for where, operation in described.items():
        invalid = operation["responses"].get("400", {}).get("content", {}).get("application/problem+json", {})
        for slug, example in invalid.get("examples", {}).items():
            if slug == errors.InvalidInput.slug:
                (named,) = example["value"]["fields"]
                shapes = operation.get("requestBody", {}).get("content", {}).values()
                schemas = [document["components"]["schemas"][one["schema"]["$ref"].rpartition("/")[2]] for one in shapes]
                asked = {key for schema in schemas for key in schema["properties"]}
                asked |= {one["name"] for one in operation.get("parameters", [])}
                assert named in asked, where


def test_examples_of_several_forms_hold_fields_that_there_are() -> None:
    fields = cases.ApplicationInput().fields
    for example in cases.ApplicationInput.example_cases.values():
        assert set(example) <= set(fields)
