"""Settings of what is kept about people, and for how long."""

from __future__ import annotations

from config.sections.mode import env

KYC_RETENTION_DAYS = env.integer("KYC_RETENTION_DAYS", default=1_826)
"""How long identity data are kept after the account ended, and documents after their case was rejected: five years."""
