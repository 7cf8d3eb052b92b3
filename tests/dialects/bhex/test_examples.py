"""Each example of the document, replayed: what a client written from it reads is there, of the same type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.dialects.bhex import (
    given_applications,
    given_identity,
    given_keys,
    given_passwords,
    given_recovery,
    given_security,
    given_signing,
    identities,
)
from tests.dialects.bhex.given import GIVEN
from tests.dialects.replay import differences, examples, filled
from tests.kyc import clips

EXAMPLES = examples("bhex")
ARRANGED = (given_applications, given_identity, given_keys, given_passwords, given_recovery, given_security, given_signing)
"""The modules that tell what stands before their examples; importing them is enough."""
FILES = {"image": identities.picture, "video": lambda: SimpleUploadedFile("me.mp4", clips.clip(seconds=0.5))}
"""What an example sends as a file, by its kind."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_is_answered_as_documented(name: str, example: dict[str, Any]) -> None:
    browser, facts = GIVEN[example["given"]]()
    request = example["request"]
    fields = filled(request.get("form", {}), facts)
    files = {field: FILES[kind]() for field, kind in request.get("files", {}).items()}
    if files:
        answer = browser.upload(request["path"], {**fields, **files})
    else:
        answer = browser.post(request["path"], fields) if request["method"] == "POST" else browser.get(request["path"])
    assert answer.status_code == example.get("status", 200), answer.content
    assert list(differences(example["answer"], answer.json(), set(example["varies"]))) == []


def test_every_endpoint_of_the_document_has_its_sample() -> None:
    """What is not replayed here is ours and answers a file, or is an address of the document under one more prefix."""
    index = Path(__file__).parents[1] / "endpoints" / "bhex.txt"
    endpoints = {tuple(line.split()) for line in index.read_text().splitlines()}
    replayed = {(one["request"]["method"], one["request"]["path"].partition("?")[0]) for _, one in EXAMPLES}
    assert endpoints - replayed == {
        ("GET", "/os/kyc_image/{name}"), ("GET", "/os/kyc_video/{name}"),
        ("GET", "/api/user/verify_info"), ("POST", "/api/user/verify_info"),
    }  # fmt: skip
    assert replayed <= endpoints
