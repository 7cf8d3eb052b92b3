"""Uploads that are too large, wrongly named, or no uploads. What is wrong inside a file is `test_corpus`'s matter."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kyc.models import Document
from kyc.services import imaging
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import pictures

pytestmark = pytest.mark.django_db


def upload(content: bytes, *, name: str = "card.jpg", kind: str = "id_front", api: Api) -> tuple[int, dict[str, object]]:
    """POST one document."""
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    response = api.upload("/api/v1/kyc/documents", {"kind": kind, "file": file})
    return response.status_code, response.json()


def test_a_byte_over_five_mebibytes_is_too_large(api: Api, storage_root: Path) -> None:
    api.token = make.token_of(make.customer())
    content = pictures.jpeg().ljust(imaging.DOCUMENT_BYTES_MAX + 1, b"\0")
    status, body = upload(content, api=api)
    assert (status, body["slug"], body["bytes_max"]) == (413, "kyc.document_too_large", 5 * 1024 * 1024)
    assert not storage_root.exists() or not any(storage_root.iterdir())


def test_five_mebibytes_to_the_byte_are_taken(api: Api) -> None:
    api.token = make.token_of(make.customer())
    content = pictures.jpeg().ljust(imaging.DOCUMENT_BYTES_MAX, b"\0")
    assert upload(content, api=api)[0] == 201


def test_a_body_far_too_large_is_refused_before_it_is_read(api: Api) -> None:
    api.token = make.token_of(make.customer())
    status, body = upload(bytes(6 * 1024 * 1024), api=api)
    assert (status, body["slug"]) == (413, "api.too_large")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a" * 900 + ".jpg",
        "x\u202egpj.exe",
        "card.jpg\r\nX-Evil: 1",
        ".htaccess",
        "'; DROP TABLE kyc_case;--.png",
    ],
)
def test_a_hostile_file_name_goes_nowhere(name: str, api: Api, storage_root: Path) -> None:
    api.token = make.token_of(make.customer())
    assert upload(pictures.jpeg(), name=name, api=api)[0] == 201
    stored = [path.relative_to(storage_root) for path in storage_root.rglob("*") if path.is_file()]
    assert [str(path) for path in stored] == [Document.objects.get().storage_name]
    assert len(str(stored[0])) == 51


def test_the_extension_and_the_declared_type_count_for_nothing(api: Api) -> None:
    api.token = make.token_of(make.customer())
    status, body = upload(pictures.png(), name="evil.exe", api=api)
    assert status == 201
    assert (body["kind"], body["state"], body["page_count"], body["reason"]) == ("id_front", "uploaded", 1, None)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"kind": "id_front"}, "file"),
        ({"kind": "passport_of_my_cat"}, "kind"),
        ({}, "kind"),
        ({"kind": "id_front", "file": "text"}, "file"),
    ],
)
def test_a_missing_file_or_unknown_kind_is_named(fields: dict[str, str], named: str, api: Api) -> None:
    api.token = make.token_of(make.customer())
    response = api.upload("/api/v1/kyc/documents", fields)
    assert (response.status_code, response.json()["slug"]) == (400, "api.invalid")
    assert named in response.json()["fields"]


def test_a_json_body_is_not_an_upload(api: Api) -> None:
    api.token = make.token_of(make.customer())
    assert api.post("/api/v1/kyc/documents", {"kind": "id_front"}).status_code == 415
