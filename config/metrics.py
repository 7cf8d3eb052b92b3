"""`GET /metrics`: counters of all web processes and the apps' gauges, in Prometheus' text format.

Whoever asks shows METRICS_TOKEN as a bearer token; where none is set the path does not exist. Nothing personal is in it:
labels are states, coins, networks, providers, dialects and slugs.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterator
from functools import cache

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.kit import counters, gauges
from config.kit.dialect import registered
from config.kit.errors import REGISTRY as REFUSALS

logger = logging.getLogger(__name__)


class Gauges(Collector):
    """The apps' gauges, each read by itself: one that fails is missing, named in `quaestor_gauge_unread`."""

    def collect(self) -> Iterator[Metric]:
        """Read them all now."""
        unread = GaugeMetricFamily("quaestor_gauge_unread", "1 where a gauge could not be read.", labels=["gauge"])
        for gauge in gauges.registered():
            family = GaugeMetricFamily(gauge.name, gauge.documentation, labels=gauge.labels)
            try:
                with transaction.atomic():
                    for labels, value in gauge.read():
                        family.add_metric(labels, value)
            except DatabaseError:
                logger.exception("The gauge %s can't be read.", gauge.name)
                unread.add_metric([gauge.name], 1)
                continue
            yield family
        yield unread


def require_token(request: HttpRequest) -> None:
    """Raises Http404 for who doesn't show METRICS_TOKEN: nobody else learns that there is such a page."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Http404


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The text, for who shows the token."""
    require_token(request)
    _open_refusals()
    registry = CollectorRegistry()
    registry.register(Gauges())
    text = generate_latest(registry) + generate_latest(_counted())
    response = HttpResponse(text, content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


@cache
def _open_refusals() -> None:
    """Once in each process: by now every dialect and refusal is known."""
    counters.open_refusals(dialects=(dialect.name for dialect in registered()), slugs=REFUSALS)


def _counted() -> CollectorRegistry:
    """What all processes of this host counted; what this one did, where it is alone."""
    if not settings.METRICS_FOLDER:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]  # the library says no types here
    return registry
