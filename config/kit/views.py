"""DialectView: read the input, call the service, answer; speak every refusal in the dialect's words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.module_loading import import_string
from rest_framework import exceptions as drf
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from config.kit import counters, errors, once, throttling
from config.kit.context import code_terms, current_request_id
from config.kit.credentials import Credential
from config.kit.deadline import deadline
from config.kit.dialect import Dialect
from config.kit.fetching import refuse_fetch_ahead
from config.kit.middleware import language_of
from config.kit.negotiation import OneRenderer
from config.kit.network import client_ip
from config.kit.operations import ANY_SCOPE, Answer, Call, Needs, Operation, operation
from config.kit.parsers import PARSERS, refuse_unstorable
from config.kit.spooling import SpoolHandler

__all__ = ["Answer", "Call", "DialectView", "Needs", "operation"]

logger = logging.getLogger(__name__)
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
USER_AGENT_LENGTH_MAX = 300
KEPT_REFUSALS = frozenset({errors.Kind.FORBIDDEN, errors.Kind.LIMITED})
"""What a program's owner asks about: not allowed, too often."""


class DialectView(APIView):
    """One path of one dialect. Each HTTP method is declared with `@operation`; one that is not refuses to load.

    The order of checks: shape of the input, credential, level and scope, rate, then the method.
    """

    dialect: ClassVar[Dialect]
    operations: ClassVar[dict[str, Operation]] = {}
    body_forms: ClassVar[tuple[str, ...]] = ("json",)
    renderer_classes = [JSONRenderer]
    content_negotiation_class = OneRenderer

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        found = {}
        for method in ("get", "post", "put", "patch", "delete"):
            handler = getattr(cls, method, None)
            if handler is None:
                continue
            declared = getattr(handler, "operation", None)
            if declared is None:
                raise TypeError(f"{cls.__qualname__}.{method} declares no @operation")
            found[method] = declared
        cls.operations = found
        if found and not cls.__doc__:
            raise TypeError(f"{cls.__qualname__} does not say which endpoint it is")

    @property
    def operation(self) -> Operation:
        """What was declared of the method being called. Raises MethodNotAllowed."""
        name = (self.request.method or "").lower()
        found = self.operations.get("get" if name == "head" else name)
        if found is None:
            raise errors.MethodNotAllowed(method=(self.request.method or "")[:20])
        return found

    @property
    def wire_request(self) -> HttpRequest:
        """Django's request beneath DRF's."""
        return self.request._request  # noqa: SLF001  # DRF offers no other way to it

    def get_parsers(self) -> list[BaseParser]:
        """The parsers that the operation declares."""
        request: HttpRequest | Request | None = getattr(self, "request", None)
        declared = self.operations.get((request.method or "").lower()) if request is not None else None
        return [PARSERS[parser]() for parser in ((declared and declared.parsers) or self.body_forms)]

    def get_authenticators(self) -> list[BaseAuthentication]:
        """The dialect's authenticators."""
        return [import_string(name)() for name in self.dialect.authenticators]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read, check, call, answer."""
        self.args, self.kwargs, self.headers, self.format_kwarg = args, kwargs, {}, None
        self.request = self.initialize_request(request)
        try:
            self.request.accepted_renderer, self.request.accepted_media_type = self.perform_content_negotiation(self.request)
            with code_terms(self.dialect.code_terms), deadline(self.dialect.seconds_max):
                response: HttpResponseBase = Response(status=204) if request.method == "OPTIONS" else self._serve()
        except Exception as exc:  # noqa: BLE001  # whatever it is, the dialect has words for it
            response = self.handle_exception(exc)
        response.headers.setdefault("Cache-Control", "no-store")
        self.response = self.finalize_response(self.request, response)  # type: ignore[arg-type]  # DRF takes any answer of Django's
        if request.method == "OPTIONS" or self.response.status_code == 405:
            self.response.headers["Allow"] = ", ".join(sorted(name.upper() for name in self.operations))
        return self.response

    def _serve(self) -> HttpResponseBase:
        declared = self.operation
        if declared.acts_by_get:
            refuse_fetch_ahead(self.wire_request)
        if declared.spool_bytes_max is not None:
            self._admit(declared.needs)  # nobody unknown fills our disk
            self.wire_request.upload_handlers = [SpoolHandler(self.wire_request, bytes_max=declared.spool_bytes_max)]
        data, query = self._read(declared)
        credential = self._admit(declared.needs.of(data))
        call = self._call(data, query, credential)
        self._count(declared, call)
        name = (self.request.method or "").lower()
        handler = getattr(self, "get" if name == "head" else name)
        if declared.idempotent and call.idempotency_key:
            return self._once(call, lambda: self._answer(declared, handler(call)))
        result = handler(call)
        return result if declared.media_types else self._answer(declared, result)

    def _once(self, call: Call, work: Callable[[], Response]) -> Response:
        return once.answer(self.dialect.memory, once.asked(call.request, user=call.user, said=call.input), work)

    def _count(self, declared: Operation, call: Call) -> None:
        """Count the request against every rate that it has. Only what reads goes on where nothing can be counted."""
        endpoint = f"{type(self).__module__}.{type(self).__qualname__}.{call.request.method}"
        who = f"user:{call.user.pk}" if call.user is not None else f"ip:{call.ip}"
        rates = [(endpoint, who, declared.rate)]
        if call.credential is not None and call.credential.kind == "key":
            allowed, name = self.dialect.key_rates, self.dialect.name
            rates += [
                (f"{name}.key", f"key:{call.credential.id}", allowed.per_key),
                (f"{name}.owner", f"owner:{call.user.pk}", allowed.per_owner),
                (f"{name}.{endpoint}", f"ip:{call.ip}", allowed.per_address_and_endpoint),
            ]
        for group, counted, rate in rates:
            if rate:
                throttling.count(call.request, group=group, who=counted, rate=rate, fails_open=declared.only_reads)

    def _read(self, declared: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
        refuse_unstorable(dict(self.request.query_params.lists()))
        query = self._validated(declared.query, self.request.query_params.dict()) if declared.query else {}
        if not (self.request.content_type or "").lower().startswith("multipart/"):
            _ = self.wire_request.body  # kept as received: a signature covers these bytes, not what was parsed
        if declared.input is None:
            return {}, query
        return self._validated(declared.input, self.request.data), query

    def _validated(self, serializer_class: type[BaseSerializer[Any]], data: Any) -> dict[str, Any]:
        serializer = serializer_class(data=data)
        if not serializer.is_valid():
            raise errors.InvalidInput(fields=flat_reasons(serializer.errors))
        return dict(serializer.validated_data)

    def _admit(self, needs: Needs) -> Credential | None:
        if not needs.login and not needs.optional:
            return None
        try:
            return self._credential(needs)
        except (errors.NotSignedIn, errors.LevelTooLow):
            if not needs.forgiving:
                raise
        except errors.ScopeMissing:
            if not needs.forgiving or needs.scope is not None:
                raise
        return None

    def _credential(self, needs: Needs) -> Credential | None:
        credential = self.request.auth
        if not isinstance(credential, Credential):
            if needs.login:
                raise errors.NotSignedIn
            return None
        if credential.kind == "key":
            if needs.scope is None or needs.scope not in {ANY_SCOPE, *credential.scopes}:
                raise errors.ScopeMissing(required=needs.scope or "session")
        elif not credential.reaches(needs.level):
            raise errors.LevelTooLow(level=credential.level, required=needs.level)
        elif needs.fresh and not credential.fresh:
            raise errors.NotFresh(methods=credential.freshened_by())
        elif needs.keys_only:
            raise errors.KeyRequired
        return credential

    def _call(self, data: dict[str, Any], query: dict[str, Any], credential: Credential | None) -> Call:
        request = self.wire_request
        key = request.headers.get(once.HEADER)
        if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
            raise errors.InvalidInput(fields={once.HEADER: ["1 to 64 visible ASCII characters are due."]})
        return Call(
            user=self.request.user if credential else None,
            credential=credential,
            input=data,
            query=query,
            path={name: str(value) for name, value in self.kwargs.items()},
            ip=client_ip(request),
            language=language_of(request),
            user_agent=request.headers.get("User-Agent", "")[:USER_AGENT_LENGTH_MAX],
            idempotency_key=key,
            request=request,
        )

    def _answer(self, declared: Operation, result: Any) -> Response:
        answer = result if isinstance(result, Answer) else Answer(result)
        output = answer.output or declared.output
        body = answer.body
        if declared.page is not None and answer.output is None:
            page = declared.page.page(body, self.wire_request, self.request.query_params)
            rows = output(page.results, many=True).data if output else page.results
            body = {"results": rows, "next": page.next, "previous": page.previous}
        elif output is not None and body is not None:
            body = output(body, many=declared.many).data
        status = answer.status or (204 if body is None else declared.status)
        wrapped = body if declared.bare else (declared.envelope or self.dialect.envelope)(body)
        response = Response(None if status == 204 else wrapped, status=status, headers=dict(answer.headers))
        for cookie in answer.cookies:
            cookie.put(response)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """The refusal in the dialect's words; what is no refusal is logged as a defect of ours."""
        error = as_refusal(exc)
        if isinstance(error, errors.Unexpected):
            logger.error("unexpected error", exc_info=exc)
        credential = self.request.__dict__.get("_auth")  # asking DRF for it would authenticate once more
        if isinstance(credential, Credential) and credential.refused and error.kind in KEPT_REFUSALS:
            self._keep(credential.refused, error.slug)
        counters.count_refusal(dialect=self.dialect.name, slug=error.slug)
        wire = self.dialect.refuse(error, self.wire_request)
        response = Response(wire.body, status=wire.status, headers=dict(wire.headers), content_type=wire.content_type)
        wire.forget_cookies(response)
        response.exception = True
        return response

    def _keep(self, refused: Callable[[str], None], slug: str) -> None:
        """Note the refusal for whoever asks why. Where that fails, the refusal is answered none the less."""
        try:
            refused(slug)
        except DatabaseError as trouble:
            logger.warning("a refusal could not be kept: %s", type(trouble).__name__)


