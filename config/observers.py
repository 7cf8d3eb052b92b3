"""Optional observers: defects of ours to Sentry, traces to OpenTelemetry. Off unless their addresses are set.

Neither is told anything of a customer. What leaves is built anew from what is known to be ours (types, places in the code,
routes, slugs, numbers); what an exception, a log line or a request *says* stays in our own logs, found by the request's id.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.http import HttpRequest, HttpResponse

from config.kit.context import current_request_id
from config.kit.counters import METHODS
from config.kit.dialect import owner

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span
    from sentry_sdk.types import Event, Hint

Handler = Callable[[HttpRequest], HttpResponse]
FLUSH_SECONDS = 2.0
"""How long a process that ends waits for what it has not told yet."""
FRAMES_MAX = 60
"""Frames of one exception that are told, the innermost."""
CHAIN_MAX = 5
"""Exceptions of one chain that are told."""
TOLD_OF_AN_EVENT = ("event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk")
TOLD_OF_A_FRAME = ("filename", "module", "function", "lineno", "in_app")
OURS = ("accounts", "apikeys", "config", "kyc", "messaging", "wallet")
"""Loggers whose messages are templates of ours; those of libraries may come with what they speak of."""
_VERB = re.compile(r"[A-Za-z]{1,12}", re.ASCII)

_provider: TracerProvider | None = None


def start() -> None:
    """Begin to tell those whose addresses are set. Raises ImproperlyConfigured where a client library is missing."""
    try:
        if settings.SENTRY_DSN:
            _start_sentry()
        if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
            _start_traces()
    except ImportError as missing:
        told = f"SENTRY_DSN or OTEL_EXPORTER_OTLP_ENDPOINT is set, but {missing.name} is not installed"
        raise ImproperlyConfigured(f"{told}: see requirements/observation.lock") from missing


def stop() -> None:
    """Tell what is left, and no more."""
    global _provider  # noqa: PLW0603  # one for each process, as the library's own
    if settings.SENTRY_DSN:
        import sentry_sdk

        sentry_sdk.get_client().close(timeout=FLUSH_SECONDS)
        sentry_sdk.get_global_scope().set_client(None)
    if _provider is not None:
        _provider.shutdown()
        _provider = None


# --- Sentry --------------------------------------------------------------------------------------------------------


def _start_sentry() -> None:
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=settings.SENTRY_RELEASE or None,
        environment=settings.MODE,
        default_integrations=False,
        auto_enabling_integrations=False,
        # Every defect is logged (views, tasks, loops), so the log is where it is met.
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda *_: None),
        ],
        before_send=told_of,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        shutdown_timeout=int(FLUSH_SECONDS),
    )


def told_of(event: Event, hint: Hint) -> Event:
    """The event made anew of what may leave: types and places, our own templates, and the request's id."""
    given: Mapping[str, Any] = event
    told: dict[str, Any] = {name: given[name] for name in TOLD_OF_AN_EVENT if name in given}
    told["tags"] = {"request_id": current_request_id() or "none"}
    chain = (given.get("exception") or {}).get("values") or []
    if chain:
        told["exception"] = {"values": [_exception(one) for one in chain[-CHAIN_MAX:]]}
    template = (given.get("logentry") or {}).get("message")
    if template and str(given.get("logger", "")).split(".")[0] in OURS:
        told["logentry"] = {"message": template}
    return told  # type: ignore[return-value]  # the same shape, with less in it


def _exception(given: Mapping[str, Any]) -> dict[str, Any]:
    """The type and where it was raised. Its words may quote what a customer wrote: they stay with us."""
    frames = (given.get("stacktrace") or {}).get("frames") or []
    told = [{name: frame[name] for name in TOLD_OF_A_FRAME if name in frame} for frame in frames[-FRAMES_MAX:]]
    return {"type": given.get("type"), "module": given.get("module"), "value": "", "stacktrace": {"frames": told}}


# --- OpenTelemetry -------------------------------------------------------------------------------------------------


def _start_traces() -> None:
    global _provider  # noqa: PLW0603  # one for each process, as the library's own
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

    _provider = TracerProvider(
        resource=Resource.create({"service.name": "quaestor", "deployment.environment.name": settings.MODE}),
        sampler=TraceIdRatioBased(settings.TRACES_PERCENT / 100),
    )
    exporter = OTLPSpanExporter(endpoint=f"{settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip('/')}/v1/traces")
    _provider.add_span_processor(BatchSpanProcessor(exporter))


@contextmanager
def span(name: str, attributes: Mapping[str, str | int]) -> Iterator[Span | None]:
    """One stretch of work, traced where traces are on. Names and attributes are ours: never what a customer gave."""
    if _provider is None:
        yield None
        return
    from opentelemetry.trace import Status, StatusCode

    with _provider.get_tracer("quaestor").start_as_current_span(
        name, attributes=dict(attributes), record_exception=False, set_status_on_exception=False
    ) as traced:
        try:
            yield traced
        except BaseException as defect:
            traced.set_status(Status(StatusCode.ERROR))
            traced.set_attribute("error.type", type(defect).__qualname__)
            raise


class Traces:
    """Traces each request: route, status, dialect, statements. In the settings only where traces are on."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Trace it."""
        method = request.method if request.method in METHODS else "_OTHER"
        dialect = owner(request.path)
        about: dict[str, str | int] = {
            "http.request.method": method or "_OTHER",
            "quaestor.request_id": current_request_id(),
            "quaestor.dialect": dialect.name if dialect else "none",
        }
        statements = _Statements()
        with span(method or "_OTHER", about) as traced, connection.execute_wrapper(statements):
            response = self.get_response(request)
            if traced is not None:
                route = f"/{request.resolver_match.route}" if request.resolver_match else ""
                traced.update_name(f"{method} {route}".strip())
                traced.set_attributes(
                    {
                        "http.route": route,
                        "http.response.status_code": response.status_code,
                        "quaestor.statements": statements.count,
                        "quaestor.statements_ms": round(statements.seconds * 1000, 3),
                    }
                )
        return response


class _Statements:
    """Counts the statements of a request and traces each by its verb; no text of a statement leaves."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:  # Django calls it so
        verb = _VERB.match(str(sql).lstrip(" \n("))
        began = time.perf_counter()
        try:
            with span(verb.group().upper() if verb else "SQL", {"db.system.name": "postgresql"}):
                return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began
