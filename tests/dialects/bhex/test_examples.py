"""Each example of the document, replayed: what a client written from it reads is there, of the same type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dialects.bhex import given_keys, given_passwords, given_recovery, given_security, given_signing
from tests.dialects.bhex.given import GIVEN
from tests.dialects.replay import differences, examples, filled

EXAMPLES = examples("bhex")
ARRANGED = (given_keys, given_passwords, given_recovery, given_security, given_signing)
"""The modules that tell what stands before their examples; importing them is enough."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_is_answered_as_documented(name: str, example: dict[str, Any]) -> None:
    browser, facts = GIVEN[example["given"]]()
    request = example["request"]
    fields = filled(request.get("form", {}), facts)
    answer = browser.post(request["path"], fields) if request["method"] == "POST" else browser.get(request["path"])
    assert answer.status_code == example.get("status", 200), answer.content
    assert list(differences(example["answer"], answer.json(), set(example["varies"]))) == []
