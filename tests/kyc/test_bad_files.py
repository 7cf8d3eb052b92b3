"""Files that are not what they seem: each refused clearly, within five seconds, and nothing stored."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kyc.models import Case, Document
from kyc.services import imaging
from tests import factories_kyc as make
from tests.client import Api
from tests.kyc import pictures

pytestmark = pytest.mark.django_db

SECONDS_MAX = 5
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"

UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "an empty file": (lambda: b"", "empty"),
    "a PNG of 50,000 by 50,000 pixels": (pictures.png_bomb, "too_many_pixels"),
    "a PNG just over 25 million pixels": (lambda: pictures.png_bomb(5_001, 5_000), "too_many_pixels"),
    "a truncated JPEG": (lambda: pictures.jpeg(1_600, 1_200)[:6_000], "broken"),
    "a truncated PNG": (lambda: pictures.png()[:-900], "broken"),
    "a JPEG of nothing but its magic bytes": (lambda: b"\xff\xd8\xff", "broken"),
    "an SVG": (lambda: SVG, "foreign_type"),
    "an HTML page": (lambda: HTML, "foreign_type"),
    "an HTML page behind JPEG's magic bytes": (lambda: b"\xff\xd8\xff\xe0" + HTML, "two_faced"),
    "a picture with a page of HTML at its end": (lambda: pictures.jpeg() + HTML, "two_faced"),
    "a picture that is a PDF too": (lambda: pictures.png() + pictures.pdf(), "two_faced"),
    "a GIF": (lambda: pictures.encoded(pictures.plain(), "GIF"), "foreign_type"),
    "a BMP": (lambda: pictures.encoded(pictures.plain(), "BMP"), "foreign_type"),
    "an icon of 32 pixels": (lambda: pictures.png(32, 32), "too_small"),
    "a PDF of 21 pages": (lambda: pictures.pdf(21), "too_many_pages"),
    "a PDF of 10,000 pages": (lambda: pictures.many_pages_pdf(10_000), "too_many_pages"),
    "a PDF whose content inflates without end": (pictures.nested_stream_pdf, "too_costly"),
    "a GIF of 10,000 frames": (lambda: pictures.many_frames_gif(10_000), "foreign_type"),
    "a playlist": (lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "foreign_type"),
    "an MP4 that is called a photograph": (lambda: b"\0\0\0\x18ftypisom" + bytes(900), "foreign_type"),
    "a PDF with a password": (pictures.encrypted_pdf, "encrypted"),
    "a PDF of garbage": (lambda: b"%PDF-1.7\n" + b"garbage" * 1_000, "broken"),
    "EPS": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n/x 1 def", "foreign_type"),
    "a ZIP": (lambda: b"PK\x03\x04" + bytes(500), "foreign_type"),
}


def upload(content: bytes, *, name: str = "card.jpg", kind: str = "id_front", api: Api) -> tuple[int, dict[str, object]]:
    """POST one document."""
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    response = api.upload("/api/v1/kyc/documents", {"kind": kind, "file": file})
    return response.status_code, response.json()


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_bad_file_is_refused_in_seconds_and_nothing_is_stored(name: str, api: Api, storage_root: Path) -> None:
    api.token = make.token_of(make.customer())
    build, cause = UNREADABLE[name]
    content = build()
    started = time.monotonic()
    status, body = upload(content, api=api)
    assert time.monotonic() - started < SECONDS_MAX
    assert (status, body["slug"], body["cause"]) == (422, "kyc.document_unreadable", cause)
    assert body["fields"] == {"file": [f"The file can't be used: {imaging.CAUSES[cause]}."]}
    assert not Document.objects.exists()
    assert not Case.objects.exists()
    assert not [path for path in storage_root.rglob("*") if path.is_file()]


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
