"""Whether the store of the documents serves us: asked at start, not by the first customer's upload."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

logger = logging.getLogger(__name__)

PROBE_BYTES = 32
MEANINGS: Final = {
    "NoSuchBucket": "its bucket does not exist",
    "AccessDenied": "its credentials lack the permission",
    "InvalidAccessKeyId": "its credentials are unknown",
    "SignatureDoesNotMatch": "its credentials are wrong",
    "PermanentRedirect": "its bucket is in another region",
    "AuthorizationHeaderMalformed": "its bucket is in another region",
    "AccessControlListNotSupported": "its bucket takes no ACLs: acl=none is due in KYC_STORAGE_URL",
}
"""What a refusal of an S3 server means for who runs us."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with the store."""

    message: str
    lasting: bool
    """Whether somebody must change something; an outage ends by itself."""


def finding() -> Finding | None:
    """Write a probe, read it back, see that nobody else can, delete it: what went wrong first, or None."""
    try:
        # An instance of its own: connections that were opened before a fork must not be shared after it.
        store = storages.create_storage(settings.STORAGES["kyc"])
    except Exception as problem:  # noqa: BLE001  # whatever a backend raises is the finding
        return Finding(f"The document storage can't be set up: {type(problem).__name__}.", lasting=True)
    name, content = f"checks/{secrets.token_hex(8)}", secrets.token_bytes(PROBE_BYTES)
    try:
        return _step("take", lambda: store.save(name, ContentFile(content))) or _read_back(store, name, content)
    finally:
        _step("delete", lambda: store.delete(name))


def at_start() -> None:
    """Refuse to start on a store that is set up wrongly; tell of an outage and start: money moves without documents.

    Raises ImproperlyConfigured.
    """
    found = finding()
    if found is None:
        return
    if found.lasting:
        raise ImproperlyConfigured(found.message)
    logger.error("the document storage does not answer: uploads are refused meanwhile", extra={"trouble": found.message})


def _read_back(store: Storage, name: str, content: bytes) -> Finding | None:
    read: list[bytes] = []
    seen: list[bool] = []

    def read_it() -> None:
        with store.open(name) as file:
            read.append(file.read())

    def look_from_outside() -> None:
        seen.append(getattr(store, "readable_by_anybody", lambda _: False)(name))

    if trouble := _step("give back", read_it) or _step("be looked at from outside for", look_from_outside):
        return trouble
    if read != [content]:
        return Finding("The document storage gives back other bytes than it took.", lasting=True)
    if seen != [False]:
        return Finding("The document storage shows its files to anybody: its ACL or policy is public.", lasting=True)
    return _step("delete", lambda: store.delete(name))


def _step(verb: str, act: Callable[[], Any]) -> Finding | None:
    try:
        act()
    except ClientError as refused:
        code = str(refused.response.get("Error", {}).get("Code", ""))
        status = int(refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return Finding(
            f"The document storage doesn't {verb} a file: {MEANINGS.get(code, f'it answers {code}')}.", lasting=status < 500
        )
    except BotoCoreError as trouble:
        without = isinstance(trouble, NoCredentialsError)
        meaning = "there are no credentials" if without else f"its server does not answer ({type(trouble).__name__})"
        return Finding(f"The document storage doesn't {verb} a file: {meaning}.", lasting=without)
    except Exception as trouble:  # noqa: BLE001  # as above
        return Finding(f"The document storage doesn't {verb} a file: {type(trouble).__name__}.", lasting=True)
    return None
