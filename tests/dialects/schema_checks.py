"""What a stranger's client, made from a description, may be answered."""

from __future__ import annotations

from typing import Any

from schemathesis.specs.openapi.checks import status_code_conformance

TRANSPORT = {400, 404, 405, 413, 415, 429, 431}
"""Answers that any operation may give to a request that is none of the documented ones."""


def known_statuses(ctx: Any, response: Any, case: Any) -> None:
    """Every status is documented, or one that transport alone explains."""
    if response.status_code not in TRANSPORT:
        status_code_conformance(ctx, response, case)
