"""Whether this process lives, whether it can serve, and whether the whole product does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config.celery import app
from config.kit import gauges
from config.metrics import metrics, require_token

Handler = Callable[[HttpRequest], HttpResponse]
BROKER_SECONDS_MAX = 2
"""How long the broker may take to take a connection."""


class Probes:
    """Answers what asks after our health before anybody looks at host names: probes know addresses only."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.views: dict[str, Handler] = {"/healthz": healthz, "/readyz": readyz, "/status": status, "/metrics": metrics}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or let it through."""
        return self.views.get(request.path_info, self.get_response)(request)


def healthz(request: HttpRequest) -> JsonResponse:
    """`GET /healthz`: this process answers. Nothing else is looked at, so that a restart helps where it fails."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """`GET /readyz`: this process can serve: the database answers and its migrations are applied. Else 503."""
    checks = {"database": _database(), "migrations": False}
    if checks["database"]:
        checks["migrations"] = _migrated()
    ready = all(checks.values())
    return JsonResponse({"status": "ok" if ready else "unready", "checks": checks}, status=200 if ready else 503)


@require_safe
def status(request: HttpRequest) -> JsonResponse:
    """`GET /status`: whether the product as a whole does its work; 503 where not. For who shows METRICS_TOKEN.

    A load balancer asks `/readyz` instead: a web process is not better for being taken out because a chain is behind.
    """
    require_token(request)
    found = checks()
    well = all(found.values())
    return JsonResponse({"status": "ok" if well else "unwell", "checks": found}, status=200 if well else 503)


def checks() -> dict[str, bool]:
    """Each part of the product, and whether it does its work; without a database nothing else is looked at."""
    found: dict[str, bool] = {"database": _database()}
    if found["database"]:
        longest = settings.STATUS_SECONDS_MAX
        found |= {
            "migrations": _migrated(),
            "broker": _broker(),
            "messages": _highest("quaestor_messages_oldest_seconds") <= longest,
            "chains": _highest("quaestor_chain_read_seconds") <= longest and not _highest("quaestor_chain_halted"),
            "ledger": not _highest("quaestor_coin_stopped"),
        }
    return found


def _highest(name: str) -> float:
    """The highest reading of a gauge; 0 where it has none."""
    readings: Iterable[gauges.Reading] = gauges.registered_as(name).read()
    return max((value for _, value in readings), default=0.0)


def _broker() -> bool:
    """Whether the broker takes a connection."""
    try:
        with app.connection_for_write(transport_options={"max_retries": 0}) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS_MAX)
    except Exception:  # noqa: BLE001  # each transport has its own errors, and none of them may escape a health check
        return False
    return True


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


_known_migrated = False


def _migrated() -> bool:
    global _known_migrated  # noqa: PLW0603  # migrations don't unapply themselves under a running process
    if not _known_migrated:
        try:
            executor = MigrationExecutor(connection)
            _known_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
    return _known_migrated
