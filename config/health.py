"""Whether this process lives, and whether it can serve."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


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
