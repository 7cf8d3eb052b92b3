"""Each example of the document, replayed: what a client written from it reads is there, of the same type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dialects.bitgin import given_wallets as given_wallets  # noqa: PLC0414  # registers what stands before examples
from tests.dialects.bitgin import people
from tests.dialects.bitgin.given import GIVEN
from tests.dialects.replay import differences, examples, filled

EXAMPLES = examples("bitgin")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_is_answered_as_documented(name: str, example: dict[str, Any], settings: Any) -> None:
    caller, facts = GIVEN[example["given"]]()
    settings.STRICT_CODES = example.get("strict", False)
    request = example["request"]
    path = filled(request["path"], facts).removeprefix("/v1/")
    if "form" in request:
        answer = caller.upload(path, people.files_of(filled(request["form"], facts)))
    else:
        body = json.dumps(filled(request["json"], facts)).encode() if "json" in request else b""
        answer = caller.call(request["method"], path, body)
    assert answer.status_code == example["status"], answer.content
    if "location" in example:
        assert answer.headers["Location"].partition("?")[2] == filled(example["location"], facts)
        return
    assert set(answer.json()) == set(example["answer"])
    assert list(differences(example["answer"], answer.json(), set(example["varies"]))) == []
