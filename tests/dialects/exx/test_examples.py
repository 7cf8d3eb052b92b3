"""Each example, replayed: what a client written from it reads is there, of the same type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dialects.exx.given import given
from tests.dialects.exx.people import PREFIX
from tests.dialects.replay import differences, examples, filled

EXAMPLES = examples("exx")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_is_answered_as_documented(name: str, example: dict[str, Any]) -> None:
    browser, facts = given(example["given"])
    request = example["request"]
    path = request["path"].removeprefix(PREFIX)
    answer = browser.post(path, filled(request.get("form", {}), facts)) if request["method"] == "POST" else browser.get(path)
    assert answer.status_code == 200, answer.content
    assert list(differences(example["answer"], answer.json(), set(example["varies"]))) == []
    assert {name: browser.cookie(name) for name in example.get("cookies", {})} == example.get("cookies", {})
