"""Strangers' clients, made from a description alone: one test per operation, whose cases are made when it runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from config.urls import DESCRIBED
from tests.environment import stranger

HERE = Path(__file__).parent
TRANSPORT = {400, 404, 405, 413, 415, 429, 431}
"""Answers that any operation may give to a request that is none of the documented ones."""
EXAMPLES = settings(
    max_examples=stranger["requests"], deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip


def known_statuses(ctx: Any, response: Any, case: Any) -> None:
    """Every status is documented, or one that transport alone explains."""
    if response.status_code not in TRANSPORT:
        status_code_conformance(ctx, response, case)


CHECKS = [not_a_server_error, known_statuses, content_type_conformance, response_schema_conformance]


def label(method: str, path: str) -> str:
    """An operation's name: whatever a part of its path is called, it is `{id}`."""
    return f"{method.upper()} {re.sub(r'{[^}]+}', '{id}', path)}"


def named(name: str) -> list[str]:
    """The operations of a dialect, from its list: `GET /api/v1/notices/{id}`."""
    listed = HERE / ("native_endpoints.txt" if name == "native" else f"endpoints/{name}.txt")
    return [label(*line.split()) for line in listed.read_text().splitlines()]


@cache
def described(name: str) -> dict[str, Any]:
    """What the dialect says of itself, by operation; read once by each process that asks."""
    document = dict(SchemaGenerator(urlconf=DESCRIBED[name]).get_schema(request=None, public=True))
    load_all_checks()
    operations = [told.ok() for told in schemathesis.openapi.from_dict(document).get_all_operations()]
    found = {label(operation.method, operation.path): operation for operation in operations}
    assert len(found) == len(operations)
    return found


def of(name: str, method: str = "") -> pytest.MarkDecorator:
    """A test for each operation of a dialect, or for those of a method; see `operation`."""
    chosen = [told for told in named(name) if told.startswith(method)]
    return pytest.mark.parametrize("operation", [(name, told) for told in chosen], ids=chosen, indirect=True)


@pytest.fixture
def operation(request: pytest.FixtureRequest) -> Any:
    """The operation that a test is of, as the dialect describes it."""
    name, told = request.param
    return described(name)[told]


def ask(operation: Any, **how: Any) -> None:
    """Send each case of an operation, those of its description and as many drawn ones as are wanted; look at each answer."""

    @EXAMPLES
    def one(case: Any) -> None:
        case.validate_response(case.call(**how), checks=CHECKS)

    schema = operation.schema
    sources = FeedbackSources(constants_value_source=make_constants_value_source(schema))
    # What `parametrize()` of schemathesis does while tests are collected, which each worker would do for all operations.
    test = build_operation_test(config=schema.config, operation=operation, test_func=one, given_kwargs={}, feedback=sources)
    if not stranger["all"]:
        test.hypothesis_explicit_examples = thinned(test.hypothesis_explicit_examples)  # type: ignore[attr-defined]  # where hypothesis keeps them
    test()


def thinned(examples: Sequence[Any]) -> list[Any]:
    """One of each kind for each parameter, another one of them from parameter to parameter; examples of the description all.

    Of a wrong type each parameter comes in half a dozen: all of them for all parameters are for `make soak`.
    """
    alike: dict[tuple[object, ...], list[Any]] = {}
    for example in examples:
        alike.setdefault(_kind(example.kwargs["case"]), []).append(example)
    return [
        told for kind, group in alike.items()
        for told in (group if kind[0] == "examples" else [group[crc32(repr(kind).encode()) % len(group)]])
    ]  # fmt: skip


def _kind(case: Any) -> tuple[object, ...]:
    """What a case that was made from the description tries: why it was made, at what, and where that stands."""
    made = case.meta.phase.data
    tried = [str(getattr(made, name, "")) for name in ("scenario", "parameter", "parameter_location")]
    return (case.meta.phase.name.value, *tried)
