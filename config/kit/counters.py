"""What is counted as it happens, over all processes of this host (see PROMETHEUS_MULTIPROC_DIR in deploy/gunicorn.py)."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Histogram

ANSWERS = Counter(
    "quaestor_answers_total", "Requests answered, by the dialect that owns the path.", ["dialect", "method", "status"]
)
SECONDS = Histogram(
    "quaestor_answer_seconds",
    "Time to answer, by the dialect that owns the path.",
    ["dialect"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
REFUSALS = Counter("quaestor_refusals_total", "Refusals, by dialect and slug.", ["dialect", "slug"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def open_refusals(*, dialects: Iterable[str], slugs: Iterable[str]) -> None:
    """Let every refusal have its series before it is met, so that an alarm on its rise never waits for the first."""
    known = list(slugs)
    for dialect in dialects:
        for slug in known:
            REFUSALS.labels(dialect, slug)


def count_answer(*, dialect: str, method: str, status: int, seconds: float) -> None:
    """One answer. A method that nobody serves counts as `other`, so that strangers can't make up series."""
    ANSWERS.labels(dialect, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(dialect).observe(seconds)


def count_refusal(*, dialect: str, slug: str) -> None:
    """One refusal. Slugs are ours, so there are as many series as refusals in the catalogue."""
    REFUSALS.labels(dialect, slug).inc()
