"""How a signed request shows whose it is. Source: docs/dialects/native-signing.md#the-order-of-checks."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote, unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest
from django.http.request import RawPostDataException
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import User
from apikeys.errors import HeadersInvalid, TargetInvalid
from apikeys.services import admission
from apikeys.services.schemes import btse, native, spot
from apikeys.services.schemes.common import Received, SignedRequest
from config.kit.credentials import Credential
from config.kit.errors import DomainError
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


class _SignedAuthentication(BaseAuthentication):
    """What all families of headers share. A dialect names the one that it speaks; headers of another are not looked at."""

    headers: ClassVar[tuple[str, ...]]
    key_headers: ClassVar[tuple[str, ...]]

    def read(self, received: Received) -> SignedRequest:
        """The request with every part in its one form. Raises HeadersInvalid, TargetInvalid."""
        raise NotImplementedError

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The owner of the key, or None where no header of a signature came. Raises the refusals of `admission.admit`."""
        received = request._request  # noqa: SLF001  # the bytes as received, below what DRF makes of them
        headers = {header: received.headers.get(header) for header in self.headers}
        if not any(value is not None for value in headers.values()):
            return None
        ip = client_ip(received)
        try:
            signed = self._signed(received, headers)
        except DomainError as refusal:
            self._remember(received, headers, refusal, ip)
            raise
        admitted = admission.admit(signed, ip=ip)
        credential = Credential(
            kind="key",
            id=admitted.api_key.pk,
            scopes=admitted.scopes,
            fingerprint=f"key:{admitted.api_key.public_id}",
            nonce=signed.nonce,
            refused=lambda slug: admission.remember(admitted.api_key, slug, admission.shown(signed), ip=ip),
        )
        return admitted.user, credential

    def _signed(self, received: HttpRequest, headers: dict[str, str | None]) -> SignedRequest:
        if "Authorization" in received.headers:
            raise HeadersInvalid(header="Authorization", reason="stands beside a signature")
        path, query = raw_target(received)
        return self.read(Received(received.META["REQUEST_METHOD"], path, query, _raw_body(received), headers))

    def _remember(self, received: HttpRequest, headers: dict[str, str | None], refusal: DomainError, ip: str) -> None:
        """Tell the owner of the key that is named why this could not be read."""
        named = next((value for name in self.key_headers if (value := headers[name])), "")
        target = received.META.get("RAW_URI") or received.get_full_path()
        admission.remember_unreadable(key=named, refusal=refusal, method=received.META["REQUEST_METHOD"], target=target, ip=ip)

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return "Signature"


class SignedKeyAuthentication(_SignedAuthentication):
    """Headers X-Api-Key, X-Timestamp, X-Nonce and X-Signature, each once, and no other credential beside them."""

    headers = tuple(native.HEADERS)
    key_headers = headers[:1]

    def read(self, received: Received) -> SignedRequest:
        """HMAC-SHA256 or Ed25519."""
        return native.read(received)


class BtseKeyAuthentication(_SignedAuthentication):
    """Headers btse-api, btse-nonce and btse-sign, or request-api, request-nonce and request-sign: one family, whole."""

    headers = btse.HEADERS
    key_headers = tuple(next(iter(family)) for family in btse.FAMILIES)

    def read(self, received: Received) -> SignedRequest:
        """HMAC-SHA384."""
        return btse.read(received)


class SpotKeyAuthentication(_SignedAuthentication):
    """Headers api-key, nonce, timestamp and sign, each once."""

    headers = tuple(spot.HEADERS)
    key_headers = headers[:1]

    def read(self, received: Received) -> SignedRequest:
        """Double SHA-256."""
        return spot.read(received)


def _raw_body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RawPostDataException:
        raise TargetInvalid(reason="uploads are not taken with a signature") from None
