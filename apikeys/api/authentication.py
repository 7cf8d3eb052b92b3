"""How a signed request shows whose it is. Source: docs/dialects/native-signing.md#the-order-of-checks."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest
from django.http.request import RawPostDataException
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import User
from apikeys.errors import HeadersInvalid, TargetInvalid
from apikeys.services import admission
from apikeys.services.schemes import native
from apikeys.services.schemes.common import Received
from config.kit.clock import now
from config.kit.credentials import Credential
from config.kit.network import client_ip

PATH_SAFE = "/:@!$&'()*+,;=~"


def raw_target(request: HttpRequest) -> tuple[str, str]:
    """Path and query as they stood in the request line, not decoded.

    The server hands them on as RAW_URI (gunicorn) or REQUEST_URI (uWSGI, Apache). Where it hands on only the decoded
    path, that one is encoded again: for the plain paths that a signed request may have the two are the same.
    Raises TargetInvalid where the path that was received is not the one that was routed.
    """
    raw = request.META.get("RAW_URI") or request.META.get("REQUEST_URI")
    if raw is None:
        path = quote(request.META.get("PATH_INFO", "").encode("latin-1"), safe=PATH_SAFE)
        return path, request.META.get("QUERY_STRING", "")
    path, _, query = raw.partition("?")
    routed = (settings.FORCE_SCRIPT_NAME or "").encode() + request.META.get("PATH_INFO", "").encode("latin-1")
    if unquote_to_bytes(path) != routed or query != request.META.get("QUERY_STRING", ""):
        raise TargetInvalid(reason="it must begin with the path, as the path is routed")
    return path, query


class SignedKeyAuthentication(BaseAuthentication):
    """Headers X-Api-Key, X-Timestamp, X-Nonce and X-Signature, each once, and no other credential beside them."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The owner of the key, or None where no header of a signature came. Raises the refusals of `admission.admit`."""
        received = request._request  # noqa: SLF001  # the bytes as received, below what DRF makes of them
        headers = {header: received.headers.get(header) for header in native.HEADERS}
        if not any(value is not None for value in headers.values()):
            return None
        if "Authorization" in received.headers:
            raise HeadersInvalid(header="Authorization", reason="stands beside a signature")
        path, query = raw_target(received)
        signed = native.read(Received(received.META["REQUEST_METHOD"], path, query, _raw_body(received), headers))
        ip = client_ip(received)
        admitted = admission.admit(signed, ip=ip)
        credential = Credential(
            kind="key",
            id=admitted.api_key.pk,
            scopes=admitted.scopes,
            fingerprint=f"key:{admitted.api_key.public_id}",
            nonce=signed.nonce,
            refused=lambda slug: admission.remember(admitted.api_key, signed, slug, ip=ip, at=now()),
        )
        return admitted.user, credential

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return "Signature"


def _raw_body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RawPostDataException:
        raise TargetInvalid(reason="uploads are not taken with a signature") from None
