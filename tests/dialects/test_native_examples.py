"""Every example of the description holds: it fits its own schema, and what it would send is read."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from drf_spectacular.generators import SchemaGenerator

from config.dialects.native.oauth import PATHS as OAUTH_PATHS
from tests.dialects.test_native_doors import ROUTES


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(SchemaGenerator(urlconf="config.dialects.native.urls_mounted").get_schema(request=None, public=True))


def check(example: Any, schema: dict[str, Any], document: dict[str, Any], where: str) -> None:
    whole = {**schema, "components": document["components"]}
    problems = [error.message for error in jsonschema.Draft202012Validator(whole).iter_errors(example)]
    assert not problems, f"{where}: {problems} in {example}"


def shown(shape: dict[str, Any]) -> list[Any]:
    """The examples of a body."""
    return [shape["example"]] if "example" in shape else [one["value"] for one in shape["examples"].values()]


def test_each_answer_has_an_example_of_its_own_shape(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            for status, answer in described["responses"].items():
                for shape in answer.get("content", {}).values():
                    where = f"{method} {path} {status}"
                    assert shown(shape), where
                    for example in shown(shape):
                        check(example, shape["schema"], document, where)


def test_each_refusal_is_shown_under_its_slug(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            for status, answer in described["responses"].items():
                if status < "400":
                    continue
                if path in OAUTH_PATHS:
                    for example in answer["content"]["application/json"]["examples"].values():
                        assert set(example["value"]) == {"error", "error_description"}
                    continue
                told = answer["content"]["application/problem+json"]["examples"]
                assert ", ".join(told) == answer["description"], f"{method} {path} {status}"
                for slug, example in told.items():
                    assert (example["value"]["slug"], example["value"]["status"]) == (slug, int(status))
                    assert "{" not in example["value"]["detail"], slug


@pytest.mark.parametrize(("method", "name", "operation"), ROUTES, ids=lambda value: value if isinstance(value, str) else "")
def test_what_an_example_sends_is_read(method: str, name: str, operation: Any, document: dict[str, Any]) -> None:
    if operation.input is None or "multipart" in operation.parsers:
        return
    described = document["paths"]["/api/v1/" + name][method.lower()] if "{" not in name else _by_shape(document, method, name)
    for shape in described["requestBody"]["content"].values():
        for example in shown(shape):
            check(example, shape["schema"], document, f"{method} {name}")
            serializer = operation.input(data=example)
            assert serializer.is_valid(), f"{method} {name}: {serializer.errors}"


def _by_shape(document: dict[str, Any], method: str, name: str) -> Any:
    import re

    wanted = "/api/v1/" + name
    return next(
        methods[method.lower()]
        for path, methods in document["paths"].items()
        if re.sub(r"\{\w+\}", "{id}", path) == wanted and method.lower() in methods
    )
