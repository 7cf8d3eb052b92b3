"""Settings of customers and their second factors."""

from __future__ import annotations

from config.sections.mode import env

PASSWORD_HASHING_SLOTS = env.integer("PASSWORD_HASHING_SLOTS", default=2)
"""How many passwords one process hashes at a time: a flood of log-ins must not slow the other requests."""
