"""Fixtures of bitgin."""

from __future__ import annotations

from tests.kyc.conftest import storage_root as storage_root  # noqa: PLC0414  # its images go where the identity checks' own do
