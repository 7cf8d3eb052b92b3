"""The names by which customers' clients know uploads and documents: 43 characters that nobody can make up.

A name is the row's number and a keyed hash of it, so that it needs no column and tells nothing about where a file lies.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from config.kit import crypto
from config.kit.errors import Absent
from kyc.models import Document, Upload

if TYPE_CHECKING:
    from accounts.models import User

NUMBER_BYTES = 8
TAG_BYTES = 24
SUFFIXES = {"image/jpeg": "jpg", "video/mp4": "mp4", "video/webm": "webm"}
FOLDERS = {"image/jpeg": "kyc_image", "video/mp4": "kyc_video", "video/webm": "kyc_video"}
_PATH = re.compile(r"(?:^|/)os/(kyc_image|kyc_video)/([A-Za-z0-9_-]{43})\.(jpg|mp4|webm)(?:[?#].*)?\Z", re.ASCII | re.DOTALL)
PATH_LENGTH_MAX = 1_000


def path_of(row: Upload | Document) -> str:
    """`/os/kyc_image/<name>.jpg`, or of a video `/os/kyc_video/<name>.mp4`."""
    return f"/os/{FOLDERS[row.media_type]}/{name_of(row)}.{SUFFIXES[row.media_type]}"


def canonical(path: str) -> str:
    """The path alone of anything that ends in one: a URL, with or without host, prefix and query. Raises Absent."""
    found = _PATH.search(path) if len(path) <= PATH_LENGTH_MAX else None
    if found is None:
        raise Absent(thing="upload")
    return f"/os/{found[1]}/{found[2]}.{found[3]}"


def find(path: str, user: User) -> Upload | Document:
    """The customer's upload or document with this path. Raises Absent, for another customer's too."""
    plain = canonical(path)
    name = plain.rpartition("/")[2].partition(".")[0]
    raw = urlsafe_b64decode(f"{name}=")
    number = int.from_bytes(raw[:NUMBER_BYTES], "big", signed=True)
    for model in (Upload, Document):
        if crypto.equal(_name(model.__name__, number), name):
            row: Upload | Document | None = model.objects.filter(public_id=number, user_id=user.pk).first()
            if row is not None and path_of(row) == plain:
                return row
    raise Absent(thing="upload")


def name_of(row: Upload | Document) -> str:
    """The row's name."""
    return _name(type(row).__name__, row.public_id)


def _name(model: str, number: int) -> str:
    tag = crypto.keyed_hash("kyc.file_name", model, str(number))[:TAG_BYTES]
    return urlsafe_b64encode(number.to_bytes(NUMBER_BYTES, "big", signed=True) + tag).decode().rstrip("=")