def as_refusal(exc: Exception) -> errors.DomainError:
    """Any exception as a refusal of ours."""
    if isinstance(exc, errors.DomainError):
        return exc
    if isinstance(exc, RequestDataTooBig):
        return errors.TooLarge(bytes_max=settings.BODY_BYTES_MAX)
    if isinstance(exc, SuspiciousOperation | UnreadablePostError):
        return errors.MalformedBody(reason="it is not well-formed")
    if isinstance(exc, drf.UnsupportedMediaType):
        return errors.UnsupportedMedia(media_type=_media_type(exc))
    if isinstance(exc, drf.ParseError | MultiPartParserError | UnicodeError):
        return errors.MalformedBody(reason="it is not of the declared form")
    if isinstance(exc, drf.NotAuthenticated | drf.AuthenticationFailed):
        return errors.NotSignedIn()
    if isinstance(exc, drf.ValidationError):
        return errors.InvalidInput(fields=flat_reasons(exc.detail))
    if isinstance(exc, OperationalError | InterfaceError):
        logger.warning("database does not answer as hoped: %s", type(exc.__cause__ or exc).__name__)
        return errors.Unavailable()
    return errors.Unexpected(request_id=current_request_id())


def _media_type(exc: drf.UnsupportedMediaType) -> str:
    match = re.search(r'"([^"]{0,100})"', str(exc.detail))
    return match.group(1) if match else ""


def flat_reasons(reasons: Any, prefix: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as one level: `{"a.b": ["…"]}`; the whole body's own stand under ""."""
    if isinstance(reasons, dict):
        flat: dict[str, list[str]] = {}
        for name, inner in reasons.items():
            own = "" if name == "non_field_errors" else str(name)
            path = ".".join(part for part in (prefix, own) if part)
            for key, texts in flat_reasons(inner, path).items():
                flat.setdefault(key, []).extend(texts)
        return flat
    if isinstance(reasons, list):
        if all(isinstance(reason, str) for reason in reasons):
            return {prefix: [str(reason) for reason in reasons]}
        flat = {}
        for index, inner in enumerate(reasons):
            for key, texts in flat_reasons(inner, f"{prefix}.{index}").items():
                flat.setdefault(key, []).extend(texts)
        return {key: texts for key, texts in flat.items() if texts}
    return {prefix: [str(reasons)]}
